"""The schedule of rates: each tenant that polls is polled when it is due, its texts of the day are
written at their hours, and once a day its rates are compared with another source's."""

import logging
import uuid
from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

from core.db.database import Database, Deadline
from core.rates import daily, runs
from core.rates.compared import Difference, compare, leave_day, take_day
from core.rates.reading import Memory
from core.rates.runs import Plan
from providers.contracts.rates import RateSource
from values import clock
from values.alarms import raise_alarm
from workers.rates.poll import Poller
from workers.rates.sources import Asking, NoSource
from workers.schedule.tasks import Databases, Task

log = logging.getLogger(__name__)

POLL_EVERY_S: Final = 10.0
DAILY_EVERY_S: Final = 20.0
STEP_DEADLINE_S: Final = 20.0

# Makes a source by its name; raises NoSource.
Sources = Callable[[str], RateSource]
# Makes a memory for a tenant whose poller has that interval; None where there is none.
Memories = Callable[[int], Memory | None]


def tasks(sources: Sources, memories: Memories) -> tuple[Task, ...]:
    """What is due by the clock. A poll takes half a minute, so it is among what is slow."""

    def poll_rates(databases: Databases) -> int:
        done = 0
        for tenant_id, plan in _plans(databases):
            if databases.stopping.is_set():
                break
            came_to = _poll(databases, tenant_id, plan, sources, memories)
            done += came_to is not None
        return done

    return (
        Task("poll_rates", POLL_EVERY_S, poll_rates, slow=True),
        Task("rates_of_the_day", DAILY_EVERY_S, send_daily),
    )


def _plans(databases: Databases) -> list[tuple[uuid.UUID, Plan]]:
    found = []
    for tenant_id in runs.tenants(databases.relay):
        with databases.app.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
            plan = runs.plan(tx)
        if plan is not None:
            found.append((tenant_id, plan))
    return found


def _poll(
    databases: Databases, tenant_id: uuid.UUID, plan: Plan, sources: Sources, memories: Memories
) -> dict[str, int] | None:
    named = sources_of(plan, sources)
    if not named:
        return None
    stopping = databases.stopping
    asking = Asking(named, sleep=stopping.wait)
    poller = Poller(
        *(databases.app, tenant_id, asking, memories(plan.interval_s)), stopping=stopping.is_set
    )
    came_to = poller.run(interval_s=plan.interval_s)
    if came_to is not None:
        compare_daily(databases.app, tenant_id, plan, sources, stopping=stopping.is_set)
    return came_to


def sources_of(plan: Plan, sources: Sources) -> dict[str, RateSource]:
    """The sources of a plan that there is an account at, in its order."""
    named = {}
    for name in plan.providers:
        try:
            named[name] = sources(name)
        except NoSource as missing:
            raise_alarm(log, "rate_source", name, str(missing))
    return named


def compare_daily(
    database: Database,
    tenant_id: uuid.UUID,
    plan: Plan,
    sources: Sources,
    *,
    stopping: Callable[[], bool] = lambda: False,
) -> list[Difference]:
    """Once a day: rates beside those of another source. What is far off is an alarm, and is served
    on: who is right, a person finds out. Once `stopping` answers True, all of it is left to the
    next process."""
    if plan.compared_with is None:
        return []
    with database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        due = take_day(tx, clock.now())
    if not due:
        return []
    try:
        asking = Asking({plan.compared_with: sources(plan.compared_with)}, tries=1)
    except NoSource as missing:
        raise_alarm(log, "rate_source", plan.compared_with, str(missing), tenant_id=tenant_id)
        return []
    found = []
    for rate in due:
        if stopping():
            with database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
                leave_day(tx)
            return []
        poll = asking.ask(rate.pair)
        difference = compare(rate, poll) if poll is not None else None
        if difference is not None:
            found.append(difference)
    if found:
        worst = max(found, key=lambda one: abs(one.change))
        raise_alarm(
            log,
            "rates_differ",
            plan.compared_with,
            f"{len(found)} rates are further from {plan.compared_with}'s than usual; the furthest"
            f" is {worst.pair}: {worst.change:+.2%}.",
            tenant_id=tenant_id,
        )
    return found


def send_daily(databases: Databases) -> int:
    """Write the texts of the day that are due."""
    sent = 0
    for tenant_id in runs.tenants(databases.relay):
        while True:
            with databases.app.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
                row = tx.one("SELECT time_zone FROM tenant WHERE id = current_tenant()")
                if row is None:
                    break
                count = daily.send_due(tx, now=clock.now(ZoneInfo(row[0])))
            sent += count
            if not count:
                break
    return sent
