"""The GSM 7-bit alphabet (3GPP TS 23.038): what is in it, what a text costs, how to fold into it.

A *septet* is the unit of GSM-7 text: one for a basic character, two for an extended one (an escape
and the character). A *UCS-2 unit* is 16 bits: one for most characters, two beyond the basic plane.
"""

import re
import unicodedata
from typing import Final

from menus.languages import BY_CODE
from values.gsm7 import BASIC, EXTENDED, is_gsm7

__all__ = [
    "BASIC",
    "EXTENDED",
    "UNKNOWN",
    "fits",
    "fold",
    "folds",
    "is_gsm7",
    "joined_before",
    "printable",
    "septets",
    "ucs2_units",
]

UNKNOWN: Final = "?"

_TWO_SEPTETS = re.compile(f"[{re.escape(EXTENDED)}]")
# What folding leaves alone: the alphabet without the controls that only a printer understands.
_SETTLED = re.compile(
    f"[{re.escape((BASIC + EXTENDED).replace(chr(13), '').replace(chr(12), ''))}]*"
)
_BEYOND_BASIC_PLANE = re.compile("[\U00010000-\U0010ffff]")

_JOINER = "\u200d"
_FIRST_SKIN_TONE, _LAST_SKIN_TONE = "\U0001f3fb", "\U0001f3ff"


def septets(text: str) -> int:
    """The septets that a text of the alphabet takes; a character outside counts as one ('?')."""
    if _TWO_SEPTETS.search(text) is None:
        return len(text)
    return len(text) + len(_TWO_SEPTETS.findall(text))


def ucs2_units(text: str) -> int:
    """The 16-bit units that a text takes in UCS-2 (UTF-16, as handsets read it)."""
    if text.isascii():
        return len(text)
    return len(text) + len(_BEYOND_BASIC_PLANE.findall(text))


def fits(text: str, limit_septets: int) -> bool:
    """True when the text is GSM-7 and takes at most so many septets."""
    return septets(text) <= limit_septets and is_gsm7(text)


def fold(text: str) -> str:
    """Transliterate into GSM-7: 'Épargné â' gives 'Épargné a'; what has no likeness becomes '?'.

    The result is always GSM-7 and folding it again changes nothing. Combining marks go, since
    composition does not remove them all (an e with a dot below and an acute stays two characters).
    """
    if _SETTLED.fullmatch(text):
        return text
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).translate(_FOLDING)


def folds(text: str) -> bool:
    """True when folding finds a likeness for every character: nothing would become '?'."""
    if _SETTLED.fullmatch(text):
        return True
    composed = unicodedata.normalize("NFC", text)
    return all(char == UNKNOWN or UNKNOWN not in _FOLDING[ord(char)] for char in composed)


def printable(text: str) -> str:
    """The text as UCS-2 can carry it: composed, without controls and half surrogates."""
    if text.isprintable():  # which says of each character that it is neither
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    composed = unicodedata.normalize("NFC", whole.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        " " if char == "\t" else char
        for char in composed
        if char in "\n\t" or unicodedata.category(char) != "Cc"
    )


def joined_before(text: str, index: int) -> bool:
    """True when a cut before text[index] would part one visible character.

    That is a combining mark from its letter, the parts of a joined emoji, or two flag letters.
    """
    if not 0 < index < len(text):
        return False
    char, previous = text[index], text[index - 1]
    if char.isascii() and previous.isascii():
        return False
    if _JOINER in (char, previous) or _is_mark(char):
        return True
    if _FIRST_SKIN_TONE <= char <= _LAST_SKIN_TONE:
        return True
    return _is_flag_letter(char) and _flag_letters_before(text, index) % 2 == 1


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flag_letters_before(text: str, index: int) -> int:
    count = 0
    while count < index and _is_flag_letter(text[index - 1 - count]):
        count += 1
    return count


_LIKENESS: Final = {
    # The languages served say how their own letters fold.
    **{letter: to for one in BY_CODE.values() for letter, to in one.folds.items()},
    # People's names have letters of other languages, too, that no decomposition brings home.
    **{"ə": "e", "Ə": "E", "ǝ": "e", "Ǝ": "E", "ɖ": "d", "Ɖ": "D"},
    **{"ŋ": "n", "Ŋ": "N", "ɲ": "n", "Ɲ": "N", "ƒ": "f", "Ƒ": "F"},
    **{"ɣ": "g", "Ɣ": "G", "ʋ": "v", "Ʋ": "V", "ɩ": "i", "Ɩ": "I", "ʊ": "u", "Ʊ": "U"},
    **{"ı": "i", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"},
    **{"ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ẞ": "SS"},
    # Quotes, dashes, dots and bullets that word processors put in.
    **dict.fromkeys("‘’‚‛′´`ʼʻʹʾʿˈꞌ＇", "'"),
    **dict.fromkeys("“”„‟″«»＂", '"'),
    **{"‹": "<", "›": ">"},
    **dict.fromkeys("‐‑‒–—―−•·‣●▪", "-"),
    "…": "...",
    # Money and measures.
    **{"₦": "N", "₵": "c", "₣": "F", "₤": "£", "×": "x", "÷": "/", "⁄": "/", "°": "o"},
    **{"©": "(c)", "®": "(R)", "→": "->", "←": "<-", "✓": "v", "✔": "v"},
    # Breaks and spaces.
    **{"\r": "\n", "\f": "\n", "\v": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"},
    "\t": " ",
}


class _Folding(dict[int, str]):
    """The table of `str.translate`, filled in as characters turn up."""

    _REMEMBERED_MAX = 4096

    def __missing__(self, codepoint: int) -> str:
        folded = _fold_char(chr(codepoint))
        if len(self) < self._REMEMBERED_MAX:
            self[codepoint] = folded
        return folded


def _fold_char(char: str) -> str:
    if char in _LIKENESS:
        return _LIKENESS[char]
    if char in BASIC or char in EXTENDED:
        return char
    category = unicodedata.category(char)
    if category[0] == "M" or category in ("Cc", "Cf"):
        return ""
    if category == "Zs":
        return " "
    return _fold_compound(char)


def _fold_compound(char: str) -> str:
    """A digit of another script, a letter with its accents, a ligature, a full-width form."""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    parts = unicodedata.normalize("NFKD", char)
    # A lone accent comes apart into a space and a mark: nothing is left to show.
    likeness = "".join(map(_fold_char, parts)).strip() if parts != char else ""
    return UNKNOWN if not likeness or UNKNOWN in likeness else likeness


_FOLDING = _Folding()
