"""By which provider of mobile money somebody pays: only those that take something now."""

from collections.abc import Sequence

from core.payments.payments import Asked
from core.payments.wallets import Wallet
from menus.screens import Option
from menus.texts import Text, _


def options_of(found: Sequence[Wallet], away: frozenset[object]) -> tuple[Option, ...]:
    """Each has the same key for life; one whose provider does not answer is left out."""
    return tuple(
        Option(number, wallet.name, wallet)
        for number, wallet in enumerate(found, 1)
        if wallet.service_id not in away
    )


def none_answers(found: Sequence[Wallet]) -> Text:
    """Said where nobody can be asked."""
    name = found[0].name if found else _("Mobile money")
    return _(
        "{wallet} does not answer now. Nothing was taken. Please try again later.", wallet=name
    )


def approve_text(asked: Asked) -> Text:
    """The network's own prompt comes when this session has ended."""
    return _(
        "Now approve {amount} on your phone: {provider} asks for your PIN there. We will text you.",
        amount=asked.amount,
        provider=asked.provider,
    )
