"""What selling float and giving it back have in common: confirm, PIN, and the receipt."""

from abc import abstractmethod

from core.agents import agents
from core.agents.float_moves import FloatMove, FloatMoved, Peer
from core.money.operations import Quote
from engine.fees import fee_text
from engine.payment import PaymentSteps
from menus.screens import Ask
from menus.texts import Text, _
from values.money import Money


class FloatSteps(PaymentSteps[FloatMoved]):
    """Mixed into flows that end with the states of a payment, and say who the `other` agent is."""

    operation: FloatMove

    @abstractmethod
    def other(self) -> Peer:
        """Who gets the float."""

    def ask_amount(self, prompt: Text) -> Ask:
        level = self.read(agents.get, self.caller_id).level
        return Ask(prompt, self.amount_in_limits(level))

    def quoted(self, amount: Money) -> Quote:
        return self.operation.quote(
            self.tenant,
            agent=self.read(agents.get, self.caller_id),
            agent_name=self.caller.name,
            other=self.other(),
            amount=amount,
        )

    def receipt_text(self, receipt: FloatMoved) -> Text:
        if not receipt.reference:
            return _(
                "{amount} of float waits for {agent}, {fee}: they take it within 24 h, or it is"
                " yours again.",
                amount=receipt.amount,
                agent=receipt.agent,
                fee=fee_text(receipt.fee),
            )
        return _(
            "Sent {amount} of float to {agent}, {fee}. Ref {reference}.",
            amount=receipt.amount,
            agent=receipt.agent,
            fee=fee_text(receipt.fee),
            reference=receipt.reference,
        )

    def paid_text(self, receipt: FloatMoved) -> Text:
        sent = self.receipt_text(receipt)
        if receipt.float is None:
            return sent
        return _("{receipt} Float left {float}.", receipt=sent, float=receipt.float)
