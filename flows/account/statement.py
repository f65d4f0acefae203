"""A mini statement of the wallet, after the PIN."""

from core.money import ledger
from engine.flow import Flow
from flows.account.movements import statement_text
from menus.screens import End, Pin

LINES = 5


class Statement(Flow):
    name = "statement"
    initial = "pin"
    transitions = [
        ["answer", "pin", "shown"],
    ]  # fmt: skip

    def pin(self) -> Pin:
        return Pin()

    def shown(self) -> End:
        wallet_id = ledger.account_id(self.caller_id, ledger.WALLET, self.currency)
        lines = self.read(ledger.statement, wallet_id, LINES)
        return End(statement_text(lines, self.context.flows, self.tenant.zone))
