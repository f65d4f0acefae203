"""Messages of every kind while the companies fail and processes are killed: each once, or listed.

People write by SMS and on WhatsApp, some pay by dialling what they began in a chat, and texts go
to many, through a Piga of its own and the fakes. When all has settled, three records are compared:
what people wrote, what Piga holds, and what handsets got.
"""

import collections
import contextlib
import random
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from app.local.data_dir import DataDir
from app.local.embedded import ensure
from app.local.running import last
from core.approvals.requests import Officer
from core.broadcasts import broadcasts, sending
from core.broadcasts.audience import Listed
from core.broadcasts.errors import NotNow
from core.broadcasts.number_list import NumberList
from core.db.database import Database, Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.security.keyring import Keyring
from core.tenants.directory import Service, all_services
from tests.faults import records, run
from tests.faults.handsets import SMS, SMS_NUMBER, WHATSAPP, Companies, Handsets
from tests.faults.people import Person, Writer, people_needed, people_of
from tests.faults.records import Held
from tests.faults.weather import Weather
from tests.support.chaos.kills import RandomKills
from tests.support.population import populate

TENANT = "ibimina"
WRITERS = 96
SETTLE_TIMEOUT_S = 420.0
LOOKED_AT_EVERY_S = 1.0
STEP_WITHIN_S = 10.0
# As many as there are messages written, divided by this, are sent texts that go to many.
A_BULK_TEXT_EVERY = 5
BROADCAST_PEOPLE = 100
# Five of a hundred numbers are nobody's that a network knows.
UNREACHABLE_OF = 20
MONEY_RUNS_OUT_FROM = 2_000
T = TypeVar("T")
OFFICER = Officer("the run", "faults")


@dataclass
class Outcome:
    """What the run came to, in numbers by their names; `faults` is empty when the records agree."""

    figures: dict[str, object]
    faults: list[str] = field(default_factory=list)


def run_messages(
    count: int, seed: int = 1, *, kill_every_s: float = 6.0, kills: int | None = None
) -> Outcome:
    """Let people write `count` messages under fire, and compare the records."""
    with tempfile.TemporaryDirectory(prefix="piga-messages-") as folder:
        home = Path(folder) / "home"
        with run.running(home) as (supervisor_pid, settings), ensure(settings) as servers:
            database, keys = Database(servers.database_url), Keyring(servers.key_bytes)
            population = populate(database, keys, TENANT, members=people_needed(count))
            people = people_of(population.members, count, seed)
            running = last(DataDir(home))
            assert running is not None
            companies = Companies(running.fakes_url)
            hook = run.hook_of(settings)
            began = time.monotonic()
            with Handsets(DataDir(home).fakes) as handsets:
                bulk = Bulk(database, keys, companies, count, seed)
                weather = Weather(companies, seed, money_runs_out=count >= MONEY_RUNS_OUT_FROM)
                with RandomKills(supervisor_pid, seed, kill_every_s, kills) as kills_made, weather:
                    here = _is_here(database, population.tenant_id)
                    _let_all_write(people, Writer(companies, handsets, hook, seed, bulk.note, here))
                    bulk.finish()
                wrote_s = time.monotonic() - began
                settled = _settle(database, population.tenant_id, people, handsets)
                settled_s = time.monotonic() - began - wrote_s
                handsets.look()
            held = records.read(database, keys, population.tenant_id)
            deals = [person.deal for person in people if person.deal is not None]
            paid = run.compare(database, population.tenant_id, deals, run.texts_of(home))
            outcome = Outcome(
                {
                    **_figures(people, held, handsets, companies),
                    "paid by dialling": paid.entries,
                    "receipts received, listed as unknown": f"{paid.texts}, {paid.unknown_texts}",
                    "faults scripted": dict(weather.scripted.most_common()),
                    "killed": dict(kills_made.killed),
                    "written in, settled after": f"{wrote_s:.0f} s, {settled_s:.0f} s",
                }
            )
            outcome.faults += settled + paid.faults + records.compare(people, held, handsets)
            outcome.faults += bulk.faults(population.tenant_id) + run.verify_ledger(settings)
            database.close()
            return outcome


def _let_all_write(people: list[Person], writer: Writer) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(writer.let_write, range(len(people)), people))


def _is_here(database: Database, tenant_id: uuid.UUID) -> Callable[[str], bool]:
    """Asks whether Piga has stored a message, by the company's id of it."""

    def asked(provider_id: str) -> bool:
        query = (
            "SELECT FROM inbound_message WHERE tenant_id = current_tenant()"
            " AND provider_message_id = %s"
        )
        with (
            contextlib.suppress(Unavailable, OutcomeUnknown),
            database.transaction(tenant_id, Deadline(STEP_WITHIN_S)) as tx,
        ):
            return tx.one(query, (provider_id,)) is not None
        return False

    return asked


def _settle(
    database: Database, tenant_id: uuid.UUID, people: list[Person], handsets: Handsets
) -> list[str]:
    """Wait until all that was written is stored and worked, nothing is on its way any more, and
    Piga has taken every status. What did not come to an end in time is a fault."""
    wanted = sum(len(person.wrote) for person in people)
    query = (
        "SELECT (SELECT count(*) FROM inbound_message WHERE tenant_id = current_tenant()),"
        " (SELECT count(*) FROM inbound_message WHERE tenant_id = current_tenant()"
        "  AND state = 'waiting'),"
        " (SELECT count(*) FROM message WHERE tenant_id = current_tenant()"
        "  AND state IN ('queued', 'sending')),"
        " (SELECT count(*) FROM outbox WHERE tenant_id = current_tenant()"
        "  AND state IN ('waiting', 'queued', 'working'))"
    )
    until, now = time.monotonic() + SETTLE_TIMEOUT_S, None
    while time.monotonic() < until:
        with contextlib.suppress(Unavailable), database.transaction(tenant_id) as tx:
            now = tx.one(query)
            if now == (wanted, 0, 0, 0) and handsets.all_told():
                return []
        time.sleep(LOOKED_AT_EVERY_S)
    untold = sum(not copy.final for copy in handsets.copies.values())
    return [f"not settled: stored, waiting, to be sent, jobs {now} of {wanted}; untold {untold}"]


