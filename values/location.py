"""Where something is: as a phone shares it, and as people say it.

In a text a shared position is a geo URI (RFC 5870) with its name as the query, as maps write it:
geo:-1.9501,30.0588?q=Kimironko%20Market
"""

import math
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

NAME_CHARS_MAX: Final = 60
# 0.00001 of a degree is about a metre.
_DECIMALS: Final = 5
_URI: Final = re.compile(
    r"geo:(?P<latitude>-?\d{1,2}(?:\.\d{1,10})?),(?P<longitude>-?\d{1,3}(?:\.\d{1,10})?)"
    r"(?:\?q=(?P<name>[^\s&#]*))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Location:
    """A place in words, in degrees (WGS 84), or both. Raises ValueError for degrees that are none,
    for one without the other, and for neither degrees nor words."""

    words: str = ""
    latitude: float | None = None
    longitude: float | None = None

    def __post_init__(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("a latitude has a longitude")
        if self.latitude is None or self.longitude is None:
            if not self.words:
                raise ValueError("a place has words or degrees")
        elif not (abs(self.latitude) <= 90 and abs(self.longitude) <= 180):
            raise ValueError("a latitude goes to 90 degrees, a longitude to 180")

    @property
    def is_shared(self) -> bool:
        """Whether it has degrees."""
        return self.latitude is not None

    def __repr__(self) -> str:
        return f"Location(is_shared={self.is_shared})"  # where somebody is, no log says


def geo_uri(latitude: float, longitude: float, name: str = "") -> str:
    """A position that was shared, as a text; '' where the degrees are none."""
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return ""
    if abs(latitude) > 90 or abs(longitude) > 180:
        return ""
    said = " ".join("".join(char for char in name if char.isprintable()).split())
    # Escaped, a letter takes up to twelve signs: as much of the name as keeps a text short.
    named = f"?q={quote(said[:NAME_CHARS_MAX], safe='')}" if said else ""
    while len(named) > 2 * NAME_CHARS_MAX:
        said = said[:-1]
        named = f"?q={quote(said[:NAME_CHARS_MAX], safe='')}"
    return f"geo:{latitude:.{_DECIMALS}f},{longitude:.{_DECIMALS}f}{named}"


def from_geo_uri(text: str) -> Location | None:
    """The place of a geo URI; None of any other text."""
    found = _URI.fullmatch(text)
    if found is None:
        return None
    name = " ".join(unquote(found["name"] or "").split())[:NAME_CHARS_MAX]
    try:
        return Location(name, float(found["latitude"]), float(found["longitude"]))
    except ValueError:
        return None
