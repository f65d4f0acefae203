"""Pairs and what is known of them: a poll is judged against the pair's own row, and what it
changes is one more row of its history."""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from core.audit.trail import record
from core.db.database import Tx
from core.live.push import push
from core.rates import alerts
from core.rates.judging import Decision, Known, Reason, Verdict, accept, judge
from core.rates.quotes import Pair, Poll
from values import clock
from values.alarms import raise_alarm
from values.ids import uuid7

log = logging.getLogger(__name__)

TOPIC: Final = "rates"
# A rate is stale when the last fetch that said so is older.
STALE_AFTER: Final = timedelta(minutes=10)
PERSON: Final = "person"
CORRECTION: Final = "correction"


@dataclass(frozen=True, slots=True)
class Rate:
    """What is served of a pair. Amounts are what the source said; `id` is the row of its history.

    `fetched_at` is the last fetch that said so, `changed_at` the first, `provider_at` the source's
    own time.
    """

    pair: Pair
    id: uuid.UUID
    source_amount: Decimal
    destination_amount: Decimal
    rate: Decimal
    provider: str
    provider_at: datetime | None
    fetched_at: datetime
    changed_at: datetime

    def is_stale(self, now: datetime) -> bool:
        return now - self.fetched_at > STALE_AFTER


_SERVED = (
    "source, destination, rate_id, source_amount, destination_amount, provider, provider_at,"
    " fetched_at, changed_at"
)
_NOTHING_HELD = (
    "held_at = NULL, held_reason = NULL, held_source_amount = NULL, held_destination_amount = NULL,"
    " held_provider = NULL"
)
_KNOWN = (
    f"SELECT {_SERVED}, changes, held_source_amount, held_destination_amount, held_provider,"
    " held_at FROM rate_pair WHERE tenant_id = current_tenant() AND source = %s"
    " AND destination = %s FOR UPDATE"
)


class UnknownPair(Exception):
    """The tenant does not poll this pair."""


def served(tx: Tx, pairs: Sequence[Pair]) -> dict[Pair, Rate]:
    """What is served of these pairs, of those that have a rate. One round trip."""
    rows = tx.all(
        f"SELECT {_SERVED} FROM rate_pair WHERE tenant_id = current_tenant() AND listed"
        " AND rate_id IS NOT NULL AND (source, destination) IN"
        " (SELECT * FROM unnest(%s::text[], %s::text[]))",
        ([pair.source for pair in pairs], [pair.destination for pair in pairs]),
    )
    return {rate.pair: rate for rate in map(_rate, rows)}


def all_served(tx: Tx) -> list[Rate]:
    """All pairs that have a rate, by their codes."""
    rows = tx.all(
        f"SELECT {_SERVED} FROM rate_pair WHERE tenant_id = current_tenant() AND listed"
        " AND rate_id IS NOT NULL ORDER BY source, destination"
    )
    return [_rate(row) for row in rows]


def listed(tx: Tx) -> list[Pair]:
    """The pairs that the tenant polls, as its folder orders them by code."""
    rows = tx.all(
        "SELECT source, destination FROM rate_pair WHERE tenant_id = current_tenant() AND listed"
        " ORDER BY source, destination"
    )
    return [Pair(*row) for row in rows]


def keep(tx: Tx, poll: Poll) -> Decision:
    """Judge a poll and keep what it changes: the pair's row; and for a change a row of history,
    the alerts that it fires, and a push. Raises UnknownPair."""
    known = _known(tx, poll.pair)
    decision = judge(known, poll)
    if decision.verdict is Verdict.ACCEPTED:
        _serve(tx, decision, decision.reason.value)
    elif decision.verdict is Verdict.HELD:
        _hold(tx, poll, decision)
    elif decision.reason is Reason.SAME:
        tx.execute(
            f"UPDATE rate_pair SET fetched_at = %s, provider_at = %s, {_NOTHING_HELD},"
            " refresh_at = NULL WHERE tenant_id = current_tenant()"
            " AND source = %s AND destination = %s",
            (poll.fetched_at, poll.provider_at, poll.pair.source, poll.pair.destination),
        )
    return decision


def release(tx: Tx, pair: Pair, *, actor: str, reason: str) -> Poll | None:
    """A person believes what is held: it is served from now on. None where nothing is held. Raises
    UnknownPair."""
    known = _known(tx, pair)
    if known.held is None:
        return None
    decision = accept(known, known.held, Reason.CONFIRMED)
    rate_id = _serve(tx, decision, PERSON)
    record(tx, actor, "release rate", rate_id, {"pair": str(pair), "reason": reason})
    return known.held


def refuse(tx: Tx, pair: Pair, *, actor: str, reason: str) -> Poll | None:
    """A person does not believe what is held: it is dropped, and nothing agrees with it any more.
    Should the source go on saying so, it is held again. None where nothing is held. Raises
    UnknownPair."""
    known = _known(tx, pair)
    if known.held is None:
        return None
    tx.execute(
        f"UPDATE rate_pair SET {_NOTHING_HELD} WHERE tenant_id = current_tenant()"
        " AND source = %s AND destination = %s",
        (pair.source, pair.destination),
    )
    detail = {"pair": str(pair), "rate": f"{known.held.rate:f}", "reason": reason}
    record(tx, actor, "refuse rate", None, detail)
    return known.held


