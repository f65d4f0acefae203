"""A customer's word on a sale that an agent holds for them: shown at their next dial."""

import uuid

from core.agents import topups
from core.agents.errors import AgentBlocked, AgentLimitReached
from core.money.errors import FrozenAccount, LimitReached
from core.people import people
from engine.fees import facts_of
from engine.flow import Flow, Leave
from menus import sentences
from menus.screens import Confirm, End, Pin
from menus.texts import _
from values.ids import uuid7

NAME_LETTERS_MAX = 8 + len(" O.")


class Approve(Flow):
    """Yes and the PIN post the sale; No frees the agent's float."""

    name = "approve"
    initial = "sale"
    acts_after = 2
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
        agent = _brief(first.quote["agent"])
        question = _(
            "{agent} puts money in your wallet. Agree? Pay cash after the PIN.", agent=agent
        )
        if self.read(topups.was_approved_alike, first):  # it may be the receipt that was lost
            question = _("{agent} again? You agreed to the same before.", agent=agent)
        return Confirm(
            question,
            facts_of(
                self.money(first.amount_minor),
                self.money(first.fee_minor),
                sentences.ARRIVES,
                first.amount_minor - first.fee_minor,
            ),
        )

    def pin(self) -> Pin:
        return Pin()

    def approve(self) -> None:
        try:
            intent, posted = self.write(
                topups.approve,
                tenant_id=self.context.tenant.id,
                approval_id=uuid.UUID(self.data["approval"]),
                entry_id=uuid7(),
                day=self.context.tenant.today(),
                session=self.context.session_hash,
            )
        except LimitReached as reached:
            raise AgentLimitReached from reached
        except FrozenAccount:
            if self.context.autonomous(people.is_frozen, self.caller_id):
                raise
            raise AgentBlocked from None
        self.data["sold"] = [
            intent.amount_minor, intent.fee_minor, intent.quote["agent"], posted.reference,
        ]  # fmt: skip
        self.done(self.approved().text)

    def approved(self) -> End:
        amount_minor, fee_minor, agent, reference = self.data["sold"]
        return End(
            _(
                "You received {arrived} from {agent}. Pay cash: {amount}. Ref {reference}.",
                arrived=self.money(amount_minor - fee_minor),
                agent=agent,
                amount=self.money(amount_minor),
                reference=reference,
            )
        )

    def refuse(self) -> None:
        self.write(
            topups.withdraw,
            uuid.UUID(self.data["approval"]),
            who=self.caller_id,
            session=self.context.session_hash,
        )

    def refused(self) -> Confirm:
        raise Leave(_("You refused. Pay nothing."))


def _brief(agent: str) -> str:
    """An agent's name and code with little of the name, so that Yes and No stay on the page: the
    code tells who it is."""
    name, _space, code = agent.rpartition(" ")
    if len(name) <= NAME_LETTERS_MAX:
        return agent
    return f"{name[: NAME_LETTERS_MAX - 1].rstrip()}. {code}"
