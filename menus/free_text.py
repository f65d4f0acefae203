"""Reading what people write in a chat, where they have a keyboard: labels with slips in them, and
amounts as they are written to a friend. A phone's keys are read by `menus.keys`, and not here."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from menus.keys import typed
from menus.limits import ANSWER_CHARS_MAX
from menus.search import plain
from values.currencies import is_k_a_currency, number_of

# Of 100. At 80 one slip is borne in a word of five letters: "balnce", "recipts", not "sale" for
# "save".
NEAR_SCORE_MIN: Final = 80.0
# Who comes so close to the best is another one that may be meant.
TIE_WITHIN: Final = 6.0
NEAR_LETTERS_MIN: Final = 4
PART_LETTERS_MIN: Final = 3
THOUSANDS_DIGITS_MAX: Final = 6


class Labelled(NamedTuple):
    """An option as it can be written: its key, its label, and what else it is known by ("")."""

    key: int
    label: str
    code: str = ""


def chosen(written: str, options: Sequence[Labelled]) -> tuple[Labelled, ...]:
    """The options that a text may mean: one where that is clear, several where they tie.

    In this order: the label or the code, as it is; the key with its label, as they stand in the
    list; some whole words of a label; a label or words of it with slips in them.
    """
    if len(written) > ANSWER_CHARS_MAX:
        return ()
    keyed = _KEY_AND_LABEL.fullmatch(written.strip())
    if keyed is not None:
        options = [each for each in options if each.key == int(keyed["key"])]
        written = keyed["label"]
    wanted = plain(written)
    if not wanted:
        return ()
    whole = tuple(each for each in options if wanted in (plain(each.label), plain(each.code)))
    return whole or _by_part(wanted, options) or _near(wanted, options)


_KEY_AND_LABEL: Final = re.compile(r"(?P<key>\d{1,2})\s*[.):,-]?\s+(?P<label>\D.*)", re.ASCII)


def _by_part(wanted: str, options: Sequence[Labelled]) -> tuple[Labelled, ...]:
    if len(wanted) < PART_LETTERS_MIN:
        return ()
    words = set(wanted.split())
    return tuple(each for each in options if words <= set(plain(each.label).split()))


def _near(wanted: str, options: Sequence[Labelled]) -> tuple[Labelled, ...]:
    if len(wanted) < NEAR_LETTERS_MIN or wanted.isdigit():
        return ()
    scores = [(_score(wanted, each), each) for each in options]
    best = max((score for score, _ in scores), default=0.0)
    if best < NEAR_SCORE_MIN:
        return ()
    least = max(best - TIE_WITHIN, NEAR_SCORE_MIN)
    return tuple(each for score, each in scores if score >= least)


def _score(wanted: str, option: Labelled) -> float:
    """How near a text is to the label, or to as many words of it, from 0 to 100."""
    words, count = plain(option.label).split(), len(wanted.split())
    parts = (" ".join(words[at : at + count]) for at in range(len(words) - count + 1))
    likenesses = (fuzz.ratio(wanted, part) for part in (" ".join(words), *parts))
    return max(likenesses, default=0.0)


# --- numbers --------------------------------------------------------------------------------------


def with_zeros(written: str) -> str:
    """A text in which the letter O within a number is a 0: "5OO" is 500, and "O788" begins with 0.

    Only where no other letter touches the number, and a digit above 0 is in it.
    """
    if len(written) > ANSWER_CHARS_MAX:
        return written
    return _NUMBER_WITH_O.sub(lambda found: found[0].translate(_ZEROS), written)


# Digits, O, and what stands between digits. The look-ahead wants a digit above 0 in it.
_NUMBER_WITH_O: Final = re.compile(
    r"(?<![^\W\d_])(?=[Oo0.,' ]*[1-9])[0-9Oo](?:[0-9Oo]|[.,' ](?=[0-9Oo]))*(?![^\W\d_])", re.ASCII
)
_ZEROS: Final = str.maketrans("Oo", "00")


def amount(written: str, currency: str) -> str:
    """An amount as a screen takes it: 1k, 1.5k and 2 K Frw are 1000, 1500 and 2000.

    A k is a thousand, with at most two decimals before it, so that 1,500k is nothing; where people
    call their currency K, it is none. What is no such amount comes back as it was, but for its
    zeros.
    """
    text = with_zeros(typed(written))
    if is_k_a_currency(currency) or len(text) > ANSWER_CHARS_MAX:
        return text
    without_k = _K.sub(r"\1", text, count=1)
    if without_k == text:
        return text
    found = _THOUSANDS.fullmatch(number_of(without_k, currency))
    if found is None:
        return text
    return str(int(found["whole"] + (found["fraction"] or "").ljust(3, "0")))


_K: Final = re.compile(r"(\d)\s?[kK](?![A-Za-z])", re.ASCII)
_THOUSANDS: Final = re.compile(
    rf"(?P<whole>\d{{1,{THOUSANDS_DIGITS_MAX}}})(?:[.,](?P<fraction>\d{{1,2}}))?", re.ASCII
)
