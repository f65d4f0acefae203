"""Bodies as fields, by format; and what is no body of that format."""

import pytest

from providers.contracts.errors import BadPayload
from providers.ussd_http.requests import XML_DEPTH_MAX, XML_ELEMENTS_MAX, Fields, read

CALL = (
    "<methodCall><methodName>m</methodName><params><param><value><struct>{}</struct></value>"
    "</param></params></methodCall>"
)


def member(name: str, value: str) -> str:
    return f"<member><name>{name}</name><value>{value}</value></member>"


READ: dict[str, tuple[str, str, tuple[str, ...], Fields]] = {
    "a form": ("form", "a=1&b=%2B2+3&c=", ("a", "b", "c"), {"a": "1", "b": "+2 3", "c": ""}),
    "a form with more": ("form", "a=1&x=9&=&y", ("a",), {"a": "1"}),
    "an object": (
        "json",
        '{"a":1,"b":true,"c":"x"}',
        ("a", "b", "c"),
        {"a": 1, "b": True, "c": "x"},
    ),
    "inside": ("json", '{"a":{"b":"1","c":2},"b":"3"}', ("a.b", "b"), {"a.b": "1", "b": "3"}),
    "null": ("json", '{"a":null}', ("a",), {}),
    "an element": ("xml", "<r><a> 1 </a><b><c>2</c></b></r>", ("a", "b.c"), {"a": "1", "b.c": "2"}),
    "attributes": (
        "xml",
        '<r t="x"><a n="1"/></r>',
        ("@t", "a@n", "a"),
        {"@t": "x", "a@n": "1", "a": ""},
    ),
    "an escape": ("xml", "<r><a>&lt;&amp;&#10;b</a></r>", ("a",), {"a": "<&\nb"}),
    "latin": (
        "xml",
        '<?xml version="1.0" encoding="iso-8859-1"?><r><a>\xe9</a></r>',
        ("a",),
        {"a": "é"},
    ),
    "a call": (
        "xmlrpc",
        CALL.format(member("a", "<string>1</string>")),
        ("a", "methodName"),
        {"a": "1", "methodName": "m"},
    ),
    "types": (
        "xmlrpc",
        CALL.format(member("a", "<int>1</int>") + member("b", "2")),
        ("a", "b"),
        {"a": "1", "b": "2"},
    ),
    "a blank": ("xmlrpc", CALL.format(member("a", "<string></string>")), ("a",), {"a": ""}),
}


@pytest.mark.parametrize("what", READ)
def test_fields(what: str) -> None:
    form, body, wanted, fields = READ[what]
    assert read(form, body.encode("latin-1" if what == "latin" else "utf-8"), wanted) == fields


BILLION = '<!DOCTYPE r [<!ENTITY a "1"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]><r><a>&c;</a></r>'
REFUSED: dict[str, tuple[str, str, str]] = {
    "a field twice": ("form", "a=1&a=2", "a: given_twice"),
    "too many fields": ("form", "&".join(["x=1"] * 65), "too_many_fields"),
    "no JSON": ("json", '{"a":', "not_json"),
    "a list": ("json", "[1]", "not_an_object"),
    "a list as a value": ("json", '{"a":["1"]}', "a: not_a_value"),
    "no UTF-8": ("json", '{"a":"\xff"}', "not_json"),
    "half a document": ("xml", "<r><a>1</a>", "not_xml"),
    "two roots": ("xml", "<r/><r/>", "not_xml"),
    "an element twice": ("xml", "<r><a>1</a><a>2</a></r>", "a: given_twice"),
    "entities of its own": ("xml", BILLION, "has_a_document_type"),
    "an outside entity": (
        "xml",
        '<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
        "has_a_document_type",
    ),
    "an unknown entity": ("xml", "<r><a>&x;</a></r>", "not_xml"),
    "an unknown encoding": ("xml", '<?xml version="1.0" encoding="none"?><r/>', "not_xml"),
    "too deep": ("xml", "<r>" * (XML_DEPTH_MAX + 1), "too_many_elements"),
    "too many": ("xml", f"<r>{'<x/>' * XML_ELEMENTS_MAX}</r>", "too_many_elements"),
    "a member twice": ("xmlrpc", CALL.format(member("a", "1") * 2), "a: given_twice"),
    "too long": ("json", " " * 65_537, "body_too_long"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_no_fields(what: str) -> None:
    form, body, says = REFUSED[what]
    encoding = "latin-1" if what == "no UTF-8" else "utf-8"
    with pytest.raises(BadPayload) as refused:
        read(form, body.encode(encoding), ("a",))
    assert str(refused.value) == says
