"""The network's id of a transaction as an answer, or that there is none."""

import re
from dataclasses import dataclass
from typing import Final

from menus import sentences
from menus.answers import WrongAnswer
from menus.keys import option_key, typed

NONE_KEY: Final = 1
CHARS_MAXIMUM: Final = 40
# Digits alone, or with letters, points and dashes, as 1530828708, TKA1B2C3D4, PP241130.1234.A12345.
_ID: Final = re.compile(r"(?=.*[0-9])[A-Z0-9](?:[A-Z0-9.\-]{3,38}[A-Z0-9])", re.ASCII)


@dataclass(frozen=True, slots=True)
class TransactionId:
    """As the message shows it, with or without spaces, in capitals. Its value is "" where the key
    for none was typed."""

    takes_zero = False

    def parse(self, raw: str) -> str:
        """The id. Raises WrongAnswer."""
        if option_key(raw) == NONE_KEY:
            return ""
        found = "".join(typed(raw).split()).upper()
        if len(found) > CHARS_MAXIMUM or not _ID.fullmatch(found):
            raise WrongAnswer(sentences.WRONG_TRANSACTION_ID)
        return found
