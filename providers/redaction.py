"""A request or an answer as staff may read it: its form, its codes and its sentences, with nothing
in it that is a person's or a secret.

What is not known to be harmless is hidden: of a value only how long it was is left. What a
request hid is hidden in its answer, too, where a gateway repeats it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

KEPT_CHARS_MAXIMUM: Final = 2_000
_READ_BYTES_MAXIMUM: Final = 16_384
_DEPTH_MAXIMUM: Final = 12

# By their names in small letters, without dashes and underscores. A code says what went wrong.
_CODES: Final = frozenset(
    (
        *("code", "status", "statuscode", "errorcode", "errorsubcode", "subcode", "responsecode"),
        *("resultcode", "state", "type", "messagestatus", "httpstatus", "responsetype"),
    )
)
# Of a request: which form it has. Small words without a digit.
_FORMS: Final = frozenset(
    (
        *("type", "messagingproduct", "recipienttype", "language", "code", "channel", "currency"),
        *("partyidtype", "method", "transactiontype", "commandid", "country"),
    )
)
# Of an answer: what the other side says to whoever reads it.
_SENTENCES: Final = frozenset(
    (
        *("message", "error", "errors", "errormessage", "errordescription", "description"),
        *("detail", "details", "title", "reason", "moreinfo", "statusmessage", "statusdescription"),
        *("responsedescription", "resultdesc", "faultstring", "userfacingmessage"),
    )
)
_CODE: Final = re.compile(r"[A-Za-z0-9_.:/ -]{1,40}")
_FORM: Final = re.compile(r"[a-z]+(_[a-z]+)*|[a-z]{2}(_[A-Z]{2})?")
_CONSTANT: Final = re.compile(r"[A-Z]+(_[A-Z]+)*")
_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:@-]{0,40}")
# Digits that belong to one number, however it is written.
_NUMBER: Final = re.compile(r"\+?\d(?:[ ().-]?\d){3,}")
_LONG_WORD: Final = re.compile(r"\S*@\S+|[A-Za-z0-9_./+=-]{25,}")
_TAG: Final = re.compile(r"<[^<>]{0,400}>")
_DIGITS_OF_A_CODE: Final = 7


def redacted(body: bytes | str | None, *, answer: bool, hide: Iterable[str] = ()) -> str:
    """A body as it may be shown, at most KEPT_CHARS_MAXIMUM. `hide` are values that are not to be
    seen in it, wherever they stand; those of its request, where it is an answer."""
    return _shown(_Reader(answer=answer, hide=hide), body)


def values_of(body: bytes | str | None) -> frozenset[str]:
    """What a request's body has that is hidden: to be hidden in its answer as well."""
    reader = _Reader(answer=False, hide=())
    _shown(reader, body)
    return frozenset(reader.hidden)


def place_shown(url: str) -> str:
    """An address without what it asks, and without ids and tokens in its path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "…"
    steps = (
        "…" if len(step) > 24 or re.search(r"\d{4}|\d.*\d.*\d.*\d", step) else step
        for step in parts.path.split("/")
    )
    return (parts.hostname or "") + "/".join(steps) + ("?…" if parts.query else "")


def _shown(reader: _Reader, body: bytes | str | None) -> str:
    if not body:
        return ""
    try:
        text = body if isinstance(body, str) else body[:_READ_BYTES_MAXIMUM].decode()
    except UnicodeDecodeError:
        return f"<{len(body)} bytes>"
    return reader.read(text.strip())[:KEPT_CHARS_MAXIMUM]


class _Reader:
    def __init__(self, *, answer: bool, hide: Iterable[str]) -> None:
        self._is_answer = answer
        # The longest first: one may be a part of another.
        self._hide = sorted({one for one in hide if len(one) > 2}, key=len, reverse=True)
        self.hidden: set[str] = set()

    def read(self, text: str) -> str:
        if text[:1] in "{[":
            try:
                found = json.loads(text)
            except (ValueError, RecursionError):
                return self._hidden(text)
            return json.dumps(self._value("", found, 0), ensure_ascii=False, indent=1)
        if not self._is_answer:
            fields = parse_qsl(text, keep_blank_values=True) if "=" in text else []
            if not fields or not all(_KEY.fullmatch(key) for key, _ in fields):
                return self._hidden(text)
            return "\n".join(f"{key}={self._value(key, value, 0)}" for key, value in fields)
        return self._sentence(" ".join(_TAG.sub(" ", text).split()))

    def _value(self, key: str, value: Any, depth: int) -> Any:
        if depth > _DEPTH_MAXIMUM:
            return "…"
        if isinstance(value, dict):
            return {
                self._key(name): self._value(name, each, depth + 1) for name, each in value.items()
            }
        if isinstance(value, list):
            return [self._value(key, each, depth + 1) for each in value]
        if value is None or isinstance(value, bool):
            return value
        return self._leaf(re.sub(r"[_-]", "", key).lower(), value)

    def _leaf(self, name: str, value: Any) -> Any:
        said = str(value)
        if self._is_answer:
            if name in _SENTENCES:
                return self._sentence(said)
            digits = sum(letter.isdigit() for letter in said)
            if name in _CODES and digits <= _DIGITS_OF_A_CODE and _CODE.fullmatch(said):
                return value if self._masked(said) == said else self._hidden(said)
        elif name in _FORMS and _FORM.fullmatch(said):
            return value
        if isinstance(value, str) and "name" not in name and _CONSTANT.fullmatch(said):
            return value if len(said) > 2 and self._masked(said) == said else self._hidden(said)
        return self._hidden(said)

    def _sentence(self, said: str) -> str:
        said = self._masked(said)
        return _LONG_WORD.sub("…", _NUMBER.sub("…", said))

    def _masked(self, said: str) -> str:
        for one in self._hide:
            said = said.replace(one, "…")
        return said

    def _key(self, name: str) -> str:
        is_plain = _KEY.fullmatch(name) and not re.search(r"\d{4}", name)
        return name if is_plain else "…"

    def _hidden(self, said: str) -> str:
        self.hidden.add(said)
        return f"<{len(said)}>"
