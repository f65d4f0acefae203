"""A day of rides, drawn from a seed: customers book, drivers answer, both give up, connections die.

The day goes in steps of a quarter of a minute. In each, many act at once, in threads: customers
book from the wallet or in cash, hang up, cancel; drivers take, refuse, stay silent, answer too
late, arrive, are given the code, finish, give a ride back, or find nobody; the clock asks the next
driver; and connections are killed before their COMMIT. Then everybody's times are moved back by the
step, which is as if it had passed. What the phones were told is written down here, apart from the
database, and at the end both must agree: each ride in a final state, no ride with two drivers, no
driver with two rides, and every wallet to the unit.
"""

import contextlib
import math
import random
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeVar

import orjson

from core.db.database import Database, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.money import ledger
from core.places import places
from core.places.reading import Reading
from core.places.reading import Stop as ReadStop
from core.rides import booking, drivers, driving, offers, rides, stops, tariffs
from core.rides.fares import Place, Tariff
from core.rides.rides import Ride
from core.rides.stops import Stop
from tests.support.tenants import CURRENCY, KEYS, Tenant
from values import clock
from values.ids import uuid7
from values.refusals import BusinessError

T = TypeVar("T")

STEP_S: Final = 15
DAY_STEPS: Final = 16 * 60 * 60 // STEP_S  # from six to ten
# So many steps after the last booking everything must have ended.
LAST_STEPS: Final = 1_000
THREADS: Final = 8
METRES_A_STEP: Final = 20_000 * STEP_S // 3_600  # by motorcycle, in a town
FUNDED_MINOR: Final = 3_000
TARIFF: Final = Tariff(
    *(400, 2_000, ((2_000, 117),)),
    waiting_minor=21,
    cancellation_minor=200,
    cancellation_after_s=120,
    commission_percent=10,
)
# Stops on a grid around a town's middle, a kilometre apart.
_ACROSS: Final = 5
_KILOMETRE_E7: Final = 90_000


@dataclass
class Day:
    """What has happened. `waits_s` are from the booking to who takes it."""

    counts: Counter[str] = field(default_factory=Counter)
    states: dict[str, int] = field(default_factory=dict)
    waits_s: list[float] = field(default_factory=list)
    kills: int = 0
    doubles: int = 0
    broken: list[str] = field(default_factory=list)
    wrong_wallets: int = 0
    seconds: float = 0.0

    @property
    def completed_percent(self) -> float:
        return 100 * self.states.get("completed", 0) / max(1, sum(self.states.values()))

    def rows(self) -> list[tuple[str, str]]:
        """As a page has them."""
        rows = [(name, f"{count:,}") for name, count in sorted(self.counts.items())]
        rows += [(f"rides that ended {name}", f"{n:,}") for name, n in sorted(self.states.items())]
        waits = sorted(self.waits_s) or [0.0]
        return [
            *rows,
            ("completed", f"{self.completed_percent:.0f} %"),
            ("until a driver took it, median", f"{waits[len(waits) // 2]:.0f} s"),
            ("until a driver took it, P95", f"{waits[len(waits) * 95 // 100]:.0f} s"),
            ("connections killed before their COMMIT", f"{self.kills:,}"),
            ("rides with two drivers, drivers with two rides", f"{self.doubles:,}"),
            ("wallets that differ from what people were told", f"{self.wrong_wallets:,}"),
            ("faults in the books", ", ".join(self.broken) or "none"),
        ]


@dataclass
class Plan:
    """What a driver means to do with a ride, and by which step."""

    ride: Ride
    arrives_at: int
    begins_at: int
    ends_at: int
    will: str


