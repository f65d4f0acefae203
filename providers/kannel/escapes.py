"""What Kannel puts for the escapes of an address in `get-url` and `dlr-url`."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote_plus

from providers.simulator.handset import size

SMSC = "fake"
_ESCAPE = re.compile(r"%(.)", re.DOTALL)


def filled(url: str, escapes: Mapping[str, str | bytes]) -> str:
    """The address with each escape replaced by its value, percent-encoded; %% is a percent sign,
    and an escape that is not known stays as it stands."""

    def value(found: re.Match[str]) -> str:
        letter = found[1]
        if letter == "%":
            return "%"
        return quote_plus(escapes[letter], safe="") if letter in escapes else found[0]

    return _ESCAPE.sub(value, url)


def text_escapes(id: str, sender: str, to: str, text: str) -> dict[str, str | bytes]:
    """The escapes of a text: %b is it byte by byte, in the coding of %c and the charset of %C; %a
    the same with its blanks squeezed, which in UCS-2 takes bytes out of letters."""
    is_gsm7 = size(text)[1]
    raw = text.encode("utf-8" if is_gsm7 else "utf-16-be", "replace")
    now = time.time()
    return {
        "I": id,
        "p": sender,
        "P": to,
        "b": raw,
        "a": b" ".join(raw.split()),
        "c": "0" if is_gsm7 else "2",
        "C": "UTF-8" if is_gsm7 else "UTF-16BE",
        "T": str(int(now)),
        "t": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "i": SMSC,
    }
