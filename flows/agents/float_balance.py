"""An agent's float, after the PIN."""

from core.agents import agents
from core.money import ledger
from engine.flow import Flow
from menus.screens import End, Pin
from menus.texts import _


class FloatBalance(Flow):
    name = "float_balance"
    initial = "pin"
    transitions = [
        ["answer", "pin", "shown"],
    ]  # fmt: skip

    def pin(self) -> Pin:
        return Pin()

    def shown(self) -> End:
        self.read(agents.get, self.caller_id)
        found = self.read(
            ledger.balance, ledger.account_id(self.caller_id, ledger.FLOAT, self.currency)
        )
        if found is None:
            return End(_("You have no float yet."))
        if not found.held_minor:
            return End(_("Your float: {float}", float=self.money(found.balance_minor)))
        return End(
            _(
                "You can use: {free}. Waiting: {held}. Float in all: {float}",
                float=self.money(found.balance_minor),
                held=self.money(found.held_minor),
                free=self.money(found.available_minor),
            )
        )
