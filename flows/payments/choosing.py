"""By which provider of mobile money somebody pays: only those that take something now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.payments.beginning import Asked
from core.payments.messages import DialToPay
from core.payments.wallets import Wallet
from menus.screens import Option
from menus.texts import Msg, Text, _
from values.money import Money

# The keys of the menus stand behind those of nine wallets, and stay as they are.
OWN_KEYS_FROM: Final = 10


def options_of(found: Sequence[Wallet], away: frozenset[object]) -> tuple[Option, ...]:
    """Each has the same key for life; one whose provider does not answer is left out."""
    return tuple(
        Option(number, wallet.name, wallet)
        for number, wallet in enumerate(found, 1)
        if wallet.service_id not in away
    )


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody pays into a wallet: asked on the phone, or by the network's own menu."""

    wallet: Wallet
    is_dialled: bool = False


def ways_of(found: Sequence[Wallet], away: frozenset[object], amount: Money) -> tuple[Option, ...]:
    """The providers that answer now, and then the menus by which this amount can be paid: a menu
    works while its provider does not answer us. Each has the same key for life."""
    asked = [
        Option(number, wallet.name, Way(wallet))
        for number, wallet in enumerate(found, 1)
        if wallet.service_id not in away
    ]
    dialled = [
        Option(
            OWN_KEYS_FROM + number,
            _("Pay yourself: {provider}", provider=wallet.name),
            Way(wallet, is_dialled=True),
        )
        for number, wallet in enumerate(found, 1)
        if wallet.dialled(amount)
    ]
    return (*asked, *dialled)


def dial_text(told: DialToPay) -> Text:
    """What the text says, too."""
    return Msg(
        DialToPay.sentence,
        dial=told.dial,
        hours=told.hours,
        amount=told.amount,
        what=told.what,
        reference=told.reference,
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
