"""`python -m tests.faults [conversations]`: pay while everything is killed, then count.

Starts a Piga of its own in a temporary home, lets many people pay into a group at once, kills its
processes at random with SIGKILL meanwhile, waits until everything has settled, and compares three
records: what the screens said, what the ledger holds, and what the SMS company received.
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

from app.settings import Settings
from app.supervisor.embedded import ensure
from core.db import Database
from core.errors import Unavailable
from core.ids import reference_of
from core.secrets import Keyring
from tests.faults.caller import Caller, Payment
from tests.faults.killer import Killer
from tests.faults.town import PIN, build

START_TIMEOUT_S = 90
SETTLE_TIMEOUT_S = 150
CALLERS = 8


@dataclass
class Outcome:
    """What the run came to; `faults` is empty when all three records agree."""

    paid_screens: int
    entries: int
    texts: int
    unknown_texts: int
    killed: dict[str, int]
    dials: dict[int, int]
    faults: list[str]


@contextlib.contextmanager
def running(home: Path) -> Iterator[tuple[int, Settings]]:
    """A whole Piga in demo mode under `home`, on a free port: its supervisor's pid and settings."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "PIGA_HOME": str(home), "PORT": str(port), "PIGA_DEMO": "1"}
    for name in ("DATABASE_URL", "REDIS_URL", "PIGA_KEY", "PIGA_OWNER_URL"):
        env.pop(name, None)
    log = (home.parent / "piga.log").open("w")
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "run"], env=env, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        until = time.monotonic() + START_TIMEOUT_S
        while not _ready(port):
            assert supervisor.poll() is None, (home.parent / "piga.log").read_text()
            assert time.monotonic() < until, (home.parent / "piga.log").read_text()
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
            people = max(10, conversations // 5)
            town = build(database, keys, "ibimina", people)
            hook = _hook(settings)
            wanted = [
                (town.numbers[index % people], 1_000 + 10 * index) for index in range(conversations)
            ]
            with Killer(supervisor_pid, seed, kill_every_s, kills) as killer:
                payments = _pay_all(hook, wanted, seed)
            _settle(database, town.tenant_id)
            outcome = _compare(database, town.tenant_id, payments, _texts(home))
            outcome.killed = dict(killer.killed)
            verify = subprocess.run(
                [sys.executable, "-m", "app.cli", "ledger", "verify", "--json"],
                env={**os.environ, **settings.variables()},
                capture_output=True,
                text=True,
                check=False,
            )
            if verify.returncode != 0:
                outcome.faults.append(f"ledger verify: {verify.stdout} {verify.stderr}")
            database.close()
            return outcome


def _hook(settings: Settings) -> str:
    listed = subprocess.run(
        [sys.executable, "-m", "app.cli", "hooks", "--json"],
        env={**os.environ, **settings.variables()},
        capture_output=True,
        text=True,
        check=True,
    )
    hooks = json.loads(listed.stdout)
    return next(
        str(hook["url"]) for hook in hooks if hook["tenant"] == "ibimina" and hook["kind"] == "ussd"
    )


def _pay_all(hook: str, wanted: list[tuple[str, int]], seed: int) -> list[Payment]:
    # One phone holds one conversation at a time.
    lines: dict[str, threading.Lock] = collections.defaultdict(threading.Lock)

    def pay(index: int) -> Payment:
        number, amount = wanted[index]
        with lines[number]:
            return Caller(hook, PIN, seed * 100_000 + index).pay(number, amount)

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(pay, range(len(wanted))))


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


def _texts(home: Path) -> list[str]:
    """Every text that the SMS company took, as it wrote them down."""
    found = []
    for path in home.rglob("*.jsonl"):
        for line in path.read_text().splitlines():
            with contextlib.suppress(ValueError):
                found.append(json.dumps(json.loads(line)))
    return found


def _compare(
    database: Database, tenant_id: object, payments: list[Payment], texts: list[str]
) -> Outcome:
    with database.transaction(str(tenant_id)) as tx:
        entries = tx.all(
            "SELECT entry_id, amount_minor FROM contribution WHERE tenant_id = current_tenant()"
        )
        messages = tx.all(
            "SELECT entry_id, state FROM message WHERE tenant_id = current_tenant()"
            " AND template = 'contribution_receipt'"
        )
    faults = []
    by_amount: dict[int, list[str]] = collections.defaultdict(list)
    for entry_id, amount in entries:
        by_amount[amount].append(reference_of(entry_id))
    for payment in payments:
        posted = by_amount.get(payment.amount, [])
        if len(posted) > 1:
            faults.append(f"paid {len(posted)} times: {payment.amount}")
        if payment.reference and posted != [payment.reference]:
            faults.append(f"screen said {payment.reference}, ledger says {posted}")
        if not payment.reference:
            faults.append(f"never saw it paid: {payment.amount} {payment.faults[-5:]}")
    states: dict[str, list[str]] = collections.defaultdict(list)
    for entry_id, state in messages:
        states[reference_of(entry_id)].append(state)
    received: collections.Counter[str] = collections.Counter()
    for text in texts:
        received.update(set(re.findall(r"\b[0-9A-HJKMNP-TV-Z]{8}\b", text)))
    unknown = 0
    for entry_id, _ in entries:
        reference = reference_of(entry_id)
        if len(states[reference]) != 1:
            faults.append(f"{len(states[reference])} receipts for {reference}")
            continue
        [state] = states[reference]
        unknown += state == "unknown"
        allowed = {"unknown": (0, 1), "accepted": (1,), "delivered": (1,)}.get(state, ())
        if received[reference] not in allowed:
            faults.append(f"text of {reference} is {state}, received {received[reference]} times")
    return Outcome(
        paid_screens=sum(bool(payment.reference) for payment in payments),
        entries=len(entries),
        texts=sum(received[reference_of(entry_id)] for entry_id, _ in entries),
        unknown_texts=unknown,
        killed={},
        dials=dict(sorted(collections.Counter(p.dials for p in payments).items())),
        faults=faults,
    )
