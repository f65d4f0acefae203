"""What an agent earns by their sales, after the PIN."""

from datetime import datetime, time

from core.agents import agents, commission
from engine.flow import Flow
from menus.screens import End, Pin
from menus.texts import Text, _


class MyCommission(Flow):
    name = "my_commission"
    initial = "pin"
    transitions = [
        ["answer", "pin", "shown"],
    ]  # fmt: skip

    def pin(self) -> Pin:
        return Pin()

    def shown(self) -> End:
        self.read(agents.get, self.caller_id)
        first = self.tenant.today().replace(day=1)
        month = datetime.combine(first, time(), self.tenant.zone)
        found = self.read(commission.earnings, self.caller_id, self.currency, since=month)
        text: Text = _(
            "Commission this month: {accrued}. Paid out: {paid}. Not paid yet: {waiting}.",
            accrued=found.accrued,
            paid=found.paid,
            waiting=found.waiting,
        )
        if found.owed.amount_minor:
            text = _("{commission} You owe {owed}.", commission=text, owed=found.owed)
        return End(text)
