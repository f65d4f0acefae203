"""The number of a paper as an answer: a waybill's, a seal's."""

import re
from dataclasses import dataclass
from typing import Final

from menus import sentences
from menus.answers import WrongAnswer
from menus.keys import typed

CHARS_MAXIMUM: Final = 20
_NUMBER: Final = re.compile(r"(?=.*[0-9])[A-Z0-9](?:[A-Z0-9./-]*[A-Z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PaperNumber:
    """Letters, digits, points, dashes and slashes with one digit or more, without spaces, in
    capitals: WB-01723/26. `takes_zero`: 0 alone is one, too."""

    takes_zero: bool = False

    def parse(self, raw: str) -> str:
        """The number. Raises WrongAnswer."""
        found = "".join(typed(raw).split()).upper()
        if len(found) > CHARS_MAXIMUM or not _NUMBER.fullmatch(found):
            raise WrongAnswer(sentences.WRONG_PAPER_NUMBER)
        if not found.strip("0") and not self.takes_zero:
            raise WrongAnswer(sentences.WRONG_PAPER_NUMBER)
        return found
