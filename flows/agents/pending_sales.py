"""An agent's sales that wait for their customers: end one with the code, or cancel it."""

import uuid

from core.agents import agents, approvals
from engine.flow_map import changes_what_no_intent_shows
from flows.agents.sale_code import ApprovedByCode
from menus.screens import End, Menu, Option
from menus.texts import _
from values.money import Money


class PendingSales(ApprovedByCode):
    name = "pending_sales"
    initial = "pin"
    transitions = [
        ["answer", "pin", "approval"],
        {"trigger": "answer", "source": "approval", "dest": "what", "before": "choose"},
        {"trigger": "answer", "source": "what", "dest": "code", "conditions": "has_code"},
        {"trigger": "answer", "source": "what", "dest": "cancelled", "before": "cancel"},
        {"trigger": "answer", "source": "code", "dest": "paid", "before": "take_code"},
    ]  # fmt: skip

    def approval(self) -> Menu | End:
        self.read(agents.get, self.caller_id)
        waiting = self.read(approvals.waiting_of, self.caller_id)
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

    def choose(self) -> None:
        self.take_up(uuid.UUID(self.given))

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

    @changes_what_no_intent_shows
    def take_code(self) -> None:
        super().take_code()

    def cancel(self) -> None:
        self.write(
            approvals.withdraw,
            self.approval_id,
            who=self.caller_id,
            session=self.context.session_hash,
        )

    def cancelled(self) -> End:
        return End(_("Deposit cancelled. You can use that float again."))
