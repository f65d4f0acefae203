"""A held sale that ends with the customer's code; shared by the sale itself and Pending sales."""

from core.agents import approvals, held_sales
from core.agents.sales import Sold
from engine.fees import fee_text
from engine.payment import ReceiptSteps
from menus.answers import Code
from menus.screens import Ask, End
from menus.texts import Text, _


class ApprovedByCode(ReceiptSteps[Sold]):
    """Mixed into flows with the states `code` and `paid`."""

    receipt = Sold

    def code(self) -> Ask | End:
        if self.payment.receipt is not None:  # the customer was faster
            return self.paid()
        return Ask(_("Waiting for the customer. Type their code, or do it later."), Code())

    def take_code(self) -> None:
        sold = approvals.take_code(
            self.context.autonomous,
            self.context.keys,
            approval_id=self.approval_id,
            code=self.secret,
            agent_id=self.caller_id,
            session=self.context.session_hash,
        )
        if sold is None:
            sold = self.write(
                held_sales.approve_by_code,
                tenant=self.tenant,
                approval_id=self.approval_id,
                session=self.context.session_hash,
            )
        self.keep(sold)

    def receipt_text(self, receipt: Sold) -> Text:
        """With the figures of the customer's own text: what arrived, not what is paid in cash."""
        return _(
            "{customer} received {arrived}, {fee}. Ref {reference}.",
            customer=receipt.customer,
            arrived=receipt.arrived,
            fee=fee_text(receipt.fee),
            reference=receipt.reference,
        )

    def paid(self) -> End:
        sold = self.kept()
        return End(
            _(
                "{receipt} Now take {amount} in cash.",
                receipt=self.receipt_text(sold),
                amount=sold.amount,
            )
        )
