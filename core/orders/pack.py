"""What a price list says of how goods are packed: 12x500ml, 24 x 1L, Ctn of 24, 6*1.5 LTR, 50kg."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_MEASURES: Final = {
    **dict.fromkeys(("ml", "mls", "millilitre", "milliliter"), "ml"),
    **dict.fromkeys(("cl", "cls"), "cl"),
    **dict.fromkeys(("l", "lt", "ltr", "ltrs", "litre", "liter", "litres", "liters", "lts"), "l"),
    **dict.fromkeys(("g", "gm", "gms", "gr", "grs", "gram", "grams", "gs"), "g"),
    **dict.fromkeys(("kg", "kgs", "kilo", "kilos"), "kg"),
}
_MEASURE: Final = "|".join(sorted(_MEASURES, key=len, reverse=True))
_SIZE: Final = rf"(?P<size>\d+(?:[.,]\d+)?)\s*(?P<measure>{_MEASURE})\b"
_TIMES: Final = r"\s*[x×*]\s*"
_PIECE: Final = (
    r"(?:btl|bottle|can|tin|jar|cup|pouch|pouche|sachet|pc|piece|pk|pkt|packet|pack|bag|stick|unit"
    r"|bouteille|boite|sac|chupa|pakiti)s?"
)
_MULTIPLIED: Final = re.compile(
    # 6 x 4 x 250ml, 6(84x1.6g)
    rf"(?<![\d.,])(?P<pieces>\d+)(?:\s*[x×*(]\s*(?P<inner>\d+))?{_TIMES}{_SIZE}",
    re.IGNORECASE,
)
# 12 btls x 750ml, 24 bottles of 300ml; 24/500ml, where 1/2kg is a half
_NAMED: Final = re.compile(
    rf"(?<![\d.,/])(?P<pieces>\d+)[\s-]*(?:{_PIECE}\s*(?:x|×|\*|of|de|ya)?\s*|/\s*){_SIZE}",
    re.IGNORECASE,
)
_SIZE_FIRST: Final = re.compile(
    rf"{_SIZE}(?:\s*[x×*/]\s*(?P<pieces>\d+)(?!\d|\s*(?:{_MEASURE})\b)"
    rf"|\s+\(?(?P<counted>\d+)[\s-]*{_PIECE}\b)",
    re.IGNORECASE,
)
_FRACTIONS: Final = {
    "1/2": "0.5",
    "1/4": "0.25",
    "3/4": "0.75",
    "½": "0.5",
    "¼": "0.25",
    "¾": "0.75",
}
_FRACTION: Final = re.compile(rf"(?<![\d.,/])(1/2|1/4|3/4|[½¼¾])(?=\s*(?:{_MEASURE})\b)", re.I)
_DOZENS: Final = re.compile(r"(?<![\d.,])(?P<dozens>\d+)\s*(?:doz|dozens?|dzn|douzaines?)\b", re.I)
_OF: Final = re.compile(
    r"\b(?:ctn|carton|case|box|bale|pack|pkt|tray|crate|dozen|bag|sachet|outer)s?\s*"
    r"(?:of|x|/|\()?\s*(?P<pieces>\d+)\b|(?<![\d.,])(?P<counted>\d+)\s*"
    r"(?:'s|s\b|pcs?\b|pieces?\b|units?\b|outers?\b|per (?:ctn|carton|case|box)"
    r"|(?:[a-z]+\s*)?/\s*(?:ctn|carton|case|box|tray|bale|crate)\b)",
    re.IGNORECASE,
)
_PIECES_TIMES: Final = re.compile(
    rf"^(?:(?P<one>\d+){_TIMES}|x\s*)(?P<pieces>\d+)(?:'?s)?$", re.IGNORECASE
)
_ONE: Final = re.compile(_SIZE, re.IGNORECASE)
_TEXT_CHARS_MAXIMUM: Final = 40


@dataclass(frozen=True, slots=True)
class Pack:
    """So many pieces of a size: 12 of 500 ml. `size` is '' where the list does not say; `text` is
    how it says it."""

    pieces: int = 1
    size: str = ""
    measure: str = ""
    text: str = ""

    @property
    def unit(self) -> str:
        """How a shop buys it: 12 x 500 ml."""
        size = f"{self.size} {self.measure}" if self.size else ""
        if self.pieces > 1:
            return f"{self.pieces} x {size}" if size else f"pack of {self.pieces}"
        return size or self.text[:_TEXT_CHARS_MAXIMUM] or "piece"


def read_pack(said: str, name: str = "") -> Pack:
    """What the column of packs says, or else the product's name."""
    return _read(said) or _read(name) or Pack(text=said)


def _read(text: str) -> Pack | None:
    said, text = text, _FRACTION.sub(lambda one: _FRACTIONS[one[1]], text)
    for pattern in (_MULTIPLIED, _NAMED, _SIZE_FIRST):
        found = pattern.search(text)
        if found:
            groups = found.groupdict()
            pieces = int(groups["pieces"] or groups["counted"]) * int(groups.get("inner") or 1)
            return Pack(pieces, _size(found["size"]), _measure(found["measure"]), said)
    size = _ONE.search(text)
    if size is None and (dozens := _DOZENS.search(text)) is not None:
        return Pack(12 * int(dozens["dozens"]), "", "", said)
    of = _PIECES_TIMES.match(text) or _OF.search(text)
    pieces = 1
    if of:
        groups = of.groupdict()
        pieces = int(groups.get("pieces") or groups.get("counted") or 1) * int(
            groups.get("one") or 1
        )
    if size is None and of is None:
        return None
    if size is None:
        return Pack(pieces, "", "", said)
    return Pack(pieces, _size(size["size"]), _measure(size["measure"]), said)


def _size(written: str) -> str:
    return f"{Decimal(written.replace(',', '.')).normalize():f}"


def _measure(written: str) -> str:
    return _MEASURES[written.casefold()]
