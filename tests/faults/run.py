"""`python -m tests.faults [conversations]`: move money while everything is killed, then count.

Starts a Piga of its own in a temporary home, lets many people pay into a group and agents sell to
customers at once, kills its processes at random with SIGKILL meanwhile, waits until everything has
settled, and compares three records: what the screens said, what the ledger holds, and what the SMS
company received.
"""

import collections
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from app.local.embedded import ensure
from app.settings import Settings
from core.db.database import Database
from core.db.errors import Unavailable
from core.security.keyring import Keyring
from tests.faults.caller import Caller, Deal
from tests.support.chaos.kills import RandomKills
from tests.support.population import PIN, Population, populate
from values.ids import reference_of

START_TIMEOUT_S = 90
SETTLE_TIMEOUT_S = 150
CALLERS = 8
# Every fourth conversation is an agent's sale, and every second of those is held.
A_SALE_EVERY = 4
# RWF; customers of the demo approve what is above 10,000 a day.
SOLD_FROM, HELD_FROM = 1_005, 20_005
SALES_AN_AGENT = 4  # few, so that dialling again is no fishing for names


@dataclass
class Outcome:
    """What the run came to; `faults` is empty when all three records agree."""

    done_screens: int
    entries: int
    sales: int  # of the entries; held ones among them
    held: int
    texts: int
    unknown_texts: int
    killed: dict[str, int]
    dials: dict[int, int]
    faults: list[str]


