"""What a group agreed on for a cycle, and on which days it meets. A constitution holds from its
first day to its last: what held at a meeting of the past is known for good."""

import calendar
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from core.db.database import Tx
from core.savings.errors import AmountOutsideRules, NoConstitution
from values.money import Money

WEEK: Final = "week"
FORTNIGHT: Final = "fortnight"
MONTH: Final = "month"
EVERY: Final = (WEEK, FORTNIGHT, MONTH)
# Of what members are reminded, and how many days before it, or after it of what is late.
REMINDED: Final[Mapping[str, tuple[int, ...]]] = {
    "meeting": (1,),
    "instalment": (2,),
    "late": (1, 7),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Constitution:
    """The rules of a cycle, whose days are `valid_from` to `valid_until`, both included.

    - `every`: week, fortnight or month; `on_day` is the weekday (0 is Monday), or the day of the
      month (31 is its last); `at` is the time, "14:00"; `place` is where.
    - `share_minor`: what a share costs; 0 where members save freely. `least` and `most` are what a
      member saves at a meeting: a number of shares, or minor units.
    - `social_minor`: what each gives to the social fund at a meeting.
    - `fines`: amounts in minor units by kind.
    - `quorum_percent`: how many of the members a vote needs.
    - `languages`: what the group speaks.
    - `coin_minor`: the smallest coin that a share-out pays.
    - `shares_out_social`: whether a share-out gives the social fund away, too.
    - `reminders`: days before a meeting or an instalment, and after a late one, as REMINDED.
    - `fined_at_close`: which of late and absent is fined when a meeting closes.
    """

    valid_from: date
    valid_until: date
    every: str
    on_day: int
    at: str
    place: str
    share_minor: int
    least: int
    most: int
    social_minor: int
    fines: Mapping[str, int]
    quorum_percent: int
    languages: tuple[str, ...]
    coin_minor: int
    shares_out_social: bool
    reminders: Mapping[str, Sequence[int]] = field(default_factory=lambda: dict(REMINDED))
    fined_at_close: tuple[str, ...] = ()

    @property
    def has_shares(self) -> bool:
        return self.share_minor > 0

    def saved_minor(self, typed: int, currency: str) -> int:
        """What is saved where so much was typed: a number of shares, or minor units. Raises
        AmountOutsideRules; nothing is always allowed."""
        if typed and not self.least <= typed <= self.most:
            least, most = self.shown(self.least, currency), self.shown(self.most, currency)
            raise AmountOutsideRules(least=least, most=most)
        return typed * self.share_minor if self.has_shares else typed

    def typed(self, saved_minor: int) -> int:
        """What `saved_minor` was made of: shares, or minor units."""
        return saved_minor // self.share_minor if self.has_shares else saved_minor

    def shown(self, typed: int, currency: str) -> int | Money:
        """As people read what was typed: a number of shares, or an amount."""
        return typed if self.has_shares else Money(typed, currency)

    def next_meeting(self, today: date) -> date | None:
        """The first day of a meeting from today on; None where the cycle has no more."""
        after = max(today, self.valid_from)
        found = (self._monthly if self.every == MONTH else self._weekly)(after)
        return found if found <= self.valid_until else None

    def _weekly(self, after: date) -> date:
        first = self.valid_from + timedelta((self.on_day - self.valid_from.weekday()) % 7)
        step = 14 if self.every == FORTNIGHT else 7
        late = max(0, (after - first).days)
        return first + timedelta(-(-late // step) * step)

    def _monthly(self, after: date) -> date:
        found = _in_month(after.year, after.month, self.on_day)
        if found < after:
            later = after.replace(day=1) + timedelta(31)
            found = _in_month(later.year, later.month, self.on_day)
        return found

    def to_body(self) -> dict[str, Any]:
        """As JSON, without its days."""
        body = asdict(self)
        del body["valid_from"], body["valid_until"]
        return {
            **body,
            "fines": dict(self.fines),
            "languages": list(self.languages),
            "reminders": {kind: list(days) for kind, days in self.reminders.items()},
            "fined_at_close": list(self.fined_at_close),
        }


def from_body(valid_from: date, valid_until: date, body: Mapping[str, Any]) -> Constitution:
    """What `to_body` gave."""
    return Constitution(
        valid_from=valid_from,
        valid_until=valid_until,
        **{
            **body,
            "languages": tuple(body["languages"]),
            "fined_at_close": tuple(body.get("fined_at_close", ())),
        },
    )


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


_SELECT: Final = (
    "SELECT valid_from, valid_until, body FROM savings_constitution"
    " WHERE tenant_id = current_tenant() AND group_id = %s"
)


def find(tx: Tx, group_id: uuid.UUID, day: date) -> Constitution | None:
    """What holds for a group on a day; None where nothing does."""
    row = tx.one(
        f"{_SELECT} AND valid_from <= %s AND valid_until >= %s ORDER BY valid_from DESC LIMIT 1",
        (group_id, day, day),
    )
    return from_body(*row) if row else None


def require(tx: Tx, group_id: uuid.UUID, day: date) -> Constitution:
    """What holds for a group on a day. Raises NoConstitution."""
    found = find(tx, group_id, day)
    if found is None:
        raise NoConstitution
    return found
