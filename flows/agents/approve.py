"""A customer's word on a sale that an agent holds for them: shown at their next dial."""

from core.agents import approvals, held_sales
from core.agents.sales import Sold
from engine.fees import facts_of
from engine.flow import Leave
from engine.flow_map import changes_what_no_intent_shows
from engine.payment import ReceiptSteps
from menus.screens import Confirm
from menus.texts import Text, _

NAME_LETTERS_MAX = 8 + len(" O.")


class Approve(ReceiptSteps[Sold]):
    """Yes and the PIN post the sale; No frees the agent's float."""

    name = "approve"
    initial = "sale"
    receipt = Sold
    transitions = [
        {"trigger": "answer", "source": "sale", "dest": "pin", "conditions": "yes"},
        {"trigger": "answer", "source": "sale", "dest": "refused", "before": "refuse"},
        {"trigger": "answer", "source": "pin", "dest": "paid", "before": "approve"},
    ]  # fmt: skip

    def sale(self) -> Confirm | Leave:
        first = self.read(approvals.first_waiting_for, self.caller_id)
        if first is None:
            return Leave()
        self.take_up(first.id)
        agent = _brief(first.quote["agent"])
        question = _(
            "{agent} puts money in your wallet. Agree? Pay cash after the PIN.", agent=agent
        )
        if self.read(approvals.was_approved_alike, first):  # it may be the receipt that was lost
            question = _("{agent} again? You agreed to the same before.", agent=agent)
        return Confirm(question, facts_of(held_sales.quote_of(first)))

    @changes_what_no_intent_shows
    def approve(self) -> None:
        self.keep(
            self.write(
                held_sales.approve_as_customer,
                self.context.keys,
                tenant=self.tenant,
                approval_id=self.approval_id,
                customer_id=self.caller_id,
                address=self.context.address,
                session=self.context.session_hash,
            )
        )

    def receipt_text(self, receipt: Sold) -> Text:
        return _(
            "You received {arrived} from {agent}. Pay cash: {amount}. Ref {reference}.",
            arrived=receipt.arrived,
            agent=receipt.agent,
            amount=receipt.amount,
            reference=receipt.reference,
        )

    def refuse(self) -> None:
        self.write(
            approvals.withdraw,
            self.approval_id,
            who=self.caller_id,
            session=self.context.session_hash,
        )

    def refused(self) -> Leave:
        return Leave(_("You refused. Pay nothing."))


def _brief(agent: str) -> str:
    """An agent's name and code with little of the name, so that Yes and No stay on the page: the
    code tells who it is."""
    name, _space, code = agent.rpartition(" ")
    if len(name) <= NAME_LETTERS_MAX:
        return agent
    return f"{name[: NAME_LETTERS_MAX - 1].rstrip()}. {code}"