def put_right(
    tx: Tx,
    pair: Pair,
    *,
    source_amount: Decimal,
    destination_amount: Decimal,
    actor: str,
    reason: str,
) -> tuple[uuid.UUID, Rate]:
    """One more row in the place of a rate that was wrong; it says which one it corrects. Answers
    its id and what was served. Raises UnknownPair, BadQuote."""
    known = _known(tx, pair)
    wrong = served(tx, [pair]).get(pair)
    if wrong is None:
        raise UnknownPair(str(pair))
    right = Poll(pair, source_amount, destination_amount, clock.now(), provider="correction")
    decision = accept(known, right, Reason.CONFIRMED)
    rate_id = _serve(tx, decision, CORRECTION, corrects=wrong.id)
    record(tx, actor, "correct rate", rate_id, {"pair": str(pair), "reason": reason})
    return rate_id, wrong


def ask_for_refresh(tx: Tx, pair: Pair, *, again_after_s: float = 60.0) -> bool:
    """Whether it is for this caller to have a stale rate fetched: True for one of many."""
    row = tx.one(
        "UPDATE rate_pair SET refresh_at = now() WHERE tenant_id = current_tenant()"
        " AND source = %s AND destination = %s AND listed"
        " AND (refresh_at IS NULL OR refresh_at < now() - make_interval(secs => %s))"
        " RETURNING true",
        (pair.source, pair.destination, again_after_s),
    )
    return row is not None


def _rate(row: Sequence[Any]) -> Rate:
    source, destination, id, source_amount, destination_amount, *rest = row
    provider, provider_at, fetched_at, changed_at = rest
    pair = Pair(source, destination)
    poll = Poll(pair, source_amount, destination_amount, fetched_at, provider, provider_at)
    return Rate(
        *(pair, id, source_amount, destination_amount, poll.rate, provider, provider_at),
        *(fetched_at, changed_at),
    )


def _known(tx: Tx, pair: Pair) -> Known:
    """Locks the pair: the next one to judge sees what this one decided. Raises UnknownPair."""
    row = tx.one(_KNOWN, (pair.source, pair.destination))
    if row is None:
        raise UnknownPair(str(pair))
    *of_served, changes, held_source, held_destination, held_provider, held_at = row
    held = None
    if held_at is not None:
        held = Poll(pair, held_source, held_destination, held_at, held_provider or "")
    if of_served[2] is None:
        return Known(held=held)
    rate = _rate(of_served)
    return Known(
        served=Poll(
            *(pair, rate.source_amount, rate.destination_amount, rate.fetched_at, rate.provider)
        ),
        fetched_at=rate.fetched_at,
        changed_at=rate.changed_at,
        changes=tuple(changes),
        held=held,
    )


def _serve(
    tx: Tx, decision: Decision, reason: str, *, corrects: uuid.UUID | None = None
) -> uuid.UUID:
    """Serve a poll from now on."""
    poll = decision.known.served
    assert poll is not None
    pair, rate_id = poll.pair, uuid7()
    tx.execute(
        "WITH added AS (INSERT INTO rate (tenant_id, id, source, destination, rate, source_amount,"
        " destination_amount, provider, provider_at, fetched_at, reason, corrects)"
        " VALUES (current_tenant(), %(id)s, %(source)s, %(destination)s, %(rate)s,"
        " %(source_amount)s, %(destination_amount)s, %(provider)s, %(provider_at)s,"
        " %(fetched_at)s, %(reason)s, %(corrects)s))"
        " UPDATE rate_pair SET rate_id = %(id)s, source_amount = %(source_amount)s,"
        " destination_amount = %(destination_amount)s, provider = %(provider)s,"
        " provider_at = %(provider_at)s, fetched_at = %(fetched_at)s, changed_at = %(fetched_at)s,"
        f" changes = %(changes)s::numeric[], {_NOTHING_HELD},"
        " refresh_at = NULL WHERE tenant_id = current_tenant()"
        " AND source = %(source)s AND destination = %(destination)s",
        {
            "id": rate_id,
            "source": pair.source,
            "destination": pair.destination,
            "rate": poll.rate,
            "source_amount": poll.source_amount,
            "destination_amount": poll.destination_amount,
            "provider": poll.provider,
            "provider_at": poll.provider_at,
            "fetched_at": poll.fetched_at,
            "reason": reason,
            "corrects": corrects,
            "changes": list(decision.known.changes),
        },
    )
    alerts.fire(tx, pair, rate_id=rate_id, rate=poll.rate, fetched_at=poll.fetched_at)
    push(tx, TOPIC, {"type": "rate_update", "pair": [pair.source, pair.destination]})
    return rate_id


def _hold(tx: Tx, poll: Poll, decision: Decision) -> None:
    pair = poll.pair
    tx.execute(
        "UPDATE rate_pair SET held_source_amount = %s, held_destination_amount = %s,"
        " held_provider = %s, held_at = %s, held_reason = %s"
        " WHERE tenant_id = current_tenant() AND source = %s AND destination = %s",
        (
            *(poll.source_amount, poll.destination_amount, poll.provider, poll.fetched_at),
            *(decision.reason.value, pair.source, pair.destination),
        ),
    )
    assert decision.change is not None
    row = tx.one("SELECT current_tenant()")
    raise_alarm(
        log,
        "rate_held",
        str(pair),
        f"{pair}: {poll.rate:f} is held ({decision.reason.value}, {decision.change:+.2%} of what"
        " is served) until a second fetch agrees or `piga rates release` does.",
        tenant_id=row[0] if row else None,
    )
