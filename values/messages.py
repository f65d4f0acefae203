"""Messages that are sent on their own (receipts, codes, notices): a name, a sentence, its values.

A kind of message is a frozen dataclass. Its fields are the values that its sentence names, so the
type checker finds a receipt without an amount. A message is stored as its name and its values as
JSON, and becomes words when it is sent: in the language that the person has by then.

    {"amount": {"$money": [1500, "RWF"]}, "at": {"$at": "2026-11-20T14:05:00+00:00"},
     "until": {"$time": "2026-11-20T14:15:00+00:00"}, "code": {"$code": ["<approval id>", 1, 6]},
     "group": "Twisungane", "minutes": 30}
"""

import inspect
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import Any, ClassVar, Final, Self, get_type_hints

from values.money import Money
from values.placeholders import placeholders

# What a tenant says of itself. It is not stored: a message says it as it is when it is sent.
OWN_WORDS: Final = frozenset({"tenant", "office"})


class MissingValue(Exception):
    """A stored value is missing or malformed. Says which name, never a value."""


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code that is computed when the message is sent, and that is stored nowhere: the last so
    many digits of the one of six that `approval_id` and `counter` give."""

    approval_id: uuid.UUID
    counter: int
    digits: int = 6


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A moment so near that only its time is said, in the tenant's time zone: 14:15."""

    at: datetime


# Of what nobody waits for, what it is for: people say of each whether they want it.
NEWS: Final = "news"
REMINDERS: Final = "reminders"
PURPOSES: Final = (NEWS, REMINDERS)

Value = str | int | Money | datetime | TimeOfDay | OneTimeCode


class Priority(IntEnum):
    """Which of what waits goes first: a code, without which somebody cannot go on; what somebody
    waits for, such as a reply; a receipt or a notice; many at once, such as a bill to every
    customer."""

    CODE = 0
    PROMPT = 1
    RECEIPT = 2
    BULK = 3


class Message:
    """Base of every kind of message.

    Class attributes: `name` as it is stored; `priority` among what waits to be sent; `purpose`, one
    of PURPOSES, of what nobody waits for; `sentence` in
    English with {placeholders}, each of them a field, a property or one of OWN_WORDS;
    `sentence_without_fee`, said instead where `fee` is 0, because a fee of 0 would only raise a
    question.
    """

    __slots__ = ()

    name: ClassVar[str]
    priority: ClassVar[Priority] = Priority.RECEIPT
    purpose: ClassVar[str] = NEWS
    sentence: ClassVar[str]
    sentence_without_fee: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        named = placeholders(cls.sentence) | placeholders(cls.sentence_without_fee)
        unknown = {name for name in named - OWN_WORDS if not _has(cls, name)}
        if unknown:
            raise TypeError(f"message {cls.name}: no value for {', '.join(sorted(unknown))}")

    def pack(self) -> dict[str, Any]:
        """The values as JSON."""
        return {
            each.name: _packed(getattr(self, each.name))
            for each in fields(self)  # type: ignore[arg-type]  # each kind is a dataclass
        }

    @classmethod
    def unpack(cls, stored: Mapping[str, Any]) -> Self:
        """The message that `pack` wrote. What else is stored is left aside.

        Raises MissingValue.
        """
        return cls(**{name: _unpacked(name, kind, stored) for name, kind in _values_of(cls)})  # type: ignore[arg-type]

    def words(self) -> tuple[str, dict[str, Value]]:
        """The sentence to say, and the values that it names but for OWN_WORDS."""
        fee = getattr(self, "fee", None)
        free = self.sentence_without_fee and isinstance(fee, Money) and fee.amount_minor == 0
        sentence = self.sentence_without_fee if free else self.sentence
        return sentence, {name: getattr(self, name) for name in placeholders(sentence) - OWN_WORDS}


def _has(kind: type[Message], name: str) -> bool:
    fields_of = (inspect.get_annotations(each) for each in kind.__mro__)
    return any(name in each for each in fields_of) or (
        isinstance(getattr(kind, name, None), property)
    )


@cache
def _values_of(kind: type[Message]) -> tuple[tuple[str, type], ...]:
    hints = get_type_hints(kind)
    return tuple((each.name, hints[each.name]) for each in fields(kind))  # type: ignore[arg-type]


def _packed(value: Value) -> Any:
    match value:
        case Money():
            return {"$money": [value.amount_minor, value.currency]}
        case datetime():
            return {"$at": value.isoformat(timespec="seconds")}
        case TimeOfDay():
            return {"$time": value.at.isoformat(timespec="seconds")}
        case OneTimeCode():
            return {"$code": [str(value.approval_id), value.counter, value.digits]}
    return value


def _unpacked(name: str, kind: type, stored: Mapping[str, Any]) -> Value:
    try:
        return _READ[kind](stored[name])
    except (KeyError, TypeError, ValueError):
        raise MissingValue(name) from None


def _word(raw: Any) -> str:
    if not isinstance(raw, str):
        raise TypeError
    return raw


def _number(raw: Any) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise TypeError
    return raw


def _money(raw: Any) -> Money:
    amount_minor, currency = raw["$money"]
    return Money(_number(amount_minor), _word(currency))


def _moment(raw: Any) -> datetime:
    moment = datetime.fromisoformat(raw["$at"])
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _time_of_day(raw: Any) -> TimeOfDay:
    return TimeOfDay(_moment({"$at": raw["$time"]} if "$time" in raw else raw))


def _code(raw: Any) -> OneTimeCode:
    approval_id, counter, digits = raw["$code"]
    return OneTimeCode(uuid.UUID(_word(approval_id)), _number(counter), _number(digits))


_READ: Final[Mapping[type, Callable[[Any], Value]]] = {
    str: _word,
    int: _number,
    Money: _money,
    datetime: _moment,
    TimeOfDay: _time_of_day,
    OneTimeCode: _code,
}
