"""Payments by mobile money while everything goes wrong that can: each has an end, or a reason.

People are asked for money and are paid, at the fake of MTN MoMo and with our own jobs, relay and
books. Time goes a hundred times as fast on both sides, so that an hour is half a minute. Our
processes are killed as `kill -9` does it: a job ends where it stands, and nothing is cleaned up.
When all has settled, three records are compared: what people asked for, what the provider's books
say, and ours with the texts that people got.
"""

import collections
import contextlib
import heapq
import io
import json
import random
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from unittest import mock

from werkzeug.wrappers import Response

from core.db.database import Database
from core.db.errors import Unavailable
from core.migrations.run import upgrade
from core.outbox import outbox
from core.outbox.outbox import Room
from core.payments import beginning, outcomes, payments, wallets
from core.savings import groups
from core.savings.contributions import CONTRIBUTE
from core.savings.groups import Membership
from providers import registry
from providers.contracts.payments import PaymentKind, PaymentState
from providers.mtn_momo.fake import MomoFake
from providers.simulator.loopback import drop_connection, listen
from providers.simulator.timers import Later
from tests.faults.messages import Outcome
from tests.support.momo import MomoTenant
from tests.support.servers import started, urls_of
from tests.support.tenants import CURRENCY
from values.ids import uuid7
from values.messages import Priority
from values.money import Money
from workers.limits import LIMITS
from workers.payments import pursue, submitting
from workers.payments.plan import PLAN

FASTER: Final = 100.0
HOUR_S: Final = 3_600.0
TEN_MINUTES_S: Final = 600.0
SHARE: Final = 0.05
FAULTS: Final = (
    *("callback lost", "callback twice", "callback first", "wrong amount in the callback"),
    *("wrong currency in the callback", "answer lost, asked", "answer lost, never asked"),
    *("late by an hour", "provider down for ten minutes", "our process killed"),
)
# Of a hundred payments so many are declined, and so many payouts.
DECLINED, PAYOUTS = 5, 10
WORKERS: Final = 6
BEGUN_A_SECOND: Final = 25.0
SETTLES_WITHIN_S: Final = 600.0
NOBODY: Final = uuid.UUID(int=0)
BEGINNING: Final = 4_000  # in somebody's wallet who is paid out


class Killed(BaseException):
    """The process is gone: nobody catches it, and nothing is cleaned up."""


@dataclass
class Wanted:
    """A payment that somebody asked for."""

    kind: str
    person: uuid.UUID
    number: str
    amount_minor: int
    trouble: frozenset[str]
    id: uuid.UUID = NOBODY


