"""In what a column of a price sheet counts: `GHp/Lt`, `US Cents per Litre`, `(GHS per Kg)`."""

import re
from dataclasses import dataclass
from typing import Final

_UNIT: Final = re.compile(
    r"[(\[]?\s*(?P<money>gh\s?p|gp|pesewas?|gh\s?[\u20b5\u00a2\u023cc]|ghs|gh|\u20b5|(?:ghana\s)?cedis?"
    r"|us\s?cents?|us\s?[d$]|us|\$)\s*[)\]]?\s*(?:/|per\b|a\b)\s*[(\[]?\s*"
    r"(?P<per>l(?:t?r?s?)|lit(?:er|re)s?|kgs?|kilo(?:gram(?:me)?)?s?)\b\.?\s*[)\]]?",
    re.IGNORECASE,
)
_HUNDREDTHS: Final = ("ghp", "gp", "pesewa", "pesewas")


@dataclass(frozen=True, slots=True)
class Unit:
    """In what a column counts: hundredths of a currency or whole units, per litre or kilogram."""

    currency: str
    is_hundredths: bool
    per: str


def unit_of(text: str) -> Unit | None:
    """The unit that a text says; None where it says none."""
    found = _UNIT.search(text)
    if found is None:
        return None
    money = "".join(found["money"].lower().split())
    per = "kilogram" if found["per"].lower().startswith("k") else "litre"
    if money in ("usd", "us$", "us", "$"):
        return Unit("USD", False, per)
    if money.startswith("us"):
        return Unit("USD", True, per)
    return Unit("GHS", money in _HUNDREDTHS, per)


def without_unit(text: str) -> str:
    """A text without the unit in it."""
    found = _UNIT.search(text)
    return text if found is None else f"{text[: found.start()]} {text[found.end() :]}"
