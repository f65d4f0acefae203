"""The steps of paying what one owes: all of it, or a part."""

from abc import abstractmethod
from typing import Any, ClassVar, Final

from engine.payment import Receipt
from flows.payments.steps import WalletOrPhoneSteps
from menus.answers import Amount
from menus.screens import Ask, End, Menu, Option
from menus.texts import Text, _
from values.money import Money

ALL: Final = "all"
OTHER: Final = "other"


class OwedSteps(WalletOrPhoneSteps[Receipt]):
    """PIN -> ... -> how much -> confirm -> paid, or -> way -> asked.

    What is owed is a balance, so the PIN comes first, and a flow says how its own steps lead from
    `pin` to `how`. It keeps `amount`, `amount_minor` and `way`, and says what is `owed`.
    """

    initial = "pin"
    how_steps: ClassVar[list[Any]] = [
        {"trigger": "answer", "source": "how", "dest": "amount", "conditions": "is_other"},
        {"trigger": "answer", "source": "how", "dest": "confirm", "before": "take_known"},
        {"trigger": "answer", "source": "amount", "dest": "confirm", "before": "take_typed"},
        {
            "trigger": "answer", "source": "confirm", "dest": "way",
            "conditions": ["yes", "is_short"],
        },
        {
            "trigger": "answer", "source": "confirm", "dest": "paid", "conditions": "yes",
            "before": "pay",
        },
        {"trigger": "answer", "source": "confirm", "dest": "cancelled", "before": "give_up"},
        *WalletOrPhoneSteps.way_steps,
    ]  # fmt: skip

    @abstractmethod
    def owed(self) -> Money:
        """All that is owed now."""

    def how(self) -> Menu | End:
        whole = _("All: {amount}", amount=self.owed())
        return Menu(self.how_much(), (Option(1, whole, ALL), Option(2, _("Other"), OTHER)))

    def how_much(self) -> Text:
        """What `how` asks."""
        return _("Pay how much?")

    def is_other(self) -> bool:
        return bool(self.given == OTHER)

    def take_known(self) -> None:
        """A sum was chosen from `how`."""
        self.answers.amount_minor = self.owed().amount_minor

    def amount(self) -> Ask:
        owed = self.owed()
        return Ask(_("How much?"), Amount(owed.currency, 1, max(1, owed.amount_minor)))

    def take_typed(self) -> None:
        self.answers.amount_minor = self.answers.amount.amount_minor

    @property
    def to_pay(self) -> Money:
        """What is paid now."""
        return Money(self.answers.amount_minor, self.owed().currency)