class Wire:
    """The provider with what is on the way to it: trouble by the number of who pays."""

    def __init__(self, seed: int) -> None:
        self.clock: Callable[[], float] = lambda: time.monotonic() * FASTER
        self.fake = MomoFake(
            *(Later(), lambda *_: None), environment="mtnrwanda", clock=self.clock, seed=seed
        )
        usual = {"callback": "off", "settle_after_s": 8.0}
        self.fake.wallets.options = self.fake.wallets.options.changed(usual)
        self.trouble: dict[str, frozenset[str]] = {}
        self.number_of: dict[str, str] = {}
        self.asked: collections.Counter[str] = collections.Counter()
        self.down_until_s: dict[str, float] = {}
        self.all_down_until_s = 0.0
        self.callbacks: list[tuple[float, int, bytes]] = []
        self.take: Any = None  # our side of a callback
        self._ids = iter(range(10**9))
        self._lock = threading.Lock()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        path, now_s = environ["PATH_INFO"], self.clock()
        reference = environ.get("HTTP_X_REFERENCE_ID") or path.rsplit("/", 1)[-1]
        is_asked = environ["REQUEST_METHOD"] == "POST" and "token" not in path
        if is_asked:
            said = json.loads(body)
            self.number_of[reference] = (said.get("payer") or said["payee"])["partyId"]
        number = self.number_of.get(reference, "")
        trouble = self.trouble.get(number, frozenset())
        if "provider down for ten minutes" in trouble:
            self.down_until_s.setdefault(number, now_s + TEN_MINUTES_S)
        if now_s < max(self.down_until_s.get(number, 0.0), self.all_down_until_s):
            return Response("<html>", 503)(environ, start_response)
        if is_asked and "answer lost, never asked" in trouble and not self.asked[reference]:
            self.asked[reference] += 1
            drop_connection(environ)
            return Response()(environ, start_response)
        said_status = [""]

        def start(status: str, *rest: Any) -> Any:
            said_status[0] = status
            return start_response(status, *rest)

        answer = self.fake(environ, start)
        if is_asked and said_status[0].startswith("401"):
            return answer  # turned away at the gate, for its token was old: it asked for nothing
        if is_asked:
            self.asked[reference] += 1
            self._taken(reference, trouble)
            if "answer lost, asked" in trouble:
                drop_connection(environ)
        return answer

    def _taken(self, reference: str, trouble: frozenset[str]) -> None:
        """Say when it ends, and when that is told."""
        found = self.found(reference)
        if found is None:
            return
        if "late by an hour" in trouble:
            found.due_s = self.clock() + HOUR_S
        if "callback first" in trouble:
            self.fake.wallets.settle_now(found)
            self.take(self.claim(reference, trouble))
        elif "callback lost" not in trouble:
            for _ in range(2 if "callback twice" in trouble else 1):
                with self._lock:
                    due = (found.due_s / FASTER + 0.01, next(self._ids), reference.encode())
                    heapq.heappush(self.callbacks, due)

    def found(self, reference: str) -> Any:
        for kind in (PaymentKind.COLLECTION, PaymentKind.DISBURSEMENT):
            found = self.fake.wallets.find(kind, reference)
            if found is not None:
                return found
        return None

    def claim(self, reference: str, trouble: frozenset[str]) -> bytes:
        told = self.fake.wallets.record(self.found(reference))
        if "wrong amount in the callback" in trouble:
            told |= {"amount": "999999", "status": "SUCCESSFUL"}
        if "wrong currency in the callback" in trouble:
            told |= {"currency": "USD", "status": "SUCCESSFUL"}
        return json.dumps(told).encode()

    def call_back(self) -> None:
        """All callbacks whose time has come."""
        while True:
            with self._lock:
                if not self.callbacks or self.callbacks[0][0] > time.monotonic():
                    return
                _, _, reference = heapq.heappop(self.callbacks)
            known = reference.decode()
            self.take(self.claim(known, self.trouble.get(self.number_of[known], frozenset())))