class Town:
    """The simulation. Who does what is drawn in one thread, what is done is done in several."""

    def __init__(self, tenant: Tenant, *, customers: int, drivers_: int, seed: int) -> None:
        self.tenant, self.draw, self.day = tenant, random.Random(seed), Day()
        self.ours = tenant.as_turns_have_it()
        self.step = 0
        self.lock = threading.Lock()
        self.stops = self._lay_out()
        self.customers = [self._person(f"Keza {n}") for n in range(customers)]
        self.drivers = [self._driver(n) for n in range(drivers_)]
        self.expected: dict[uuid.UUID, int] = defaultdict(int)
        self.plans: dict[uuid.UUID, Plan] = {}
        self.has: dict[uuid.UUID, uuid.UUID] = {}
        self.relay = Database(tenant.urls.relay_url)
        self.killed = Database(tenant.urls.database_url)

    # -- the town ----------------------------------------------------------------------------------

    def _lay_out(self) -> list[Stop]:
        there = [
            ReadStop(
                f"s{n}",
                f"Stop {n}",
                -19_441_000 + (n // _ACROSS) * _KILOMETRE_E7,
                300_590_000 + (n % _ACROSS) * _KILOMETRE_E7,
            )
            for n in range(_ACROSS**2)
        ]
        with self.tenant.tx() as tx:
            places.keep(tx, Reading(stops=there))
            tx.execute(
                "INSERT INTO ride_tariff (tenant_id, id, terms, valid_from, approved_by)"
                " VALUES (current_tenant(), %s, %s, %s, 'Board')",
                (
                    uuid7(),
                    orjson.dumps(TARIFF.to_data()).decode(),
                    datetime(2020, 1, 1, tzinfo=UTC),
                ),
            )
            tx.execute(
                "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
                " VALUES (current_tenant(), %s, 'africastalking', 'ussd', '*384*777#', '{}')",
                (uuid7(),),
            )
            return stops.all_stops(tx)

    def _person(self, name: str) -> uuid.UUID:
        who = self.tenant.person(name)
        self.tenant.fund(ledger.account_id(who, ledger.WALLET, CURRENCY), FUNDED_MINOR)
        return who

    def _driver(self, number: int) -> uuid.UUID:
        who = self._person(f"Mbonyi {number}")
        with self.tenant.tx() as tx:
            tx.execute(
                "INSERT INTO driver (tenant_id, subscriber_id, plate, licence, licence_until,"
                " insurance_until) VALUES (current_tenant(), %s, %s, '1', '2099-01-01',"
                " '2099-01-01')",
                (who, f"RD {number} A"),
            )
            drivers.begin_duty(tx, self.ours, who, self.draw.choice(self.stops))
        return who

    # -- a step ------------------------------------------------------------------------------------

    def run(self, *, rides_: int) -> Day:
        began = time.monotonic()
        steps = DAY_STEPS
        booked_at = Counter(self.draw.randrange(steps) for _ in range(rides_))
        with ThreadPoolExecutor(THREADS) as threads:
            for self.step in range(steps + LAST_STEPS):
                acts = self._acts(booked_at[self.step])
                if not acts:
                    if self.step >= steps:
                        break
                    continue
                for done in [threads.submit(act) for act in acts]:
                    done.result()
                self._a_step_passes()
        self._settle()
        self.relay.close()
        self.killed.close()
        self.day.seconds = time.monotonic() - began
        return self.day

    def _acts(self, bookings: int) -> list[Callable[[], object]]:
        """What is done in this step, in an order that is drawn."""
        acts: list[Callable[[], object]] = [self._booking() for _ in range(bookings)]
        with self.tenant.tx() as tx:
            asked = tx.all(
                "SELECT ride_id, driver_id FROM ride_offer WHERE state = 'open' ORDER BY id"
            )
            active = [
                rides.get(tx, id)
                for (id,) in tx.all("SELECT id FROM ride WHERE ended_at IS NULL ORDER BY id")
            ]
        for ride_id, driver_id in asked:
            acts += self._answers(ride_id, driver_id)
        for ride in active:
            acts += self._goes_on(ride)
        if active:
            acts.append(lambda: offers.expire_due(self.tenant.database, self.relay))
        self.draw.shuffle(acts)
        return acts

    def _a_step_passes(self) -> None:
        """Whatever goes on began a step earlier now."""
        self.tenant.admin.execute(
            "UPDATE ride_offer SET offered_at = offered_at - make_interval(secs => %(s)s),"
            " expires_at = expires_at - make_interval(secs => %(s)s) WHERE state = 'open'",
            {"s": STEP_S},
        )
        self.tenant.admin.execute(
            "UPDATE ride SET requested_at = requested_at - make_interval(secs => %(s)s),"
            " accepted_at = accepted_at - make_interval(secs => %(s)s),"
            " arrived_at = arrived_at - make_interval(secs => %(s)s),"
            " started_at = started_at - make_interval(secs => %(s)s) WHERE ended_at IS NULL",
            {"s": STEP_S},
        )

    # -- what people do ----------------------------------------------------------------------------

    def _booking(self) -> Callable[[], object]:
        who, (start, end) = self.draw.choice(self.customers), self.draw.sample(self.stops, 2)
        in_cash, hangs_up = self.draw.random() < 0.4, self.draw.random() < 0.05
        is_killed = self._is_killed()

        def act(tx: Tx) -> Ride:
            return booking.book(
                tx,
                self.ours,
                customer_id=who,
                pickup_id=start.id,
                destination_id=end.id,
                fare=tariffs.fare(tx, self.ours, pickup=start, destination=end),
                in_cash=in_cash,
            )

        if hangs_up:
            return lambda: self._count("hung up before booking")
        return lambda: self._do("booked", act, is_killed)

    def _answers(self, ride_id: uuid.UUID, driver_id: uuid.UUID) -> list[Callable[[], object]]:
        """Of who is asked; one in ten takes it twice, and one in twenty another's."""
        will, is_killed = self.draw.random(), self._is_killed()
        told = {"ride_id": ride_id, "driver_id": driver_id}
        if will < 0.12:
            return [lambda: self._do("refused", lambda tx: offers.refuse(tx, **told), is_killed)]
        if will < 0.4:
            return []  # the clock asks the next
        acts: list[Callable[[], object]] = [lambda: self._take(ride_id, driver_id, is_killed)]
        if will < 0.5:
            acts.append(lambda: self._take(ride_id, driver_id, False))
        if will > 0.95:
            other = self.draw.choice(self.drivers)
            acts.append(lambda: self._take(ride_id, other, False))
        return acts

    def _take(self, ride_id: uuid.UUID, driver_id: uuid.UUID, is_killed: bool) -> None:
        def act(tx: Tx) -> Ride:
            return offers.accept(tx, KEYS, ride_id=ride_id, driver_id=driver_id)

        ride = self._do("taken", act, is_killed)
        if ride is None:
            return
        waited = (clock.now() - ride.requested_at).total_seconds()
        with self.lock:
            # Whoever is told that a ride is theirs must be the only one, and have no other.
            if ride_id in self.has or driver_id in self.has.values():
                self.day.doubles += 1
            self.has[ride_id] = driver_id
            self.day.waits_s.append(waited)

    def _goes_on(self, ride: Ride) -> list[Callable[[], object]]:
        cancels = ride.state != "started" and self.draw.random() < 0.005
        acts: list[Callable[[], object]] = [lambda: self._cancel(ride)] if cancels else []
        driver_id = ride.driver_id
        if driver_id is None:
            return acts
        plan = self._plan(ride, driver_id)
        is_killed = self._is_killed()
        told = {"ride_id": ride.id, "driver_id": driver_id}
        if ride.state == "accepted" and plan.will == "give up":
            acts.append(lambda: self._give_up(ride, told, is_killed))
        elif ride.state == "accepted" and self.step >= plan.arrives_at:
            acts.append(
                lambda: self._do("arrived", lambda tx: driving.arrive(tx, KEYS, **told), is_killed)
            )
        elif ride.state == "arrived" and plan.will == "nobody comes":
            acts.append(lambda: self._miss(ride, told, is_killed))
        elif ride.state == "arrived" and self.step >= plan.begins_at:
            acts.append(lambda: self._begin(ride, told, is_killed))
        elif ride.state == "started" and self.step >= plan.ends_at:
            acts.append(lambda: self._complete(ride, told, is_killed))
        return acts

    def _plan(self, ride: Ride, driver_id: uuid.UUID) -> Plan:
        known = self.plans.get(ride.id)
        if known is not None and known.ride.driver_id == driver_id:
            return known
        will = self.draw.choices(("ride", "give up", "nobody comes"), (90, 5, 5))[0]
        with self.tenant.tx() as tx:
            row = tx.one(
                "SELECT latitude_e7, longitude_e7 FROM driver WHERE subscriber_id = %s",
                (driver_id,),
            )
        assert row is not None
        arrives = self.step + self._steps(Place(*row), ride.begins_at)
        # One in ten keeps the driver waiting for longer than what is free.
        begins = arrives + (48 if self.draw.random() < 0.1 else self.draw.randint(0, 8))
        ends = begins + self._steps(ride.begins_at, ride.ends_at)
        made = self.plans[ride.id] = Plan(ride, arrives, begins, ends, will)
        return made

    def _steps(self, here: Place, there: Place) -> int:
        return math.ceil(TARIFF.road_m(here, there) / METRES_A_STEP)

    def _cancel(self, ride: Ride) -> None:
        fee_minor = self._do(
            "cancelled",
            lambda tx: booking.cancel(tx, KEYS, ride_id=ride.id, customer_id=ride.customer_id),
            False,
        )
        if fee_minor is not None:
            self._free(ride.id)
        if fee_minor:
            driver_id = self._driver_of(ride.id)
            with self.lock:
                self.expected[ride.customer_id] -= fee_minor
                self.expected[driver_id] += fee_minor

    def _driver_of(self, ride_id: uuid.UUID) -> uuid.UUID:
        with self.tenant.tx() as tx:
            driver_id = rides.get(tx, ride_id).driver_id
        assert driver_id is not None, "a fee is for who had taken it"
        return driver_id

    def _give_up(self, ride: Ride, told: dict[str, uuid.UUID], is_killed: bool) -> None:
        # It may be taken by another before this thread goes on: so it is nobody's before.
        held = self._free(ride.id)
        done = self._do("given back", lambda tx: _done(driving.give_up, tx, told), is_killed)
        if done is None and held is not None:
            # The customer was faster, and nobody has it; or else it is the driver's as before.
            with self.tenant.tx() as tx, self.lock:
                now = rides.get(tx, ride.id)
                if now.driver_id == held and now.state in ("accepted", "arrived"):
                    self.has.setdefault(ride.id, held)

    def _miss(self, ride: Ride, told: dict[str, uuid.UUID], is_killed: bool) -> None:
        done = self._do("nobody came", lambda tx: _done(driving.miss, tx, told), is_killed)
        if done:
            self._free(ride.id)

    def _begin(self, ride: Ride, told: dict[str, uuid.UUID], is_killed: bool) -> None:
        code = rides.digits_of(KEYS, ride.id)
        if self._do("code", lambda tx: driving.check_code(tx, KEYS, **told, code=code), is_killed):
            self._do("begun", lambda tx: driving.start(tx, KEYS, **told), is_killed)

    def _complete(self, ride: Ride, told: dict[str, uuid.UUID], is_killed: bool) -> None:
        ended = self._do(
            "completed", lambda tx: driving.complete(tx, KEYS, self.ours, **told), is_killed
        )
        if ended is None:
            return
        self._free(ride.id)
        if ended.is_in_cash:
            return
        with self.lock:
            self.expected[ride.customer_id] -= ended.fare.amount_minor
            self.expected[told["driver_id"]] += ended.earned.amount_minor

    def _free(self, ride_id: uuid.UUID) -> uuid.UUID | None:
        with self.lock:
            return self.has.pop(ride_id, None)

    # -- how it is done ----------------------------------------------------------------------------

    def _count(self, name: str) -> None:
        with self.lock:
            self.day.counts[name] += 1

    def _is_killed(self) -> bool:
        return self.draw.random() < 0.03

    def _do(self, name: str, act: Callable[[Tx], T], is_killed: bool) -> T | None:
        """Do it, once more where its connection was killed before its COMMIT. None where it was
        refused."""
        if is_killed:
            self._killed(act)
        try:
            with self.tenant.tx() as tx:
                done = act(tx)
        except BusinessError as refused:
            self._count(f"refused: {refused.code.replace('_', ' ')}")
            return None
        self._count(name)
        return done

    def _killed(self, act: Callable[[Tx], object]) -> None:
        """The same, with a connection that ends just before its COMMIT: nothing of it stays."""
        with (
            contextlib.suppress(Unavailable, OutcomeUnknown, BusinessError),
            self.killed.transaction(self.tenant.tenant_id) as tx,
        ):
            act(tx)
            row = tx.one("SELECT pg_backend_pid()")
            assert row is not None
            with self.lock:
                self.tenant.admin.execute("SELECT pg_terminate_backend(%s, 5000)", (row[0],))
                self.day.kills += 1
            tx.one("SELECT 1")

    # -- the end -----------------------------------------------------------------------------------

    def _settle(self) -> None:
        with self.tenant.tx() as tx:
            self.day.states = dict(tx.all("SELECT state, count(*) FROM ride GROUP BY 1"))
        for who in (*self.customers, *self.drivers):
            balance, held = self.tenant.balance(ledger.account_id(who, ledger.WALLET, CURRENCY))
            if (balance, held) != (FUNDED_MINOR + self.expected[who], 0):
                self.day.wrong_wallets += 1
        self.day.broken = self.tenant.broken()


def _done(act: Callable[..., None], tx: Tx, told: dict[str, uuid.UUID]) -> bool:
    """That it was done, of what answers nothing."""
    act(tx, KEYS, **told)
    return True


def simulate(tenant: Tenant, *, customers: int, drivers: int, rides: int, seed: int) -> Day:
    """A day of so many bookings, up to where the last ride has ended."""
    return Town(tenant, customers=customers, drivers_=drivers, seed=seed).run(rides_=rides)
