"""An agent's sales that wait for their customers: end one with the code, or cancel it."""

import uuid

from core.agents import agents, topups
from engine.flow import Flow
from flows.agents.sale_code import ApprovedByCode
from menus.screens import End, Menu, Option, Pin
from menus.texts import _
from values.money import Money


class PendingSales(ApprovedByCode, Flow):
    name = "pending_sales"
    initial = "pin"
    acts_after = 4
    transitions = [
        ["answer", "pin", "approval"],
        ["answer", "approval", "what"],
        {"trigger": "answer", "source": "what", "dest": "code", "conditions": "has_code"},
        {"trigger": "answer", "source": "what", "dest": "cancelled", "before": "cancel"},
        {"trigger": "answer", "source": "code", "dest": "sold", "before": "take_code"},
    ]  # fmt: skip

    def pin(self) -> Pin:
        return Pin()

    def approval(self) -> Menu | End:
        self.read(agents.get, self.caller_id)
        waiting = self.read(topups.waiting_of, self.caller_id)
        if not waiting:
            return End(_("No deposit is waiting."))
        options = (
            Option(
                number,
                _(
                    "{amount} {customer}",
                    amount=Money(each.amount_minor, each.currency),
                    customer=each.quote["customer"],
                ),
                str(each.id),
            )
            for number, each in enumerate(waiting, start=1)
        )
        return Menu(_("Which deposit?"), tuple(options))

    def what(self) -> Menu:
        return Menu(
            _("The customer agrees by dialling this service, or gives you the code we texted."),
            (
                Option(1, _("Type the code"), "code"),
                Option(2, _("Cancel the deposit"), "cancel"),
            ),
        )

    def has_code(self) -> bool:
        return bool(self.given == "code")

    def cancel(self) -> None:
        self.write(
            topups.withdraw,
            uuid.UUID(self.data["approval"]),
            who=self.caller_id,
            session=self.context.session_hash,
        )

    def cancelled(self) -> End:
        return End(_("Deposit cancelled. You can use that float again."))
