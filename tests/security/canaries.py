"""Finding a secret in bytes, however it is written there."""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

BASE64_BITS = 6
# Digits beside digits, and letters a to f beside them, are one word: a hash, an id, a long number.
_WORD = re.compile(rb"[0-9A-Fa-f-]*")
WORD_MINIMUM = 16
LOOK_BACK = 64
# The forms that are digits such as a number or an id could have.
AS_TYPED = ("bytes", "grouped by '.'", "grouped by '-'")
# A moment: seconds, milliseconds or microseconds since 1970, or the fraction of a second. A run
# leaves so many of them that every fiftieth run had some PIN in one.
_MOMENT = re.compile(rb"1[7-9]\d{8}(?:\d{3}|\d{6}|\.\d+)?")
_NUMBER = re.compile(rb"[0-9.]*")
_SECONDS = re.compile(rb"\d\d:\d\d[.,]\Z")
_NUMERIC = re.compile(rb"[0-9]+(?:[.-][0-9]+)*")
_DIGITS = {"arabic": "٠١٢٣٤٥٦٧٨٩", "full width": "０１２３４５６７８９"}


@dataclass(frozen=True)
class Canary:
    """A secret by its name. `raw` says that it is bytes, such as a key, and not what is typed."""

    name: str
    value: bytes

    @classmethod
    def of(cls, name: str, text: str) -> "Canary":
        return cls(name, text.encode())

    def forms(self) -> Iterator[tuple[str, bytes]]:
        """Every way to write it that is looked for, by name."""
        value = self.value
        yield "bytes", value
        yield "hexadecimal", value.hex().encode()
        yield "HEXADECIMAL", value.hex().upper().encode()
        for number, form in enumerate(_base64(value)):
            yield f"base64 {number}", form
            yield f"base64url {number}", form.translate(bytes.maketrans(b"+/", b"-_"))
        if not value.isascii():
            return
        text = value.decode()
        # Without its last byte, both byte orders of UTF-16 hold it; so does UTF-32 little-endian.
        yield "utf-16", text.encode("utf-16-le")[:-1]
        yield "utf-32", text.encode("utf-32-le")[:-3]
        yield "percent", "".join(f"%{char:02X}" for char in value).encode()
        yield "json", "".join(f"\\u{char:04x}" for char in value).encode()
        yield "octal", "".join(f"\\{char:03o}" for char in value).encode()
        yield "entities", "".join(f"&#{char};" for char in value).encode()
        if quote(text) != text:
            yield "quoted", quote(text, safe="").encode()
        if text.isdigit():
            yield from self._digits(text)

    def _digits(self, text: str) -> Iterator[tuple[str, bytes]]:
        for name, digits in _DIGITS.items():
            typed = text.translate(str.maketrans("0123456789", digits))
            yield name, typed.encode()
            yield f"{name} json", typed.encode("ascii", "backslashreplace")
        for sign in (",", ".", " ", "'", "\u00a0", "\u202f", "_", "-"):
            # As an amount, or as a phone number is read out.
            threes = sign.join(re.findall(r"\d{1,3}(?=(?:\d{3})*$)", text))
            yield f"grouped by {sign!r}", threes.encode()
        for sign in (" ", ",", ", ", "*", "\\n", "\n"):
            yield f"split by {sign!r}", sign.join(text).encode()


def _base64(value: bytes) -> Iterator[bytes]:
    """What of base64 depends on the value alone, where it begins at each third of a byte triple."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + value)
        first = -(-before * 8 // BASE64_BITS)
        last = (before + len(value)) * 8 // BASE64_BITS
        yield whole[first:last]


@dataclass(frozen=True)
class Found:
    canary: str
    form: str
    place: str
    around: bytes

    def __str__(self) -> str:
        return f"{self.canary} ({self.form}) in {self.place}: {self.around!r}"


class Finder:
    """Looks for many canaries in many ways at once."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        self._names: dict[bytes, tuple[str, str]] = {}
        for canary in canaries:
            for form, written in canary.forms():
                self._names.setdefault(written, (canary.name, form))
        self._pattern = re.compile(_any_of(self._names), re.DOTALL)
        # Those of its forms that differ from each other.
        self.forms = {form for _, form in self._names.values()}

    def find(self, data: bytes, place: str) -> list[Found]:
        """Each canary in the data, once for each form."""
        found: dict[tuple[str, str], Found] = {}
        for match in self._pattern.finditer(data):
            start, end = match.span()
            canary, form = self._names[match[0]]
            typed = form in AS_TYPED and _NUMERIC.fullmatch(match[0])
            if typed and _is_part_of_more(data, start, end):
                continue
            around = data[max(0, start - 40) : end + 40]
            found.setdefault((canary, form), Found(canary, form, place, around))
        return list(found.values())


def _is_part_of_more(data: bytes, start: int, end: int) -> bool:
    """Whether these digits are only some of those of an id, a hash or a moment."""
    if len(_around(_WORD, data, start, end)) >= WORD_MINIMUM:
        return True
    if _MOMENT.fullmatch(_around(_NUMBER, data, start, end)):
        return True
    return _SECONDS.search(data[max(0, start - LOOK_BACK) : start]) is not None


def _around(beside: re.Pattern[bytes], data: bytes, start: int, end: int) -> bytes:
    """What begins at `start` and ends at `end`, with what is beside it."""
    before = beside.match(data[max(0, start - LOOK_BACK) : start][::-1])
    after = beside.match(data, end, end + LOOK_BACK)
    assert before is not None
    assert after is not None
    return before[0][::-1] + data[start:end] + after[0]


def _any_of(words: Iterable[bytes]) -> bytes:
    """A pattern of all the words, as a tree of their beginnings: quick however many they are."""
    tree: dict[int, dict[int, object]] = {}
    for word in words:
        branch: dict[int, object] = tree  # type: ignore[assignment]
        for byte in word:
            branch = branch.setdefault(byte, {})  # type: ignore[assignment]
        branch[-1] = {}
    return _pattern_of(tree)


def _pattern_of(branch: dict[int, dict[int, object]]) -> bytes:
    ends = -1 in branch
    ways = [
        re.escape(bytes([byte])) + _pattern_of(rest)  # type: ignore[arg-type]
        for byte, rest in branch.items()
        if byte != -1
    ]
    if not ways:
        return b""
    pattern = ways[0] if len(ways) == 1 and not ends else b"(?:" + b"|".join(ways) + b")"
    return pattern + b"?" if ends else pattern
