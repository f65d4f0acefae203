"""A request's bytes as the fields that are wanted of it, by format."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl
from xml.parsers import expat

import orjson

from providers.contracts.errors import BadPayload
from providers.limits import BODY_MAX_BYTES, FIELDS_MAX

XML_DEPTH_MAX: Final = 16
XML_ELEMENTS_MAX: Final = 512

# A value as the format has it: text, but in JSON also a number, true or false.
Fields = dict[str, Any]

_MEMBER: Final = "params.param.value.struct.member"


def read_form(body: bytes, wanted: Container[str]) -> Fields:
    """Of a form or a query. Fields without a name are passed over. Raises BadPayload."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            max_num_fields=FIELDS_MAX,
            errors="replace",
        )
    except ValueError:
        raise BadPayload("too_many_fields") from None
    found: Fields = {}
    for name, value in pairs:
        if name in wanted:
            if name in found:
                raise BadPayload("given_twice", name)
            found[name] = value
    return found


def read_json(body: bytes, wanted: Container[str]) -> Fields:
    """Of an object; `a.b` is b inside a. null is as if it were not there. Raises BadPayload."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadPayload("not_json") from None
    if not isinstance(data, dict):
        raise BadPayload("not_an_object")
    found: Fields = {}
    _gather(data, "", wanted, found)
    return found


def _gather(data: dict[str, Any], prefix: str, wanted: Container[str], found: Fields) -> None:
    for key, value in data.items():
        if isinstance(value, dict):
            if not prefix:  # two levels are all that gateways have
                _gather(value, f"{key}.", wanted, found)
        elif value is not None and (name := prefix + key) in wanted:
            if isinstance(value, list):
                raise BadPayload("not_a_value", name)
            found[name] = value


def read_xml(body: bytes, wanted: Container[str]) -> Fields:
    """Of a document: `a.b` is the text of b in a in the root, `a@b` an attribute of a, `@b` of the
    root. A document type, and so an entity of its own, is refused. Raises BadPayload."""
    found: Fields = {}

    def take(name: str, value: str) -> None:
        if name in wanted:
            if name in found:
                raise BadPayload("given_twice", name)
            found[name] = value

    _Document(take).parse(body)
    return found


def read_xmlrpc(body: bytes, wanted: Container[str]) -> Fields:
    """Of a call: `methodName`, and the members of the struct that is its parameter. Raises
    BadPayload."""
    found: Fields = {}
    member: dict[str, str] = {}

    def take(path: str, value: str) -> None:
        if path == "methodName" and path in wanted:
            found[path] = value
        elif path == f"{_MEMBER}.name":
            member["name"] = value
        elif path.startswith(f"{_MEMBER}.value"):
            # The value itself may be bare, or in an element that says its type, which ends first.
            member["value"] = member.get("value") or value
        elif path == _MEMBER:
            name = member.get("name", "")
            if name in wanted:
                if name in found:
                    raise BadPayload("given_twice", name)
                found[name] = member.get("value", "")
            member.clear()

    _Document(take).parse(body)
    return found


READERS: Final[dict[str, Callable[[bytes, Container[str]], Fields]]] = {
    "form": read_form,
    "json": read_json,
    "xml": read_xml,
    "xmlrpc": read_xmlrpc,
}


def read(form: str, body: bytes, wanted: Container[str]) -> Fields:
    """The wanted fields of a request in this format. Raises BadPayload."""
    if len(body) > BODY_MAX_BYTES:
        raise BadPayload("body_too_long")
    return READERS[form](body, wanted)


class _Document:
    """Walks a document and tells of each element's attributes and, at its end, of its text."""

    def __init__(self, take: Callable[[str, str], None]) -> None:
        self._take = take
        self._path: list[str] = []
        self._texts: list[list[str]] = []
        self._elements = 0

    def parse(self, body: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(body, True)
        except (expat.ExpatError, ValueError, LookupError):  # the latter: an unknown encoding
            raise BadPayload("not_xml") from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > XML_ELEMENTS_MAX or len(self._path) >= XML_DEPTH_MAX:
            raise BadPayload("too_many_elements")
        self._path.append(name)
        self._texts.append([])
        path = ".".join(self._path[1:])
        for attribute, value in attributes.items():
            self._take(f"{path}@{attribute}", value)

    def _text(self, text: str) -> None:
        self._texts[-1].append(text)

    def _end(self, _name: str) -> None:
        path = ".".join(self._path[1:])
        self._path.pop()
        self._take(path, "".join(self._texts.pop()).strip())


def _refuse(*_: object) -> NoReturn:
    raise BadPayload("has_a_document_type")
