"""A number with a fraction as an answer: a level, a rate."""

from dataclasses import dataclass
from decimal import Decimal

from menus import sentences
from menus.answers import WrongAnswer, _number, _short


@dataclass(frozen=True, slots=True)
class Fraction:
    """A number above 0, with at most so many decimals: 1600, 1,612.35, 0,00062. It is kept as plain
    digits. 1.600, which may be two numbers, is asked again. `takes_zero`: 0 is one, too; `maximum`
    is the largest."""

    decimals: int = 8
    takes_zero: bool = False
    maximum: int | None = None

    def parse(self, raw: str) -> str:
        whole, fraction = _number(_short(raw), self.decimals, sentences.WRONG_NUMBER)
        is_zero = not (whole or fraction.strip("0"))
        if len(fraction) > self.decimals or (is_zero and not self.takes_zero):
            raise WrongAnswer(sentences.WRONG_NUMBER)
        if is_zero:
            return "0"
        number = Decimal(f"{whole}.{fraction or 0}").normalize()
        if self.maximum is not None and number > self.maximum:
            least = 0 if self.takes_zero else Decimal(1).scaleb(-self.decimals)
            raise WrongAnswer(sentences.between(str(least), self.maximum))
        return f"{number:f}"
