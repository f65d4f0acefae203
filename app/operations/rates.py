"""Rates as this installation has them: its accounts at sources, its memory, its poller."""

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Final

from app import accounts
from app.errors import OperatorError
from app.operations.servers import Core
from app.settings import Settings
from core.db.database import Deadline
from core.rates import listing, pairs, runs
from core.rates.listing import Listed
from core.rates.pairs import UnknownPair
from core.rates.quotes import BadQuote, Pair
from core.rates.reading import Memory
from providers.contracts.rates import RateSource
from workers.rates.memory import RedisMemory
from workers.rates.poll import Poller, Progress
from workers.rates.schedule import compare_daily, sources_of
from workers.rates.sources import Asking, source_of

WAIT_TICK_S: Final = 0.5


def source(name: str) -> RateSource:
    """A source by its name. Raises NoSource."""
    settings = Settings.load()
    installed = accounts.load(settings)
    return source_of(name, fakes_url=settings.fakes_url, installed=installed)


def memory(interval_s: int) -> Memory | None:
    """Where rates are kept between two polls; None without a Redis of one's own or a running
    `piga run`'s."""
    url = Settings.load().redis_url
    return RedisMemory(url, 2 * interval_s) if url else None


def poll(
    core: Core,
    tenant_id: uuid.UUID,
    *,
    interval_s: int | None,
    show: Callable[[Progress], None],
) -> dict[str, int] | None:
    """One run of a tenant's poller, and what it came to; None where another poller is at it, or was
    within the interval. Without an interval it begins at once, or as soon as the poller that is at
    it ends; where that was killed, it goes on in its place. Raises OperatorError."""
    settings = core.settings
    with core.database.transaction(tenant_id, Deadline(10)) as tx:
        plan = runs.plan(tx)
    if plan is None:
        raise OperatorError("This tenant polls no rates: its folder has no rates.yaml.")
    installed = accounts.load(settings)

    def sources(name: str) -> RateSource:
        return source_of(name, fakes_url=settings.fakes_url, installed=installed)

    named = sources_of(plan, sources)
    if not named:
        raise OperatorError("There is no account at any of the tenant's sources of rates.")
    ttl_s = 2 * (interval_s or plan.interval_s)
    kept = RedisMemory(settings.redis_url, ttl_s) if settings.redis_url else None
    poller = Poller(core.database, tenant_id, Asking(named), kept, show)
    came_to = poller.run(interval_s=interval_s or 0)
    while came_to is None and interval_s is None:
        with core.database.transaction(tenant_id, Deadline(10)) as tx:
            if not runs.is_open(tx):
                return None  # the other one has done it
        time.sleep(WAIT_TICK_S)
        came_to = poller.run(interval_s=3_600)  # only in the place of one that was killed
    if came_to is not None:
        compare_daily(core.database, tenant_id, plan, sources)
    return came_to


def remember(core: Core, tenant_id: uuid.UUID, pair: Pair) -> None:
    """Put what is served of a pair by now into memory: the API would answer the rate before until
    the next poll."""
    url = core.settings.redis_url
    if not url:
        return
    ttl_s = 2 * interval_s(core, tenant_id)
    with core.database.transaction(tenant_id, Deadline(10)) as tx:
        found = pairs.served(tx, [pair])
    RedisMemory(url, ttl_s).put(tenant_id, found.values())


def interval_s(core: Core, tenant_id: uuid.UUID) -> int:
    """How often the tenant's folder says that it polls."""
    with core.database.transaction(tenant_id, Deadline(10)) as tx:
        plan = runs.plan(tx)
    return plan.interval_s if plan else 600


def overview(core: Core, tenant_id: uuid.UUID) -> list[dict[str, Any]]:
    """Each pair that is polled: what is served, and what is held."""
    with core.database.transaction(tenant_id, Deadline(10)) as tx:
        found = listing.listed(tx)
    return [_overview(one) for one in found]


def _overview(one: Listed) -> dict[str, Any]:
    return {
        "pair": str(one.pair),
        "rate": f"{one.rate:f}" if one.rate else None,
        "fetched_at": one.fetched_at.isoformat() if one.fetched_at else None,
        "changed_at": one.changed_at.isoformat() if one.changed_at else None,
        "provider": one.provider,
        "held": f"{one.held.rate:f}" if one.held else None,
        "reason": one.held.reason if one.held else None,
    }


def pair_of(written: str) -> Pair:
    """The pair that somebody wrote as USD-NGN. Raises OperatorError."""
    source, dash, destination = written.upper().partition("-")
    if not dash or len(source) != 3 or len(destination) != 3:
        raise OperatorError("A pair is two codes such as USD-NGN.")
    return Pair(source, destination)


@contextlib.contextmanager
def plainly() -> Iterator[None]:
    """Tell what a pair or an amount cannot be in one sentence for the operator."""
    try:
        yield
    except UnknownPair as error:
        raise OperatorError(f"{error} is not polled, or has no rate yet.") from None
    except BadQuote as error:
        raise OperatorError(f"That is no rate: {error}.") from None
