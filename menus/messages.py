"""Messages that are sent on their own, in words: one segment each in every language."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any

from menus.texts import Msg, Param, say
from values.messages import Message, MissingValue, OneTimeCode, TimeOfDay, Value

CodeOf = Callable[[uuid.UUID, int], str]


def compose(
    kind: type[Message],
    stored: Mapping[str, Any],
    language: str,
    time_zone: tzinfo,
    code_of: CodeOf,
    *,
    own: Mapping[str, Param] = MappingProxyType({}),
    addressee: str = "",
) -> str:
    """The words of a message of that kind, from the values that are stored of it.

    `code_of(approval_id, counter)` computes a one-time code; `own` is what the tenant says of
    itself by now. On a shared phone `addressee` is whom it means, and stands first. Raises
    MissingValue.
    """
    sentence, values = kind.unpack(stored).words()
    said: dict[str, Param] = {**own}
    said |= {name: _param(value, time_zone, code_of) for name, value in values.items()}
    words = say(Msg(sentence, **said), language)
    return f"{addressee}: {words}" if addressee else words


def places(
    kind: type[Message],
    stored: Mapping[str, Any],
    language: str,
    time_zone: tzinfo,
    code_of: CodeOf,
    *,
    names: Sequence[str],
    own: Mapping[str, Param] = MappingProxyType({}),
) -> tuple[str, ...]:
    """Some values of a message as its sentence would show them, by their names: for wordings that
    are kept elsewhere. Arguments as of `compose`. Raises MissingValue."""
    message = kind.unpack(stored)
    shown: list[str] = []
    for name in names:
        if name in own:
            param = own[name]
        elif hasattr(message, name):
            param = _param(getattr(message, name), time_zone, code_of)
        else:
            raise MissingValue(name)
        shown.append(say(Msg("{value}", value=param), language))
    return tuple(shown)


def _param(value: Value, time_zone: tzinfo, code_of: CodeOf) -> Param:
    match value:
        case datetime():
            return value.astimezone(time_zone)
        case TimeOfDay():
            return value.at.astimezone(time_zone).time()
        case OneTimeCode():
            return code_of(value.approval_id, value.counter)[-value.digits :]
    return value
