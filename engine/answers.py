"""What a flow keeps of what was answered: typed fields, kept in the session as JSON.

A flow's `class Answers` names the fields. One without a default is the answer to the state of that
name; one with a default is set on the way. What has no field is not kept.
"""

import types
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cache, partial
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec

Decode = Callable[[Any], Any]

MISSING: Final = object()
_PLAIN: Final = frozenset(
    {str, int, bool, float, Any, object, dict, list, type(None), uuid.UUID, date}
)


class Unanswered(LookupError):
    """A flow asks for an answer that was not given, or that a release before kept otherwise."""


@dataclass(frozen=True, slots=True)
class Field:
    """How one field is read from JSON; `default` is MISSING for the answer to a state."""

    decode: Decode
    kind: str
    default: Any = MISSING


def fields_of(flow: type) -> dict[str, Field]:
    """The fields of a flow's `Answers`. Raises TypeError for a type that cannot be kept."""
    declared: Any = flow.Answers  # type: ignore[attr-defined]
    return {
        name: Field(decoder(kind), str(kind), getattr(declared, name, MISSING))
        for name, kind in get_type_hints(declared).items()
    }


@cache
def decoder(kind: Any) -> Decode:
    """Reads a type from JSON: words and numbers, UUID, days, frozen dataclasses, tuples and
    optionals of these. What is read already is taken as it is. Raises TypeError for any other."""
    _require_kept(kind)
    return partial(msgspec.convert, type=kind)


def _require_kept(kind: Any) -> None:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind in _PLAIN or origin in (dict, list):
        return
    if origin in (Union, types.UnionType):
        (inner,) = [each for each in arguments if each is not type(None)]
        _require_kept(inner)
    elif origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        _require_kept(arguments[0])
    elif isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        for each in fields(kind):
            _require_kept(hints[each.name])
    else:
        raise TypeError(f"a session cannot keep a {kind}")


class Kept:
    """A flow's answers during one step: read when they are asked for, packed when it is over."""

    def __init__(self, fields: Mapping[str, Field], raw: Mapping[str, Any]) -> None:
        self.__dict__.update(_fields=fields, _raw=raw, _set={})

    def __getattr__(self, name: str) -> Any:
        """The answer of that name. Raises Unanswered."""
        field = self.__dict__["_fields"].get(name)
        if field is None:
            raise AttributeError(name)
        raw = self.__dict__["_raw"].get(name, MISSING)
        if raw is MISSING:
            if field.default is MISSING:
                raise Unanswered(f"{name} was not answered")
            return field.default
        value = self.__dict__[name] = read(field, name, raw)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.__dict__["_fields"]:
            raise AttributeError(f"there is no field {name}")
        self.__dict__[name] = value
        self.__dict__["_set"][name] = value

    def pack(self) -> Mapping[str, Any]:
        """All answers as the session keeps them; msgspec writes UUIDs, days and dataclasses."""
        raw, changed = self.__dict__["_raw"], self.__dict__["_set"]
        packed: Mapping[str, Any] = {**raw, **changed} if changed else raw
        return packed


def read(field: Field, name: str, raw: Any) -> Any:
    """A field's value from JSON. Raises Unanswered for what another release kept."""
    try:
        return field.decode(raw)
    except msgspec.ValidationError:
        raise Unanswered(f"{name} was kept otherwise") from None