class Run:
    """A tenant, its people, and workers that are killed."""

    def __init__(self, tenant: MomoTenant, wire: Wire, count: int, seed: int) -> None:
        self.tenant, self.wire, self.count = tenant, wire, count
        self.random = random.Random(seed)
        self.killed: collections.Counter[str] = collections.Counter()
        self.relay = Database(tenant.urls.relay_url)
        self.wanted = [self._one() for _ in range(count)]
        self._killed_once: set[str] = set()

    def _one(self) -> Wanted:
        roll = self.random.randrange(100)
        kind = "withdraw" if roll < PAYOUTS else ("deposit", "contribute")[roll % 2]
        trouble = frozenset(name for name in FAULTS if self.random.random() < SHARE)
        person = self.tenant.person()
        number = self.tenant.number_of(person)[1:]
        self.wire.trouble[number] = trouble
        if self.random.randrange(100) < DECLINED:
            self.wire.fake.wallets.numbers[number] = "REJECTED"
        return Wanted(kind, person, number, self.random.randrange(10, 300) * 10, trouble)

    # -- what people ask for -----------------------------------------------------------------------

    def begin_all(self, group: Membership) -> None:
        for nth, one in enumerate(self.wanted):
            if nth == self.count // 2:  # for everybody, and no token is good any more
                self.wire.fake.gate.expire_tokens()
                self.wire.all_down_until_s = self.wire.clock() + TEN_MINUTES_S
            self._begin(one, group)
            time.sleep(1 / BEGUN_A_SECOND)

    def _begin(self, one: Wanted, group: Membership) -> None:
        tenant = self.tenant
        if one.kind == "withdraw":
            tenant.fund(tenant.wallet_of(one.person), BEGINNING)
            one.id = tenant.withdraw(one.person, one.amount_minor)
        elif one.kind == "deposit":
            one.id = tenant.deposit(one.person, one.amount_minor)
        else:
            with tenant.tx() as tx:
                groups.join(tx, group_id=group.id, subscriber_id=one.person, currency=CURRENCY)
            quote = CONTRIBUTE.quote(tenant.business, group, Money(one.amount_minor, CURRENCY))
            one.id = tenant.begin(beginning.begin_collection, quote, one.person)

    # -- our processes -----------------------------------------------------------------------------

    def work(self, stop: threading.Event) -> None:
        """The relay, workers, and the provider's callbacks."""
        room = [Room(priority.value, (payments.PURSUE,), 50) for priority in Priority]
        with ThreadPoolExecutor(WORKERS) as pool:
            while not stop.is_set():
                try:
                    self.wire.call_back()
                    with self.relay.transaction(None) as tx:
                        due = outbox.take_due(tx, room, lease_s=3.0)
                except Unavailable:  # a slow machine: the relay, too, looks again
                    continue
                list(pool.map(self._job, due))
                if not due:
                    time.sleep(0.02)

    def _job(self, due: outbox.Due) -> None:
        with contextlib.suppress(Killed, Unavailable):  # its lease runs out
            pursue.pursue_payment(str(due.tenant_id), str(due.id))

    def kill(self, where: str, reference: str) -> None:
        """A process ends here, once for each payment that is to meet that."""
        number = self.wire.number_of.get(reference) or ""
        if "our process killed" not in self.wire.trouble.get(number, frozenset()):
            return
        if reference in self._killed_once or self.random.random() < 0.5:
            return
        self._killed_once.add(reference)
        self.killed[where] += 1
        raise Killed

    # -- what has become of it ---------------------------------------------------------------------

    def is_settled(self) -> bool:
        """Whether all that can have an end has one."""
        rows = self.tenant.admin.execute("SELECT reference, state, reason FROM payment").fetchall()
        for reference, state, reason in rows:
            if state in payments.OPEN:
                return False
            found = self.wire.found(str(reference))
            if reason == "no_outcome" and found is not None:
                return False  # the provider has it, so its word comes
        return True


def run_payments(count: int, seed: int = 1) -> Outcome:
    """Let `count` payments be asked for under fire, and compare the records."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="piga-payments-")))
        urls = urls_of(stack.enter_context(started(home)))
        upgrade(urls.owner_url)
        wire = Wire(seed)
        server = listen("127.0.0.1", 0, wire)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        stack.callback(server.shutdown)
        tenant = MomoTenant(urls, wire.fake, f"http://127.0.0.1:{server.port}")
        stack.callback(tenant.close)
        wire.take = tenant.call_back
        run = Run(tenant, wire, count, seed)
        _hurry(stack, run)
        group = _group(tenant)
        stop, began = threading.Event(), time.monotonic()
        working = threading.Thread(target=run.work, args=(stop,))
        working.start()
        stack.callback(working.join)
        stack.callback(stop.set)
        run.begin_all(group)
        asked_s = time.monotonic() - began
        until = time.monotonic() + SETTLES_WITHIN_S
        while not run.is_settled() and time.monotonic() < until:
            time.sleep(0.5)
        stop.set()
        working.join()
        outcome = _compare(run)
        settled_s = time.monotonic() - began - asked_s
        outcome.figures["asked for in, settled after"] = f"{asked_s:.0f} s, {settled_s:.0f} s"
        run.relay.close()
        return outcome


def _hurry(stack: ExitStack, run: Run) -> None:
    """Our own times are as fast as the provider's, and processes are killed."""
    plan = replace(
        PLAN,
        **{
            name: value / FASTER
            for name in PLAN.__dataclass_fields__
            if name.endswith("_s") and isinstance(value := getattr(PLAN, name), float)
        },
    )
    # A slow machine is no reason for a request to come too late.
    plan = replace(plan, submit_within_s=SETTLES_WITHIN_S, pay_within_s=SETTLES_WITHIN_S)
    limits = replace(LIMITS, job_lease_s=3.0, pause_first_s=0.02, pause_longest_s=0.3)
    made = replace(run.tenant.context, plan=plan, limits=limits)
    pursue_context = mock.patch.object(pursue, "current", return_value=made)
    known = registry.find("mtn_momo")
    quick = replace(known, payment_expires_s=300.0 / FASTER)
    send, decide = submitting.send, outcomes.decide

    def send_or_die(account: Any, asked: Any) -> Any:
        run.wire.number_of.setdefault(
            str(asked.reference), (getattr(asked, "payer", "") or asked.payee)[1:]
        )
        run.kill("before the request", str(asked.reference))
        taken = send(account, asked)
        run.kill("after the request", str(asked.reference))
        return taken

    def decide_or_die(tx: Any, by: Any, payment_id: uuid.UUID, told: Any) -> Any:
        before = decide(tx, by, payment_id, told)
        run.kill("before the outcome's COMMIT", str(before.reference))
        return before

    for patch in (
        pursue_context,
        mock.patch.dict(registry._loaded, {"mtn_momo": quick}),
        mock.patch.object(submitting, "send", send_or_die),
        mock.patch.object(outcomes, "decide", decide_or_die),
        mock.patch.object(beginning, "PROMPT_AFTER_S", 0.0),
        # People would be told to come again later.
        mock.patch.object(wallets, "away", return_value=frozenset()),
    ):
        stack.enter_context(patch)


