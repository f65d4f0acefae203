"""What a shop has and owes, after the PIN."""

from core.money import ledger
from core.orders import orders
from engine.flow import Flow
from menus.screens import End, Pin
from menus.texts import _


class ShopBalance(Flow):
    """Phones are shared: no balance before the PIN."""

    name = "shop_balance"
    initial = "pin"
    transitions = [
        ["answer", "pin", "shown"],
    ]  # fmt: skip

    def pin(self) -> Pin:
        return Pin()

    def shown(self) -> End:
        wallet_id = ledger.account_id(self.caller_id, ledger.WALLET, self.currency)
        wallet = self.read(ledger.balance, wallet_id)
        text = _(
            "Wallet: {balance}\nTo pay for goods: {owed}",
            balance=self.money(wallet.available_minor if wallet else 0),
            owed=self.money(self.read(orders.owed, self.caller_id)),
        )
        return End(text)
