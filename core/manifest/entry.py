"""The base of everything that a folder's file may say: a pydantic model that knows its place."""

from typing import Any, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from core.manifest.faults import Place
from core.manifest.section import Reading
from core.manifest.source import Fields, Source, place_in

T = TypeVar("T")

# pydantic's own kinds of errors, in the words of a folder's author.
_SENTENCES = {
    "list_type": "a list is needed here",
    "dict_type": "fields (name: value) are needed here",
    "model_type": "fields (name: value) are needed here",
    "model_attributes_type": "fields (name: value) are needed here",
    "string_type": "a text is needed here",
}


def wrong(text: str) -> PydanticCustomError:
    """What a validator raises; the text is shown with the file and the line."""
    return PydanticCustomError("fault", text)


def reading_of(info: ValidationInfo) -> Reading:
    """The folder that a validator is working for."""
    assert isinstance(info.context, Reading)
    return info.context


class InMinorUnits(str):
    """An amount that was given under its name with `_minor` after it."""

    __slots__ = ()


class Amounts(BeforeValidator):
    """Marks a field that may be given in the currency's usual unit or, with `_minor` after its
    name, in minor units."""


class Entry(BaseModel):
    """Fields of a file. A name that is none of them is a fault, so that no slip is a silent loss.

    Whatever is read stays as it was read.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    _source: Fields | None = PrivateAttr(default=None)
    _reading: Reading = PrivateAttr()

    @model_validator(mode="wrap")
    @classmethod
    def _with_its_place(
        cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        if not isinstance(data, Fields):
            return handler(data)
        known = set(cls.model_fields)
        for name, field in cls.model_fields.items():
            if any(isinstance(one, Amounts) for one in field.metadata):
                known.add(f"{name}_minor")
                _take_minor(data, name)
        for name in data.lines.keys() - known:
            place = place_in(data, data.place, name)
            place.fault(f"no such field; there are: {', '.join(sorted(known))}")
        entry = handler(data)
        entry._source = data
        entry._reading = reading_of(info)
        return entry

    @property
    def reading(self) -> Reading:
        """The folder that this is a part of."""
        return self._reading

    def place(self, *way: str | int) -> Place:
        """Where the entry stands, or what `way` leads to in it (see `place_in`)."""
        assert self._source is not None
        return place_in(self._source, self._source.place, *way)

    def part(self, kind: type[T]) -> T:
        """The entry as the part of it that a domain added (`Section.extends`)."""
        assert isinstance(self, kind)
        return self


def _take_minor(data: Fields, name: str) -> None:
    minor = data.pop(f"{name}_minor", None)
    if minor is None:
        return
    if name in data:
        data.place.fault(f"{name} and {name}_minor: only one of them")
    data[name] = InMinorUnits(minor) if isinstance(minor, str) else minor
    data.lines[name] = data.lines[f"{name}_minor"]


def parse(adapter: TypeAdapter[T], source: Source, reading: Reading) -> T | None:
    """The content as the adapter's type; None when it is wrong, with a fault for each error."""
    try:
        return adapter.validate_python(source.content, context=reading)
    except ValidationError as found:
        for error in found.errors(include_url=False, include_input=False):
            _tell(source, error)
        return None


def _tell(source: Source, error: ErrorDetails) -> None:
    *way, last = error["loc"] or ("",)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        place_in(source.content, source.place, *way).fault(f"{last} is missing")
        return
    place = place_in(source.content, source.place, *way, last)
    if kind == "union_tag_not_found":
        place.fault(f"{_bare(context['discriminator'])} is missing")
    elif kind == "union_tag_invalid":
        name = _bare(context["discriminator"])
        inner = place_in(source.content, source.place, *way, last, name)
        inner.fault(none_of(context["tag"], context["expected_tags"].replace("'", "").split(", ")))
    else:
        place.fault(_SENTENCES.get(kind, error["msg"]))


def _bare(discriminator: str) -> str:
    return discriminator.strip("'")


def none_of(value: str, choices: list[str]) -> str:
    """The sentence for a value that is not one of those allowed."""
    return f'"{value[:40]}" is none of: {", ".join(sorted(choices))}'
