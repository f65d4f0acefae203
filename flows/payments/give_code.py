"""A code that the payer's network gave them, for a provider that waits for one: asked at their next
dial, where nothing of it stays."""

import uuid

from core.payments import codes, wallets
from engine.flow import Flow, Leave
from engine.flow_map import changes_what_no_intent_shows
from menus.answers import NetworkCode
from menus.screens import Ask, End
from menus.texts import _


class GiveCode(Flow):
    """The code -> passed on. Back and Home leave it for another dial."""

    name = "give_code"
    initial = "code"
    transitions = [
        {"trigger": "answer", "source": "code", "dest": "passed_on", "before": "give"},
    ]  # fmt: skip

    class Answers:
        """`payment` is what the code is for, and `provider` who waits for it."""

        payment: uuid.UUID | None = None
        provider: str = ""

    answers: Answers

    def code(self) -> Ask | Leave:
        due = self.read(codes.due_of, self.caller_id)
        if due is None:
            return Leave()
        self.answers.payment = due.payment_id
        self.answers.provider = wallets.named(self.tenant, due.wallet)
        return Ask(
            _(
                "To pay {amount}, type the code that {provider} gave you:",
                amount=due.amount,
                provider=self.answers.provider,
            ),
            NetworkCode(),
        )

    @changes_what_no_intent_shows
    def give(self) -> None:
        assert self.answers.payment is not None, "asked for a payment"
        self.write(
            codes.give,
            self.context.keys,
            payment_id=self.answers.payment,
            subscriber_id=self.caller_id,
            code=self.secret,
        )

    def passed_on(self) -> End:
        return End(
            _(
                "{provider} gets your code now. Approve if your phone asks. We will text you.",
                provider=self.answers.provider,
            )
        )
