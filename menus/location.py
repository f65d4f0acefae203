"""A place as an answer: shared with a button where the channel has one, else in words."""

import re
from dataclasses import dataclass
from typing import Final

from menus import sentences
from menus.answers import WrongAnswer
from menus.limits import WORDS_CHARS_MAX
from menus.words import Words
from values.location import Location, from_geo_uri

# As maps show it to be copied: at least three decimals, which no house number has.
_DEGREES: Final = re.compile(
    r"(?P<latitude>-?\d{1,2}\.\d{3,10}),? *(?P<longitude>-?\d{1,3}\.\d{3,10})", re.ASCII
)
_IS_NUMBER: Final = re.compile(r"[0-9]{1,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is. A chat shows a button that shares the phone's position; everywhere the
    place may be said in words, or in degrees as a map shows them (-1.9501, 30.0588).

    Words are shown back on a Confirm before they are kept: a network may have cut them. Where
    places have numbers (`by_number`), so many digits are words.
    """

    maximum_chars: int = WORDS_CHARS_MAX
    any_letters: bool = False
    by_number: bool = False
    takes_zero = False

    def parse(self, raw: str) -> Location:
        """The place. Raises WrongAnswer."""
        shared = from_geo_uri(raw.strip())
        if shared is not None:
            return shared
        degrees = _DEGREES.fullmatch(raw.strip())
        if degrees is not None:
            try:
                return Location("", float(degrees["latitude"]), float(degrees["longitude"]))
            except ValueError:
                raise WrongAnswer(sentences.NO_SUCH_PLACE) from None
        if self.by_number and _IS_NUMBER.fullmatch(raw.strip()):
            return Location(raw.strip())
        words = Words(maximum_chars=self.maximum_chars, any_letters=self.any_letters)
        return Location(words.parse(raw))
