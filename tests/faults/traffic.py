"""People who pay all the time while something goes wrong, and what became of their money."""

import threading
import time
from collections.abc import Callable

from app.settings import Settings
from core.db.database import Database
from tests.faults.caller import Caller, Deal
from tests.support.population import PIN
from values.ids import reference_of

# Little and not too often: nobody comes to the limit of a day, however long it takes.
AMOUNT_FROM = 500  # RWF
PAUSE_S = 0.5


class Traffic:
    """Members who pay into their group all the time, each a deal of an amount of its own."""

    def __init__(self, hook: str, members: tuple[str, ...]) -> None:
        self._hook = hook
        self._members = members
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._pay, args=(index,), daemon=True)
            for index in range(len(members))
        ]
        self.deals: list[Deal] = []

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    @property
    def paid(self) -> int:
        return sum(bool(deal.reference) for deal in self.deals)

    def goes_on(self, patience_s: float) -> bool:
        """Whether as many payments as there are people are made from now on, in that time."""
        had = self.paid
        return wait(lambda: self.paid >= had + len(self._members), patience_s)

    def _pay(self, index: int) -> None:
        step = 0
        while not self._stop.is_set():
            amount = AMOUNT_FROM + step * len(self._members) + index
            deal = Deal(self._members[index], amount)
            step += 1
            self.deals.append(deal)
            Caller(self._hook, PIN, index * 100_000 + step).close(deal)
            self._stop.wait(PAUSE_S)


def posted(servers: Settings, tenant_id: object) -> list[tuple[int, str]]:
    """What the books hold of contributions: amounts, and their references."""
    query = "SELECT amount_minor, entry_id FROM contribution WHERE tenant_id = current_tenant()"
    database = Database(servers.database_url)
    try:
        with database.transaction(str(tenant_id)) as tx:
            return [(amount, reference_of(entry_id)) for amount, entry_id in tx.all(query)]
    finally:
        database.close()


def compare(servers: Settings, deals: list[Deal], tenant_id: object) -> list[str]:
    """How what the screens said was paid and what the books hold differ: a sentence each."""
    found = posted(servers, tenant_id)
    shown = [(deal.amount, deal.reference) for deal in deals if deal.reference]
    amounts = [amount for amount, _ in found]
    return [f"a screen said {deal}, the books do not" for deal in shown if deal not in found] + [
        f"posted twice: {each}" for each in set(amounts) if amounts.count(each) > 1
    ]


def wait(holds: Callable[[], bool], patience_s: float) -> bool:
    """Whether it holds within that time."""
    until = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True
