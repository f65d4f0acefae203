"""An agent sells float to a customer: at once, or held until the customer approves.

Both get a text with one reference. The fee is taken from what arrives, and stands in the
customer's own text, because agents are known to overcharge.
"""

import uuid
from dataclasses import dataclass
from typing import ClassVar, Final

from core.agents import approvals
from core.agents.agents import Agent
from core.agents.commission import COMMISSION_OF_TOPUP
from core.agents.errors import (
    CustomerNumberIsNew,
)
from core.agents.held_sales import hold
from core.agents.sale_posting import (
    OPERATION,
    require_customer_active,
    sell,
    usage_of_agent,
)
from core.agents.sales import USAGE_UNAPPROVED, Customer, CustomerToday, Sold
from core.db.database import Tx
from core.money import day_limits, intents
from core.money.errors import (
    FrozenAccount,
    IntentExpired,
)
from core.money.operations import PaidAtOnce, Quote
from core.people import numbers
from core.tenants.directory import Tenant
from values.ids import uuid7
from values.money import Money

NO_LIMIT_MINOR = 10**12


@dataclass(frozen=True, slots=True)
class TopUpQuote(Quote):
    """`needs_approval`: more than the customer may get in a day without approving it."""

    needs_approval: bool


class TopUp(PaidAtOnce[Sold]):
    """Float for cash. The fee is taken out of the amount."""

    name: ClassVar[str] = OPERATION
    receipt = Sold

    def quote(
        self,
        tenant: Tenant,
        *,
        agent: Agent,
        agent_name: str,
        customer: Customer,
        amount: Money,
        customer_today: CustomerToday,
    ) -> TopUpQuote:
        """Raises IntentExpired where the fee has grown above the amount since it was asked for;
        CustomerNumberIsNew (params: until) where the customer would have to approve it, and cannot.
        """
        fee_minor = tenant.fee_minor(self.name, amount.amount_minor, level=agent.level)
        if fee_minor >= amount.amount_minor:
            raise IntentExpired
        threshold_minor = self._threshold_minor(tenant, agent.level)
        needs_approval = customer_today.unapproved_minor + amount.amount_minor > threshold_minor
        if needs_approval and customer_today.agrees_from is not None:
            raise CustomerNumberIsNew(until=customer_today.agrees_from.astimezone(tenant.zone))

        def limit_minor(name: str) -> int:
            return tenant.limit_minor(self.name, name, 0, level=agent.level)

        return TopUpQuote(
            self.name,
            customer.id,
            amount,
            Money(fee_minor, amount.currency),
            is_fee_on_top=False,
            detail={
                "customer": customer.name,
                "agent": f"{agent_name} {agent.code}",
                "float_low_minor": limit_minor("float_low"),
                "day_limit_minor": limit_minor("day_maximum"),
                "commission_minor": tenant.fee_minor(
                    COMMISSION_OF_TOPUP, amount.amount_minor, level=agent.level
                ),
                "unapproved_limit_minor": threshold_minor,
            },
            needs_approval=needs_approval,
        )

    def _threshold_minor(self, tenant: Tenant, level: str) -> int:
        return tenant.limit_minor(self.name, "approval_above_day", NO_LIMIT_MINOR, level=level)

    def pay(
        self, tx: Tx, *, tenant: Tenant, intent_id: uuid.UUID, subscriber_id: uuid.UUID
    ) -> Sold:
        """Sell at once. Raises what `PaidAtOnce.pay` raises; LimitReached also where the customer
        would have to approve it; FloatTooLow, CustomerOnHold."""
        intent, is_ours = intents.claim(tx, intent_id, subscriber_id, entry_id=uuid7())
        assert intent.entry_id is not None, "what is sold at once is never pending"
        if is_ours:
            day = tenant.today()
            unapproved = day_limits.Usage(
                intent.payee_id,
                USAGE_UNAPPROVED,
                day,
                intent.amount_minor,
                int(intent.quote["unapproved_limit_minor"]),
            )
            day_limits.count(tx, unapproved, *usage_of_agent(intent, day), currency=intent.currency)
            try:
                sell(tx, tenant_id=tenant.id, intent=intent, entry_id=intent.entry_id)
            except FrozenAccount:
                require_customer_active(tx, intent.payee_id)
                raise
        return Sold.of(intent, intent.entry_id)

    def hold(
        self, tx: Tx, *, tenant: Tenant, intent_id: uuid.UUID, subscriber_id: uuid.UUID
    ) -> uuid.UUID | Sold:
        """Set the float aside until the customer approves, and answer the approval's id; the
        receipt where the customer has approved already.

        Raises IntentExpired, IntentVoid, FloatTooLow, FrozenAccount, LimitReached.
        """
        intent, is_ours = intents.claim(tx, intent_id, subscriber_id, entry_id=None)
        if is_ours:
            new_sim_s = numbers.new_sim_s(tenant)
            return hold(tx, intent=intent, day=tenant.today(), new_sim_s=new_sim_s)
        if intent.entry_id is not None:
            return Sold.of(intent, intent.entry_id)
        return approvals.approval_of(tx, intent)


TOPUP: Final = TopUp()
