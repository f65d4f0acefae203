"""A screen as the bytes of an answer: a template whose values are escaped as its format wants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

import orjson

from providers.contracts.webhooks import HttpReply
from providers.typed import shown
from providers.ussd_http.schema import ReplyPart, Screen

SCREEN: Final = "screen"
LINES: Final = "lines"
NEXT_HOP: Final = "next_hop"

_SLOT: Final = re.compile(r"\$(?:\$|\{([^{}$]+)\}|([A-Za-z_][A-Za-z0-9_]*))")
_QUOTES: Final = {'"': "&quot;", "\r": "&#13;"}
_LINE_IN_XML: Final = "&#10;"  # a bare line's end in an attribute is read as a blank


class Template:
    """A body with slots. `fields` are the request's fields that it repeats."""

    def __init__(self, part: ReplyPart, screen: Screen) -> None:
        self._part = part
        self._headers = tuple(screen.headers.items())
        # Words and slots by turns, words first.
        self._pieces: list[str] = [""]
        at = 0
        for slot in _SLOT.finditer(screen.body):
            self._pieces[-1] += screen.body[at : slot.start()]
            at = slot.end()
            name = slot[1] or slot[2]
            if name is None:
                self._pieces[-1] += "$"
            else:
                self._pieces += [name, ""]
        self._pieces[-1] += screen.body[at:]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(self._pieces[1::2]) - {SCREEN, LINES, NEXT_HOP}

    def fill(self, text: str, echo: Mapping[str, Any], next_hop: int) -> HttpReply:
        """Raises ValueError for a screen without a visible character."""
        text = self._replaced(shown(text))
        filled = list(self._pieces)
        for at in range(1, len(filled), 2):
            match filled[at]:
                case "screen":
                    filled[at] = self._words(text)
                case "lines":
                    filled[at] = orjson.dumps(text.split("\n")).decode()
                case "next_hop":
                    filled[at] = str(next_hop)
                case name:
                    filled[at] = self._value(echo.get(name, ""))
        body = "".join(filled).encode(self._part.encoding, "replace")
        return HttpReply(200, self._part.content_type, body, self._headers)

    def _replaced(self, text: str) -> str:
        for taken, given in self._part.replace.items():
            text = text.replace(taken, given)
        return text

    def _words(self, text: str) -> str:
        newline = self._part.newline
        if self._part.format == "xml":
            lines = escape(text, _QUOTES)
            return lines.replace("\n", _LINE_IN_XML if newline == "\n" else newline)
        text = text if newline == "\n" else text.replace("\n", newline)
        return orjson.dumps(text).decode() if self._part.format == "json" else text

    def _value(self, value: Any) -> str:
        """A field of the request. In JSON it keeps its type."""
        if self._part.format == "json":
            return orjson.dumps(value).decode()
        word = str(value)
        if self._part.format == "xml":
            return escape(word, _QUOTES)
        return word if word.isprintable() else ""
