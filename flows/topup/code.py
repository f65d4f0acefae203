"""A held sale that ends with the customer's code; shared by the sale itself and Pending sales."""

import uuid

from core import topups
from core.errors import CodeSpent, HoldGone
from core.ids import uuid7
from core.intents import Intent
from flows.kit.flow import Flow
from menus.answers import Code
from menus.screens import Ask, End
from menus.texts import Text, _


class ApprovedByCode(Flow):
    """Mixed into flows with the states `code` and `sold`; `data["approval"]` is the sale."""

    __slots__ = ()

    def code(self) -> Ask | End:
        if "sold" in self.data:
            return self.sold()
        return Ask(
            _("Waiting for the customer. Type their code, or do it later."),
            Code(),
        )

    def take_code(self) -> None:
        """Before hook of `code`: the try is counted and committed before it is looked at."""
        approval_id = uuid.UUID(self.data["approval"])
        try:
            if not self.desk.glance(
                topups.try_code, self.desk.keys, approval_id=approval_id, code=self.secret
            ):
                raise self.desk.glance(topups.why_not, approval_id)
        except CodeSpent:
            self.desk.glance(topups.withdraw, approval_id)  # the customer may have been faster
            raise
        except HoldGone:
            sold = self.desk.glance(topups.posted_sale, approval_id)
            if sold is None:
                raise
            self.remember_sale(*sold)
            return
        intent, posted = self.write(
            topups.approve,
            tenant_id=self.desk.tenant.id,
            approval_id=approval_id,
            entry_id=uuid7(),
            day=self.desk.tenant.today(),
        )
        self.remember_sale(intent, posted.reference)

    def remember_sale(self, intent: Intent, reference: str) -> None:
        self.data["sold"] = [
            intent.amount_minor,
            intent.fee_minor,
            intent.quote["customer"],
            reference,
        ]
        self.done(self.receipt_text())

    def receipt_text(self) -> Text:
        amount_minor, fee_minor, customer, reference = self.data["sold"]
        return _(
            "Sold {amount} to {customer}, fee {fee}. Ref {reference}.",
            amount=self.money(amount_minor),
            customer=customer,
            fee=self.money(fee_minor),
            reference=reference,
        )

    def sold(self) -> End:
        return End(_("{receipt} Now take the cash.", receipt=self.receipt_text()))
