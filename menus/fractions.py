"""A number with a fraction as an answer: a level, a rate."""

from dataclasses import dataclass
from decimal import Decimal

from menus import sentences
from menus.answers import WrongAnswer, _number, _short


@dataclass(frozen=True, slots=True)
class Fraction:
    """A number above 0, with at most eight decimals: 1600, 1,612.35, 0,00062. It is kept as plain
    digits. 1.600, which may be two numbers, is asked again."""

    takes_zero = False

    def parse(self, raw: str) -> str:
        whole, fraction = _number(_short(raw), 8, sentences.WRONG_NUMBER)
        if len(fraction) > 8 or not (whole or fraction.strip("0")):
            raise WrongAnswer(sentences.WRONG_NUMBER)
        number = Decimal(f"{whole}.{fraction or 0}").normalize()
        return f"{number:f}"
