"""What a flow keeps of what it was told: typed fields, kept in the session as JSON.

A flow's `class Answers` names the fields. One without a default is the answer to the state of that
name; one with a default is set on the way. What has no field is not kept.
"""

import types
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

Decode = Callable[[Any], Any]

MISSING: Final = object()
_PLAIN: Final = frozenset({str, int, bool, float, Any, object, dict, list, type(None)})


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
    """Reads a type from JSON: words and numbers, UUID, frozen dataclasses, tuples and optionals of
    these. What is read already is taken as it is. Raises TypeError for any other."""
    if kind in _PLAIN:
        return _same
    if kind is uuid.UUID:
        return _uuid
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        (inner,) = [each for each in arguments if each is not type(None)]
        decode = decoder(inner)
        return lambda raw: None if raw is None else decode(raw)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        each = decoder(arguments[0])
        return lambda raw: tuple(map(each, raw))
    if origin in (dict, list):
        return _same
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind)
    raise TypeError(f"a session cannot keep a {kind}")


def _same(raw: Any) -> Any:
    return raw


def _uuid(raw: Any) -> uuid.UUID:
    return raw if isinstance(raw, uuid.UUID) else uuid.UUID(raw)


def _dataclass(kind: type) -> Decode:
    hints = get_type_hints(kind)
    parts = [(each.name, decoder(hints[each.name])) for each in fields(kind)]

    def decode(raw: Any) -> Any:
        if isinstance(raw, kind):
            return raw
        return kind(**{name: read(raw[name]) for name, read in parts})

    return decode


class Kept:
    """A flow's answers during one step: read when they are asked for, packed when it is over."""

    def __init__(self, fields: Mapping[str, Field], raw: Mapping[str, Any]) -> None:
        vars(self).update(_fields=fields, _raw=raw, _set={})

    def __getattr__(self, name: str) -> Any:
        """The answer of that name. Raises Unanswered."""
        field = vars(self)["_fields"].get(name)
        if field is None:
            raise AttributeError(name)
        raw = vars(self)["_raw"].get(name, MISSING)
        if raw is MISSING:
            if field.default is MISSING:
                raise Unanswered(f"{name} was not answered")
            return field.default
        value = vars(self)[name] = read(field, name, raw)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in vars(self)["_fields"]:
            raise AttributeError(f"there is no field {name}")
        vars(self)[name] = value
        vars(self)["_set"][name] = value

    def pack(self) -> Mapping[str, Any]:
        """All answers as the session keeps them: orjson writes dataclasses and UUIDs as JSON."""
        raw, changed = vars(self)["_raw"], vars(self)["_set"]
        packed: Mapping[str, Any] = {**raw, **changed} if changed else raw
        return packed


def read(field: Field, name: str, raw: Any) -> Any:
    """A field's value from JSON. Raises Unanswered for what another release kept."""
    try:
        return field.decode(raw)
    except (TypeError, ValueError, LookupError, AttributeError):
        raise Unanswered(f"{name} was kept otherwise") from None
