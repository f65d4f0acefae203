"""A fee as a person reads it: of a top-up it is taken out, of a contribution it comes on top."""

from core.money.operations import Quote
from menus import sentences
from menus.screens import Fact
from menus.texts import Text, _
from values.money import Money


def facts_of(quote: Quote) -> tuple[Fact, ...]:
    """The lines of a confirmation. What it comes to is said only where a fee makes it another
    amount."""
    if not quote.fee.amount_minor:
        return Fact(sentences.AMOUNT, quote.amount), Fact(sentences.FEE, sentences.NO_FEE)
    return (
        Fact(sentences.AMOUNT, quote.amount),
        Fact(sentences.FEE, quote.fee),
        Fact(sentences.TOTAL if quote.is_fee_on_top else sentences.ARRIVES, quote.comes_to),
    )


def fee_text(fee: Money) -> Text:
    """The fee in the middle of a sentence."""
    return _("fee {fee}", fee=fee) if fee.amount_minor else _("no fee")
