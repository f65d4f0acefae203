"""A fee as a person is told it: of a top-up it is taken out, of a contribution it comes on top."""

from menus import sentences
from menus.screens import Fact
from menus.texts import Text, _
from values.money import Money


def facts_of(amount: Money, fee: Money, label: Text, comes_to_minor: int) -> tuple[Fact, ...]:
    """The lines of a confirmation. What it comes to is told only where a fee makes it another
    amount."""
    if not fee.amount_minor:
        return Fact(sentences.AMOUNT, amount), Fact(sentences.FEE, sentences.NO_FEE)
    return (
        Fact(sentences.AMOUNT, amount),
        Fact(sentences.FEE, fee),
        Fact(label, Money(comes_to_minor, amount.currency)),
    )


def fee_told(fee: Money) -> Text:
    """The fee in the middle of a sentence."""
    return _("fee {fee}", fee=fee) if fee.amount_minor else _("no fee")
