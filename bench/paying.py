"""Payments by mobile money, over real HTTP: from the word that one is paid to its receipt's handing
over to SMS, at so many a second.

The same processes as `piga run` has, with the fakes of MTN MoMo and Africa's Talking at the other
end. People are asked for money as a flow asks them; the fake approves after a while, calls back,
and answers what it is asked. The seconds are between moments in our own books: when the payer
approved (so long after the request was taken), when the provider's answer said so, and when the SMS
provider had the text.
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import psycopg

from app.settings import Settings
from bench import servers
from bench.plan import Plan
from bench.world import CURRENCY, Builder, Caller, World
from core.db.database import Database, Deadline
from core.messaging.notices import service_for
from core.money.operations import open_quote
from core.payments import beginning, wallets
from core.payments.wallet_operations import DEPOSIT
from core.tenants.directory import Directory
from providers.simulator.process import APPROVED_AFTER_S
from values.ids import uuid7
from values.money import Money

PROCESSES: Final = ("relay", "worker chat", "worker send", "worker default")
AMOUNT_MINOR: Final = 1_000
WITHIN_S: Final = 120.0
# What each payment took, once its receipt is with the provider; and which ended otherwise.
_TOOK: Final = (
    "SELECT extract(epoch FROM m.accepted_at - p.ended_at)::float,"
    " extract(epoch FROM m.accepted_at - p.submitted_at)::float FROM payment p"
    " JOIN intent i ON i.tenant_id = p.tenant_id AND i.id = p.intent_id"
    " JOIN message m ON m.tenant_id = p.tenant_id AND m.entry_id = i.entry_id"
    "  AND m.accepted_at IS NOT NULL WHERE p.state = 'paid' AND p.id > %s"
)


@dataclass(frozen=True, slots=True)
class Payments:
    """What was measured: seconds until the receipt from the answer that says paid, and from the
    payer's approval, which a callback tells of; and how many payments were begun a second."""

    took_s: list[float]
    since_approval_s: list[float]
    begun_a_second: float


class _Till:
    """Asks people for money, as a flow's last step does."""

    def __init__(self, builder: Builder, world: World) -> None:
        self.keys, self.database = builder.keys, Database(world.settings.database_url)
        self.admin = psycopg.connect(builder.admin_url(world.name), autocommit=True)
        tenant_id = world.callers[0].business.tenant_id
        row = self.admin.execute(
            "SELECT id FROM service WHERE tenant_id = %s AND channel = 'ussd' LIMIT 1", (tenant_id,)
        ).fetchone()
        assert row is not None, "the demo is dialled"
        found = Directory(self.database).by_id(row[0])
        assert found is not None, "its service is there"
        self.tenant = found.tenant
        [self.wallet] = wallets.of_tenant(self.tenant)

    def ask(self, caller: Caller) -> None:
        tenant_id = self.tenant.id
        quote = DEPOSIT.quote(self.tenant, self.wallet, Money(AMOUNT_MINOR, CURRENCY))
        with self.database.transaction(tenant_id) as tx:
            service_id = service_for(tx, caller.id) or uuid7()
            opened = open_quote(
                tx,
                quote,
                subscriber_id=caller.id,
                session=uuid7().hex,
                service_id=service_id,
            )
        with self.database.transaction(tenant_id, Deadline(WITHIN_S)) as tx:
            beginning.begin_collection(
                tx,
                self.keys,
                tenant=self.tenant,
                wallet=self.wallet,
                intent_id=opened.id,
                subscriber_id=caller.id,
                address=caller.msisdn,
            )

    def ask_all(self, callers: Sequence[Caller], a_second: float) -> tuple[uuid.UUID, float]:
        """So many a second. Answers an id before the first, and how many a second they were."""
        before, started_s = uuid7(), time.perf_counter()
        for number, caller in enumerate(callers):
            time.sleep(max(0.0, started_s + number / a_second - time.perf_counter()))
            self.ask(caller)
        return before, len(callers) / (time.perf_counter() - started_s)

    def told(self, since: uuid.UUID, wanted: int) -> list[tuple[float, float]]:
        """What each took, once the receipts of all are handed over."""
        until_s = time.monotonic() + WITHIN_S
        while True:
            found = self.admin.execute(_TOOK, (since,)).fetchall()
            if len(found) >= wanted:
                return found
            if time.monotonic() > until_s:
                states = self.admin.execute(
                    "SELECT state, reason, count(*) FROM payment GROUP BY 1, 2"
                ).fetchall()
                raise RuntimeError(f"{len(found)} of {wanted} receipts were handed over: {states}")
            time.sleep(0.2)

    def close(self) -> None:
        self.admin.close()
        self.database.close()


def measure(builder: Builder, world: World, plan: Plan) -> Payments:
    """Ask so many people a second, and wait for all their receipts."""
    people = [caller for caller in world.callers if caller.business == world.callers[0].business]
    till = _Till(builder, world)
    fakes = (world.settings, ("bench.fakes",))
    with servers.webs(fakes, (world.settings, ("app.cli", "web"))) as (fake, web):
        settings: Settings = replace(
            world.settings,
            fakes_url=f"http://127.0.0.1:{fake.port}",
            public_url=f"http://127.0.0.1:{web.port}",
        )
        orders = [(settings, ("app.cli", *name.split())) for name in PROCESSES]
        try:
            with servers.running(*orders):
                warm = people[: plan.conversations // 10]
                since, _ = till.ask_all(warm, plan.conversations_a_second)
                till.told(since, len(warm))
                asked = people[len(warm) : len(warm) + plan.conversations]
                since, begun = till.ask_all(asked, plan.conversations_a_second)
                took = till.told(since, len(asked))
        finally:
            till.close()
    since_answer_s = [since for since, _ in took]
    return Payments(since_answer_s, [all_s - APPROVED_AFTER_S for _, all_s in took], begun)
