"""A held sale that ends with the customer's code; shared by the sale itself and Pending sales."""

import uuid

from core.agents import topups
from core.agents.errors import CodeSpent, CustomerOnHold
from core.money.errors import FrozenAccount, HoldGone
from core.money.intents import Intent
from core.people import people
from engine.fees import fee_told
from engine.flow import Flow
from menus.answers import Code
from menus.screens import Ask, End
from menus.texts import Text, _
from values.ids import uuid7
from values.refusals import BusinessError


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
            if not self.context.autonomous(
                topups.try_code, self.context.keys, approval_id=approval_id, code=self.secret
            ):
                raise self.context.autonomous(topups.why_not, approval_id)
        except CodeSpent:
            self.context.autonomous(  # the customer may have been faster
                topups.withdraw,
                approval_id,
                who=self.caller_id,
                session=self.context.session_hash,
            )
            raise
        except HoldGone:
            sold = self.context.autonomous(topups.posted_sale, approval_id)
            if sold is None:
                raise
            self.remember_sale(*sold)
            return
        try:
            intent, posted = self.write(
                topups.approve,
                tenant_id=self.context.tenant.id,
                approval_id=approval_id,
                entry_id=uuid7(),
                day=self.context.tenant.today(),
                session=self.context.session_hash,
            )
        except FrozenAccount:
            customer_id = self.context.autonomous(topups.get, approval_id).approver_id
            raise self.whose_hold(customer_id) from None
        self.remember_sale(intent, posted.reference)

    def whose_hold(self, customer_id: uuid.UUID) -> BusinessError:
        """What the agent is told when one of the two accounts is frozen."""
        frozen = self.context.autonomous(people.is_frozen, customer_id)
        return CustomerOnHold() if frozen else FrozenAccount()

    def remember_sale(self, intent: Intent, reference: str) -> None:
        self.data["sold"] = [
            intent.amount_minor,
            intent.fee_minor,
            intent.quote["customer"],
            reference,
        ]
        self.done(self.receipt_text())

    def receipt_text(self) -> Text:
        """With the figures of the customer's own text: what arrived, not what is paid in cash."""
        amount_minor, fee_minor, customer, reference = self.data["sold"]
        return _(
            "{customer} received {arrived}, {fee}. Ref {reference}.",
            customer=customer,
            arrived=self.money(amount_minor - fee_minor),
            fee=fee_told(self.money(fee_minor)),
            reference=reference,
        )

    def sold(self) -> End:
        cash = self.money(self.data["sold"][0])
        return End(
            _("{receipt} Now take {amount} in cash.", receipt=self.receipt_text(), amount=cash)
        )