@contextlib.contextmanager
def running(home: Path, log_path: Path | None = None) -> Iterator[tuple[int, Settings]]:
    """A whole Piga in demo mode under `home`, on a free port: its supervisor's pid and settings.

    What it prints is in `log_path`, beside `home` unless given.
    """
    log_path = log_path or home.parent / "piga.log"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "PIGA_HOME": str(home), "PORT": str(port), "PIGA_DEMO": "1"}
    for name in ("DATABASE_URL", "REDIS_URL", "PIGA_KEY", "PIGA_OWNER_URL"):
        env.pop(name, None)
    log = log_path.open("w")
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "run"], env=env, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        until = time.monotonic() + START_TIMEOUT_S
        while not _ready(port):
            assert supervisor.poll() is None, log_path.read_text()
            assert time.monotonic() < until, log_path.read_text()
            time.sleep(0.2)
        yield supervisor.pid, Settings.load(env)
    finally:
        supervisor.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            supervisor.wait(40)
        if supervisor.poll() is None:
            supervisor.kill()
        log.close()


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def run(
    conversations: int, *, kill_every_s: float, kills: int | None = None, seed: int = 1
) -> Outcome:
    """Hold that many money conversations under fire and compare the records."""
    with tempfile.TemporaryDirectory(prefix="piga-faults-") as folder:
        home = Path(folder) / "home"
        with running(home) as (supervisor_pid, settings), ensure(settings) as servers:
            database = Database(servers.database_url)
            keys = Keyring(servers.key_bytes)
            sales = conversations // A_SALE_EVERY
            people = populate(
                database,
                keys,
                "ibimina",
                members=max(10, conversations // 5),
                agents=max(2, sales // SALES_AN_AGENT),
                customers=sales,
            )
            hook = hook_of(settings)
            deals = _deals(people, conversations)
            with RandomKills(supervisor_pid, seed, kill_every_s, kills) as kills_made:
                _close_all(hook, deals, seed)
            _settle(database, people.tenant_id)
            outcome = compare(database, people.tenant_id, deals, texts_of(home))
            outcome.killed = dict(kills_made.killed)
            outcome.faults += verify_ledger(settings)
            database.close()
            return outcome


def verify_ledger(settings: Settings) -> list[str]:
    """What `piga ledger verify` finds wrong: a fault, or none."""
    verify = subprocess.run(
        [sys.executable, "-m", "app.cli", "ledger", "verify", "--json"],
        env={**os.environ, **settings.variables()},
        capture_output=True,
        text=True,
        check=False,
    )
    if verify.returncode == 0:
        return []
    return [f"ledger verify: {verify.stdout} {verify.stderr}"]


def hook_of(settings: Settings, tenant: str = "ibimina") -> str:
    """Where the USSD hops of the tenant are posted."""
    listed = subprocess.run(
        [sys.executable, "-m", "app.cli", "hooks", "--json"],
        env={**os.environ, **settings.variables()},
        capture_output=True,
        text=True,
        check=True,
    )
    hooks = json.loads(listed.stdout)
    return next(
        str(hook["url"]) for hook in hooks if hook["tenant"] == tenant and hook["kind"] == "ussd"
    )


def _deals(people: Population, conversations: int) -> list[Deal]:
    """Who wants what. No two deals of a kind are of the same amount, so that it names its deal."""
    deals = []
    customers = iter(people.customers)
    for index in range(conversations):
        sale, rest = divmod(index, A_SALE_EVERY)
        customer = next(customers, "") if rest == A_SALE_EVERY - 1 else ""
        if customer:
            held = sale % 2 == 0
            deals.append(
                Deal(
                    number=people.agents[sale % len(people.agents)],
                    amount=(HELD_FROM if held else SOLD_FROM) + 10 * sale,
                    customer=customer,
                    held=held,
                )
            )
        else:
            deals.append(Deal(people.members[index % len(people.members)], 1_000 + 10 * index))
    return deals


def _close_all(hook: str, deals: list[Deal], seed: int) -> None:
    # One phone holds one conversation at a time.
    lines: dict[str, threading.Lock] = collections.defaultdict(threading.Lock)

    def close(index: int) -> None:
        with lines[deals[index].number]:
            Caller(hook, PIN, seed * 100_000 + index).close(deals[index])

    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(close, range(len(deals))))


def _settle(database: Database, tenant_id: object) -> None:
    """Wait until no text is on its way any more: sent, failed, or listed as unknown."""
    until = time.monotonic() + SETTLE_TIMEOUT_S
    while time.monotonic() < until:
        with contextlib.suppress(Unavailable), database.transaction(str(tenant_id)) as tx:
            row = tx.one(
                "SELECT count(*) FROM message WHERE tenant_id = current_tenant()"
                " AND state IN ('queued', 'sending')"
            )
            if row is not None and row[0] == 0:
                return
        time.sleep(1)


def texts_of(home: Path) -> list[tuple[str, str]]:
    """Every text that the SMS company took, as it wrote them down: to whom, and the words."""
    found = []
    for path in home.rglob("*.jsonl"):
        for line in path.read_text().splitlines():
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if "text" in entry:
                    found.append((entry["to"], entry["text"]))
    return found


_POSTED = (
    "SELECT entry_id, 'contribution', amount_minor FROM contribution"
    " WHERE tenant_id = current_tenant()"
    " UNION ALL SELECT e.id, e.kind, -p.amount_minor FROM entry e"
    " JOIN posting p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id"
    " JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
    " WHERE e.tenant_id = current_tenant() AND e.kind = 'topup' AND a.kind = 'float'"
)


def compare(
    database: Database, tenant_id: object, deals: list[Deal], texts: list[tuple[str, str]]
) -> Outcome:
    with database.transaction(str(tenant_id)) as tx:
        entries = tx.all(_POSTED)
        messages = tx.all(
            "SELECT entry_id, template, state FROM message WHERE tenant_id = current_tenant()"
            " AND entry_id IS NOT NULL"
        )
        ended = tx.all(
            "SELECT state, count(*) FROM approval WHERE tenant_id = current_tenant() GROUP BY state"
        )
    faults = []
    posted: dict[tuple[str, int], list[str]] = collections.defaultdict(list)
    for entry_id, kind, amount in entries:
        posted[kind, amount].append(reference_of(entry_id))
    for deal in deals:
        found = posted.pop((deal.kind, deal.amount), [])
        if len(found) > 1:
            faults.append(f"{deal.kind} posted {len(found)} times: {deal.amount}")
        if deal.reference and found != [deal.reference]:
            faults.append(f"screen said {deal.reference}, ledger says {found}")
        if not deal.reference:
            faults.append(f"never saw the {deal.kind} of {deal.amount} done {deal.faults[-5:]}")
    faults += [f"{kind} of {amount} that nobody made" for kind, amount in posted]
    held = sum(deal.held for deal in deals)
    if dict(ended) != ({"approved": held} if held else {}):
        faults.append(f"{held} sales were held and approved, the approvals are {dict(ended)}")
    states: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
    for entry_id, template, state in messages:
        states[reference_of(entry_id), template].append(state)
    received: collections.Counter[tuple[str, str]] = collections.Counter()
    for number, words in texts:
        received.update({(found, number) for found in _REFERENCE.findall(words)})
    receipts = [
        (deal.reference, *receipt)
        for deal in deals
        if deal.reference
        for receipt in _receipts(deal)
    ]
    unknown = 0
    for reference, template, number in receipts:
        if len(states[reference, template]) != 1:
            faults.append(f"{len(states[reference, template])} {template} for {reference}")
            continue
        [state] = states[reference, template]
        unknown += state == "unknown"
        count = received[reference, number]
        allowed = {"unknown": (0, 1), "accepted": (1,), "delivered": (1,)}.get(state, ())
        if count not in allowed:
            faults.append(f"{template} of {reference} is {state}, received {count} times")
    return Outcome(
        done_screens=sum(bool(deal.reference) for deal in deals),
        entries=len(entries),
        sales=sum(kind == "topup" for _, kind, _ in entries),
        held=held,
        texts=sum(received[reference, number] for reference, _, number in receipts),
        unknown_texts=unknown,
        killed={},
        dials=dict(sorted(collections.Counter(deal.dials for deal in deals).items())),
        faults=faults,
    )


_REFERENCE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{8}\b")


def _receipts(deal: Deal) -> list[tuple[str, str]]:
    """The texts that a deal is followed by: which, and to whom."""
    if deal.customer:
        return [("topup_customer", deal.customer), ("topup_agent", deal.number)]
    return [("contribution_receipt", deal.number)]