def _group(tenant: MomoTenant) -> Membership:
    organisation, group = uuid7(), uuid7()
    with tenant.tx() as tx:
        tx.execute("INSERT INTO organisation VALUES (current_tenant(), %s, 'U')", (organisation,))
        tx.execute(
            "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
            " VALUES (current_tenant(), %s, %s, 'K', 'Kopera')",
            (group, organisation),
        )
    return Membership(group, "K", "Kopera", frozen=False)


RECEIPTS: Final = {
    "deposit": "deposit_receipt",
    "withdraw": "withdrawal_receipt",
    "contribute": "contribution_receipt",
}


def _compare(run: Run) -> Outcome:
    tenant, wire = run.tenant, run.wire
    faults: list[str] = []
    states: collections.Counter[str] = collections.Counter()
    for one in run.wanted:
        reference, state, reason = tenant.one(
            "SELECT reference, state, reason FROM payment WHERE id = %s", one.id
        )
        found = wire.found(str(reference))
        is_paid = found is not None and found.state is PaymentState.PAID
        states[state if state != "review" else f"review: {reason}, {one.kind}"] += 1
        texts = tenant.texts(one.person)
        receipts = texts.count(RECEIPTS[one.kind])
        if (state == "paid") != is_paid and state != "review":
            faults.append(
                f"{one.kind} {one.id} is {state}, the provider has {found and found.state}"
            )
        if receipts != (state == "paid"):
            faults.append(f"{one.kind} {one.id} is {state} with {receipts} receipts")
        if len(texts) != len(set(texts)):
            faults.append(f"{one.kind} {one.id}: told twice: {texts}")
        if wire.asked[str(reference)] > 1:
            faults.append(f"{one.kind} {one.id} was asked for {wire.asked[str(reference)]} times")
        if state in payments.OPEN:
            faults.append(f"{one.kind} {one.id} has no end: {state}")
        if state == "paid":
            had = tenant.has(one.person)
            kept = {"deposit": one.amount_minor, "contribute": 0}
            if had != (kept.get(one.kind, BEGINNING - one.amount_minor), 0):
                faults.append(f"{one.kind} {one.id} is paid, and the wallet has {had}")
    theirs = wire.fake.wallets.balances
    at_provider = int(theirs["collection"] + theirs["disbursement"]) - 1_000_000
    if tenant.at_the_provider() != at_provider:
        faults.append(f"the ledger has {tenant.at_the_provider()}, the provider {at_provider}")
    faults += [f"broken: {name}" for name in tenant.broken()]
    met = collections.Counter(name for one in run.wanted for name in one.trouble)
    figures = {
        "payments": run.count,
        "of these without trouble": sum(not one.trouble for one in run.wanted),
        "met": dict(met.most_common()),
        "killed": dict(run.killed),
        "ended": dict(states.most_common()),
        "at the provider, and in the ledger": f"{at_provider}, {tenant.at_the_provider()}",
    }
    return Outcome(figures, faults)
