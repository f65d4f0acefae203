"""The latest movements of an agent's float, after the PIN."""

from core.agents import agents
from core.money import ledger
from engine.flow import Flow
from flows.account.movements import statement_text
from menus.screens import End, Pin

LINES = 5


class FloatStatement(Flow):
    name = "float_statement"
    initial = "pin"
    transitions = [
        ["answer", "pin", "shown"],
    ]  # fmt: skip

    def pin(self) -> Pin:
        return Pin()

    def shown(self) -> End:
        self.read(agents.get, self.caller_id)
        float_id = ledger.account_id(self.caller_id, ledger.FLOAT, self.currency)
        lines = self.read(ledger.statement, float_id, LINES)
        return End(statement_text(lines, self.context.flows, self.tenant.zone))
