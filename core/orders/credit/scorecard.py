"""The scorecard: pure. The same history by the same terms is the same score, with its reasons."""

from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from core.orders.credit.terms import CreditTerms, Measure

APPROVED: Final = "approved"
REFERRED: Final = "referred"
REFUSED: Final = "refused"
# Who knows all of them knows why; a text has room for two.
REASONS_TOLD: Final = 2


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a shop, by the names of `terms.MEASURES`, and what it pays in 30 days."""

    values: dict[str, int]
    spent_minor: int


class Reason(Struct, frozen=True):
    """A measure with its value, what it gave and the most that it can give."""

    measure: str
    value: int
    points: int
    most: int

    @property
    def lost(self) -> int:
        return self.most - self.points


@dataclass(frozen=True, slots=True)
class Scored:
    """`outcome` is what the score alone says; `limit_minor` what may be owed at once."""

    score: int
    outcome: str
    limit_minor: int
    reasons: tuple[Reason, ...]

    @property
    def against(self) -> tuple[Reason, ...]:
        """What cost most, the most first."""
        lost = [one for one in self.reasons if one.lost > 0]
        return tuple(sorted(lost, key=lambda one: (-one.lost, one.measure))[:REASONS_TOLD])


def score(terms: CreditTerms, history: History) -> Scored:
    """What these terms make of a history."""
    reasons = tuple(_reason(measure, history) for measure in terms.measures)
    most = sum(one.most for one in reasons)
    points = max(0, sum(one.points for one in reasons)) * 100 // most if most else 0
    limit_minor = _limit_minor(terms, history.spent_minor)
    outcome = REFUSED
    if limit_minor >= terms.limit_minimum_minor and points >= terms.refer_at:
        outcome = APPROVED if points >= terms.approve_at else REFERRED
    return Scored(points, outcome, limit_minor, reasons)


def _reason(measure: Measure, history: History) -> Reason:
    value = history.values[measure.name]
    reached = [band.points for band in measure.bands if value >= band.at_least]
    return Reason(measure.name, value, reached[-1] if reached else 0, measure.most)


def _limit_minor(terms: CreditTerms, spent_minor: int) -> int:
    limit = min(terms.limit_maximum_minor, spent_minor * terms.limit_percent // 100)
    return limit - limit % terms.coin_minor
