"""Whether a poll is believed: accepted, unchanged, or held until somebody agrees.

Pure: the poller keeps `Known` in a row, `piga rates replay` keeps it in memory, and both call
`judge`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, localcontext
from enum import Enum
from statistics import median
from typing import Final

from core.rates.quotes import Poll

# A change beyond the greater of the two is held. Of few changes a deviation says nothing.
JUMP_MINIMUM: Final = Decimal("0.05")
JUMP_DEVIATIONS: Final = 10
CHANGES_KEPT: Final = 50
CHANGES_FOR_DEVIATION: Final = 10
# rate × last rate is about 1: the two amounts have changed places.
INVERTED_WITHIN: Final = Decimal("0.1")
_CHANGE_PLACES: Final = Decimal("1e-10")


class Verdict(Enum):
    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    HELD = "held"


class Reason(Enum):
    """Why a verdict is what it is."""

    FIRST = "first"  # nothing was known of the pair
    CHANGE = "change"  # within what is usual
    CONFIRMED = "confirmed"  # a second fetch agrees with the one that was held
    SAME = "same"
    LATE = "late"  # an answer that was overtaken by a newer one
    JUMP = "jump"
    INVERTED = "inverted"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a pair.

    - `served`: the poll whose rate is served; None before the first.
    - `fetched_at`: the last fetch that said so; `changed_at`: the first.
    - `changes`: the last relative changes that were accepted, the newest last.
    - `held`: a poll that waits for a second one, or for a person.
    """

    served: Poll | None = None
    fetched_at: datetime | None = None
    changed_at: datetime | None = None
    changes: tuple[Decimal, ...] = ()
    held: Poll | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a poll, and what is known after it.

    `change` is relative to what was served (0.05 is 5 %), None for a first one; `limit` is how far
    it could have gone.
    """

    verdict: Verdict
    reason: Reason
    known: Known
    change: Decimal | None = None
    limit: Decimal | None = None


def judge(known: Known, poll: Poll) -> Decision:
    """Judge a poll by what is known of its pair."""
    served = known.served
    if served is None:
        return accept(known, poll, Reason.FIRST)
    assert known.fetched_at is not None
    if poll.fetched_at < known.fetched_at:
        return Decision(Verdict.UNCHANGED, Reason.LATE, known)
    if poll.rate == served.rate:
        unchanged = replace(known, fetched_at=poll.fetched_at, held=None)
        return Decision(Verdict.UNCHANGED, Reason.SAME, unchanged)
    change, limit = change_of(served.rate, poll.rate), jump_limit(known.changes)
    doubt = _doubt(served.rate, poll.rate, change, limit)
    if doubt is None:
        return accept(known, poll, Reason.CHANGE)
    if known.held is not None and _agree(known.held, poll, limit):
        return accept(known, poll, Reason.CONFIRMED)
    return Decision(Verdict.HELD, doubt, replace(known, held=poll), change, limit)


def accept(known: Known, poll: Poll, reason: Reason) -> Decision:
    """Serve a poll from now on: also what a person does with one that is held."""
    served, limit = known.served, jump_limit(known.changes)
    change = change_of(served.rate, poll.rate) if served else None
    changes = known.changes if change is None else (*known.changes, change)
    after = Known(
        served=poll,
        fetched_at=poll.fetched_at,
        changed_at=poll.fetched_at,
        changes=changes[-CHANGES_KEPT:],
    )
    return Decision(Verdict.ACCEPTED, reason, after, change, limit)


def change_of(before: Decimal, after: Decimal) -> Decimal:
    """The relative change, signed: 0.05 is 5 % more."""
    with localcontext(prec=40):
        return (after / before - 1).quantize(_CHANGE_PLACES)


def jump_limit(changes: Sequence[Decimal]) -> Decimal:
    """How far a rate may go at once: 5 %, or ten times the median absolute deviation of its
    last changes where that is more."""
    if len(changes) < CHANGES_FOR_DEVIATION:
        return JUMP_MINIMUM
    middle = median(changes)
    deviation = median([abs(change - middle) for change in changes])
    return max(JUMP_MINIMUM, JUMP_DEVIATIONS * deviation)


def _doubt(before: Decimal, after: Decimal, change: Decimal, limit: Decimal) -> Reason | None:
    if abs(change) > JUMP_MINIMUM and abs(before * after - 1) <= INVERTED_WITHIN:
        return Reason.INVERTED
    return Reason.JUMP if abs(change) > limit else None


def _agree(held: Poll, poll: Poll, limit: Decimal) -> bool:
    """A second fetch, not the same one twice, which would have been taken if the held one were
    served: after a devaluation a rate is not at rest."""
    later = poll.fetched_at > held.fetched_at
    return later and abs(change_of(held.rate, poll.rate)) <= limit
