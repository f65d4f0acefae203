"""A customer's word on a sale that an agent holds for them: shown at their next dial."""

import uuid

from core import topups
from core.errors import AgentLimitReached, LimitReached
from core.ids import uuid7
from flows.kit.flow import Flow, Leave
from menus import sentences
from menus.screens import Confirm, End, Fact, Pin
from menus.texts import _


class Approve(Flow):
    """Yes and the PIN post the sale; No frees the agent's float."""

    name = "approve"
    initial = "sale"
    transitions = [
        {"trigger": "answer", "source": "sale", "dest": "pin", "conditions": "yes"},
        {"trigger": "answer", "source": "sale", "dest": "refused", "before": "refuse"},
        {"trigger": "answer", "source": "pin", "dest": "approved", "before": "approve"},
    ]  # fmt: skip

    def sale(self) -> Confirm:
        first = self.read(topups.first_waiting_for, self.caller_id)
        if first is None:
            raise Leave("")
        self.data["approval"] = str(first.id)
        return Confirm(
            _("Approve this top-up by {agent}? Pay the cash only after it.",
              agent=first.quote["agent"]),
            (
                Fact(sentences.AMOUNT, self.money(first.amount_minor)),
                Fact(sentences.FEE, self.money(first.fee_minor)),
            ),
        )  # fmt: skip

    def pin(self) -> Pin:
        return Pin()

    def approve(self) -> None:
        try:
            intent, posted = self.write(
                topups.approve,
                tenant_id=self.desk.tenant.id,
                approval_id=uuid.UUID(self.data["approval"]),
                entry_id=uuid7(),
                day=self.desk.tenant.today(),
            )
        except LimitReached as reached:
            raise AgentLimitReached from reached
        self.data["sold"] = [
            intent.amount_minor, intent.fee_minor, intent.quote["agent"], posted.reference,
        ]  # fmt: skip
        self.done(self.approved().text)

    def approved(self) -> End:
        amount_minor, fee_minor, agent, reference = self.data["sold"]
        return End(
            _(
                "You got {amount} from {agent}, fee {fee}. Ref {reference}.",
                amount=self.money(amount_minor),
                agent=agent,
                fee=self.money(fee_minor),
                reference=reference,
            )
        )

    def refuse(self) -> None:
        self.write(topups.withdraw, uuid.UUID(self.data["approval"]))

    def refused(self) -> Confirm:
        raise Leave(_("Refused. Nothing was sold."))