class Bulk:
    """Texts to many, from time to time while people write: to people of ours and to strangers."""

    def __init__(
        self, database: Database, keys: Keyring, companies: Companies, count: int, seed: int
    ) -> None:
        self._database, self._keys, self._companies = database, keys, companies
        self._random = random.Random(seed)
        self._broadcasts = max(1, count // A_BULK_TEXT_EVERY // BROADCAST_PEOPLE)
        self._every = max(1, count // (self._broadcasts + 1))
        self._service = _sms_service(database)
        self._written = 0
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def note(self) -> None:
        """One more message was written."""
        with self._lock:
            self._written += 1
            nth, rest = divmod(self._written, self._every)
            if rest == 0 and nth <= self._broadcasts:
                thread = threading.Thread(target=self._send, args=(nth,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def finish(self) -> None:
        for thread in self._threads:
            thread.join()

    def faults(self, tenant_id: uuid.UUID) -> list[str]:
        """Whether each went to everybody of its list, once."""
        with self._database.transaction(tenant_id, Deadline(60)) as tx:
            found = tx.all(
                "SELECT b.id, b.state, count(*), count(DISTINCT r.message_id)"
                " FROM broadcast b JOIN broadcast_recipient r ON r.tenant_id = b.tenant_id"
                " AND r.broadcast_id = b.id WHERE b.tenant_id = current_tenant()"
                " AND b.state <> 'draft' GROUP BY b.id, b.state"
            )
        whole = [BROADCAST_PEOPLE] * self._broadcasts
        faults = [f"broadcast {id} is {state}" for id, state, *_ in found if state != "done"]
        for counts in ([row[2] for row in found], [row[3] for row in found]):
            if counts != whole:
                faults.append(f"{counts} people of broadcasts, {whole} wanted")
        return faults

    def _send(self, nth: int) -> None:
        numbers = {f"+250791{nth:03d}{row:03d}": row for row in range(BROADCAST_PEOPLE)}
        unreachable = [number for number in numbers if self._random.randrange(UNREACHABLE_OF) == 0]
        rule = {"plan": ["Submitted", "Failed"], "failure": "AbsentSubscriber"}
        self._companies.script(sms={"numbers": dict.fromkeys(unreachable, rule)})
        audience = Listed(NumberList(numbers, ()), with_strangers=True)
        words = dict.fromkeys(self._service.tenant.languages, f"Meeting {nth}")

        def draft() -> uuid.UUID:
            with self._transaction() as tx:
                made = broadcasts.draft(
                    *(tx, self._keys, self._service, audience, words), by=OFFICER, again=True
                )
                return made.id

        def send() -> None:
            with contextlib.suppress(NotNow), self._transaction() as tx:  # it was sent before
                sending.send(*(tx, self._keys, self._service.tenant, made), by=OFFICER, reason="-")

        made = _until_done(draft)
        _until_done(send)

    def _transaction(self) -> Any:
        return self._database.transaction(self._service.tenant.id, Deadline(STEP_WITHIN_S))


def _until_done(step: Callable[[], T]) -> T:
    while True:
        try:
            return step()
        except (Unavailable, OutcomeUnknown):
            time.sleep(LOOKED_AT_EVERY_S)


def _sms_service(database: Database) -> Service:
    return next(
        one
        for one in all_services(database)
        if one.tenant.slug == TENANT and one.channel == SMS and one.code == SMS_NUMBER
    )


def _figures(
    people: list[Person], held: Held, handsets: Handsets, companies: Companies
) -> dict[str, object]:
    wrote = [each for person in people for each in person.wrote]
    by_kind = collections.Counter(message.template for message in held.all)
    states = collections.Counter(message.state for message in held.all)
    channels = collections.Counter(person.channel for person in people for _ in person.wrote)
    waits_s = [wait for person in people for wait in person.waits_s]
    log = companies.log()
    copies = handsets.copies.values()
    proven = sum(1 for message in held.all if message.state == "unknown" and message.copies)
    return {
        "written": len(wrote),
        "of these by SMS, on WhatsApp": f"{channels[SMS]}, {channels[WHATSAPP]}",
        "posted twice or three times by the company": sum(each.copies > 1 for each in wrote),
        "webhooks posted again until they were taken": (
            log["callbacks"]["retried"] + log["whatsapp"]["retried"]
        ),
        "stored": sum(map(len, held.inbound.values())),
        "messages out, by kind": dict(by_kind.most_common()),
        "messages out, by state": dict(states.most_common()),
        "taken by the companies": len(copies),
        "unknown, and on the handset": proven,
        "statuses taken": sum(len(copy.told) for copy in copies),
        "median wait for a reply": f"{statistics.median(waits_s):.1f} s" if waits_s else "-",
    }


def table(outcome: Outcome) -> str:
    """The figures, one a line."""
    width = max(map(len, outcome.figures))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in outcome.figures.items())
