"""Free text as an answer: a reason, an address, what a customer has lost."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from menus import gsm7, sentences
from menus.answers import WrongAnswer
from menus.limits import ANSWER_CHARS_MAX, WORDS_CHARS_MAX, WORDS_LETTERS_MIN

_KEPT: Final = "LMNPSZ"  # letters, marks, digits, punctuation, signs and spaces


@dataclass(frozen=True, slots=True)
class Words:
    """A person's own words, in one line. Without `any_letters`, only such as GSM-7 has a likeness
    of: what a service shows back must be what was typed.

    Show them back on a Confirm before they are kept: a network may have cut them.
    """

    minimum_letters: int = WORDS_LETTERS_MIN
    maximum_chars: int = WORDS_CHARS_MAX
    any_letters: bool = False
    takes_zero = False

    def parse(self, raw: str) -> str:
        """The words, with single spaces. Raises WrongAnswer."""
        if len(raw) > ANSWER_CHARS_MAX:
            raise WrongAnswer(sentences.TOO_LONG)
        words = unicodedata.normalize("NFC", " ".join(raw.split()))
        kinds = [unicodedata.category(char)[0] for char in words]
        if not all(kind in _KEPT for kind in kinds):
            raise WrongAnswer(sentences.PLAIN_WORDS)
        if kinds.count("L") < self.minimum_letters:
            raise WrongAnswer(sentences.at_least_letters(self.minimum_letters))
        if len(words) > self.maximum_chars:
            raise WrongAnswer(sentences.at_most_chars(self.maximum_chars))
        if not (self.any_letters or gsm7.folds(words)):
            raise WrongAnswer(sentences.PLAIN_WORDS)
        return words
