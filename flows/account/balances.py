"""Balances, after the PIN: the wallet and what is saved in each group."""

from core.money import ledger
from core.savings import groups
from engine.flow import Flow
from menus.screens import End, Pin
from menus.texts import Text, _


class Balances(Flow):
    """Phones are shared: no balance before the PIN."""

    name = "balances"
    initial = "pin"
    transitions = [
        ["answer", "pin", "shown"],
    ]  # fmt: skip

    def pin(self) -> Pin:
        return Pin()

    def shown(self) -> End:
        wallet_id = ledger.account_id(self.caller_id, ledger.WALLET, self.currency)
        wallet = self.read(ledger.balance, wallet_id)
        lines: Text = _(
            "Wallet: {balance}", balance=self.money(wallet.available_minor if wallet else 0)
        )
        for group in self.read(groups.of_member, self.caller_id):
            lines = _(
                "{before}\n{group}: {saved}",
                before=lines,
                group=group.name,
                saved=self.money(group.saved_minor),
            )
        return End(lines)
