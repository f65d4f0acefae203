"""An agent sells float to a customer: at once, or held until the customer approves.

Both get a text with one reference. The fee is taken from what arrives, and stands in the
customer's own text, because agents are known to overcharge.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final

from core.agents import agents, approvals
from core.agents.agents import Agent
from core.agents.approvals import Approval
from core.agents.errors import (
    AgentBlocked,
    AgentLimitReached,
    CustomerNumberIsNew,
    CustomerOnHold,
    FloatTooLow,
)
from core.agents.low_float import warn_of_low_float
from core.agents.messages import (
    ApprovalCode,
    ApprovalPending,
    SaleReceipt,
    TopUpReceipt,
)
from core.agents.sales import USAGE_UNAPPROVED, Customer, CustomerToday, Sold
from core.db.database import Tx
from core.messaging import messages
from core.money import intents, ledger
from core.money.errors import (
    FrozenAccount,
    HoldGone,
    InsufficientFunds,
    IntentExpired,
    LimitReached,
    SessionSpent,
)
from core.money.intents import Intent
from core.money.operations import Operation, Quote
from core.people import numbers, people
from core.people.numbers import SaidFrom
from core.people.people import USSD
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values import clock
from values.ids import uuid7
from values.messages import OneTimeCode, TimeOfDay
from values.money import Money

OPERATION = "topup"
CODE_S = 5 * 60
NO_LIMIT_MINOR = 10**12


@dataclass(frozen=True, slots=True)
class TopUpQuote(Quote):
    """`needs_approval`: more than the customer may get in a day without approving it."""

    needs_approval: bool


class TopUp(Operation[Sold]):
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
                "unapproved_limit_minor": threshold_minor,
            },
            needs_approval=needs_approval,
        )

    def _threshold_minor(self, tenant: Tenant, level: str) -> int:
        return tenant.limit_minor(self.name, "approval_above_day", NO_LIMIT_MINOR, level=level)

    def pay(
        self, tx: Tx, *, tenant: Tenant, intent_id: uuid.UUID, subscriber_id: uuid.UUID
    ) -> Sold:
        """Sell at once. Raises what `Operation.pay` raises; LimitReached also where the customer
        would have to approve it; FloatTooLow, CustomerOnHold."""
        intent, is_ours = intents.claim(tx, intent_id, subscriber_id, entry_id=uuid7())
        assert intent.entry_id is not None, "what is sold at once is never pending"
        if is_ours:
            day = tenant.today()
            unapproved = intents.Usage(
                intent.payee_id,
                USAGE_UNAPPROVED,
                day,
                intent.amount_minor,
                int(intent.quote["unapproved_limit_minor"]),
            )
            intents.count_usage(
                tx, unapproved, *usage_of_agent(intent, day), currency=intent.currency
            )
            try:
                sell(tx, tenant_id=tenant.id, intent=intent, entry_id=intent.entry_id)
            except FrozenAccount:
                _require_customer_active(tx, intent.payee_id)
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


def quote_of(held: Approval) -> Quote:
    """What a held sale asks its customer to agree to."""
    return Quote(
        OPERATION,
        held.approver_id,
        Money(held.amount_minor, held.currency),
        Money(held.fee_minor, held.currency),
        is_fee_on_top=False,
        detail=held.quote,
    )


def approve_as_customer(
    tx: Tx,
    keys: Keyring,
    *,
    tenant: Tenant,
    approval_id: uuid.UUID,
    customer_id: uuid.UUID,
    address: str,
    session: str,
) -> Sold:
    """The customer said yes, at that address. Raises NumberIsNew, HoldGone, FrozenAccount,
    AgentBlocked, AgentLimitReached."""
    said_from = SaidFrom(tenant, keys.lookup(USSD, address), customer_id)
    try:
        return _approve(tx, tenant, approval_id, session, said_from)
    except LimitReached as reached:
        raise AgentLimitReached from reached
    except FrozenAccount:
        tx.undo()
        if people.is_frozen(tx, customer_id):
            raise
        raise AgentBlocked from None


def approve_by_code(tx: Tx, *, tenant: Tenant, approval_id: uuid.UUID, session: str) -> Sold:
    """The customer's code was right (`approvals.take_code`). Raises HoldGone, FrozenAccount,
    CustomerOnHold, LimitReached (params: limit_minor)."""
    try:
        return _approve(tx, tenant, approval_id, session)
    except FrozenAccount:
        tx.undo()
        _require_customer_active(tx, approvals.get(tx, approval_id).approver_id)
        raise


def _approve(
    tx: Tx,
    tenant: Tenant,
    approval_id: uuid.UUID,
    session: str,
    said_from: SaidFrom | None = None,
) -> Sold:
    intent, posted = approve(
        tx,
        tenant_id=tenant.id,
        approval_id=approval_id,
        entry_id=uuid7(),
        day=tenant.today(),
        session=session,
        said_from=said_from,
    )
    return Sold.of(intent, posted.entry_id)


def _require_customer_active(tx: Tx, customer_id: uuid.UUID) -> None:
    """Whose account is frozen: the customer's, or else the agent's. Raises CustomerOnHold."""
    tx.undo()
    if people.is_frozen(tx, customer_id):
        raise CustomerOnHold from None


def usage_of_agent(intent: Intent, day: date) -> list[intents.Usage]:
    """What a sale counts towards its agent's limit of a day; nothing where there is no limit."""
    limit_minor = int(intent.quote.get("day_limit_minor", 0))
    if not limit_minor:
        return []
    return [intents.Usage(intent.subscriber_id, OPERATION, day, intent.amount_minor, limit_minor)]


def sell(
    tx: Tx,
    *,
    tenant_id: uuid.UUID,
    intent: Intent,
    entry_id: uuid.UUID,
    hold_id: uuid.UUID | None = None,
) -> ledger.Posted:
    """Post a sale whose intent was claimed, and write both receipts.

    Raises FloatTooLow, Frozen, HoldGone.
    """
    currency = intent.currency
    float_id = ledger.account_id(intent.subscriber_id, ledger.FLOAT, currency)
    wallet_id = ledger.account_id(intent.payee_id, ledger.WALLET, currency)
    lines = [
        ledger.Line(float_id, -intent.amount_minor),
        ledger.Line(wallet_id, intent.amount_minor - intent.fee_minor),
    ]
    if intent.fee_minor:
        fees = ledger.account_id(tenant_id, ledger.FEES, currency)
        lines.append(ledger.Line(fees, intent.fee_minor))
    quote = intent.quote
    try:
        posted = ledger.post(
            tx,
            key=f"{ledger.INTENT_KEY}{intent.id}",
            kind="topup",
            lines=lines,
            currency=currency,
            actor_id=intent.subscriber_id,
            detail={
                "customer": quote["customer"],
                "agent": quote["agent"],
                "fee_minor": intent.fee_minor,
            },
            hold_id=hold_id,
            entry_id=entry_id,
        )
    except InsufficientFunds as short:
        raise FloatTooLow(**short.params) from short
    if posted.was_new:
        at = clock.now()
        amount, fee = Money(intent.amount_minor, currency), Money(intent.fee_minor, currency)
        service_id = uuid.UUID(quote["service"])
        messages.write_text(
            tx,
            subscriber_id=intent.payee_id,
            service_id=service_id,
            message=TopUpReceipt(
                amount=amount,
                fee=fee,
                agent=quote["agent"],
                reference=posted.reference,
                balance=Money(posted.balances[wallet_id], currency),
                at=at,
            ),
            entry_id=posted.entry_id,
        )
        messages.write_text(
            tx,
            subscriber_id=intent.subscriber_id,
            service_id=service_id,
            message=SaleReceipt(
                amount=amount,
                fee=fee,
                customer=quote["customer"],
                reference=posted.reference,
                float=Money(posted.balances[float_id], currency),
                at=at,
            ),
            entry_id=posted.entry_id,
        )
        agents.count_sale(tx, intent.subscriber_id)
        warn_of_low_float(tx, intent, posted.balances[float_id], taken_minor=intent.amount_minor)
    return posted


def hold(tx: Tx, *, intent: Intent, day: date, new_sim_s: int = 0) -> uuid.UUID:
    """Hold a sale for the customer's approval, and text them the code, but at no number whose SIM
    changed within `new_sim_s` seconds. Answers the approval's id.

    It counts towards the agent's limit of a day when it is posted; here it is refused where the
    day has no room for it. Raises FloatTooLow, Frozen, LimitReached (params: limit_minor).
    """
    now = clock.now()
    until, code_until = now + timedelta(seconds=intents.HOLD_S), now + timedelta(seconds=CODE_S)
    approval_id, hold_id = uuid7(), uuid7()
    try:
        ledger.place_hold(
            tx,
            hold_id=hold_id,
            account_id=ledger.account_id(intent.subscriber_id, ledger.FLOAT, intent.currency),
            amount_minor=intent.amount_minor,
            currency=intent.currency,
            expires_at=until,
        )
    except InsufficientFunds as short:
        raise FloatTooLow(**short.params) from short
    for usage in usage_of_agent(intent, day):  # the float is locked: one hold after the other
        _require_room(tx, usage, intent.currency)
    tx.defer(
        "INSERT INTO approval (tenant_id, id, intent_id, hold_id, requester_id, approver_id,"
        " amount_minor, fee_minor, currency, code_expires_at, expires_at)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            approval_id,
            intent.id,
            hold_id,
            intent.subscriber_id,
            intent.payee_id,
            intent.amount_minor,
            intent.fee_minor,
            intent.currency,
            code_until,
            until,
        ),
    )
    amount = Money(intent.amount_minor, intent.currency)
    messages.write_text(
        tx,
        subscriber_id=intent.payee_id,
        service_id=uuid.UUID(intent.quote["service"]),
        message=ApprovalCode(
            amount=amount, agent=intent.quote["agent"], code=OneTimeCode(approval_id, 1)
        ),
        until=code_until,
        new_sim_s=new_sim_s,
    )
    messages.write_text(
        tx,
        subscriber_id=intent.subscriber_id,
        service_id=uuid.UUID(intent.quote["service"]),
        message=ApprovalPending(
            amount=amount, customer=intent.quote["customer"], until=TimeOfDay(until)
        ),
    )
    return approval_id


def _require_room(tx: Tx, usage: intents.Usage, currency: str) -> None:
    """Refuse what the day has no room for beside what was sold and what waits. Raises
    LimitReached."""
    row = tx.one(
        "SELECT coalesce((SELECT amount_minor FROM usage_day WHERE tenant_id = current_tenant()"
        "  AND subscriber_id = %(who)s AND operation = %(operation)s AND day = %(day)s), 0)"
        " + coalesce((SELECT sum(amount_minor) FROM approval a WHERE tenant_id = current_tenant()"
        "  AND requester_id = %(who)s AND state = 'pending' AND expires_at > now()"
        f"  AND {approvals.HELD_LATELY}), 0)",
        {"who": usage.subscriber_id, "operation": usage.operation, "day": usage.day},
    )
    assert row is not None
    if row[0] + usage.amount_minor > usage.limit_minor:
        raise LimitReached(limit_minor=usage.limit_minor, currency=currency)


def approve(
    tx: Tx,
    *,
    tenant_id: uuid.UUID,
    approval_id: uuid.UUID,
    entry_id: uuid.UUID,
    day: date,
    session: str,
    said_from: SaidFrom | None = None,
) -> tuple[Intent, ledger.Posted]:
    """The customer said yes: the held sale is posted, and counted towards the agent's limit of the
    day. Once; found approved, its entry is answered again. `session` is remembered with it.
    `said_from` is the number of the customer's that must not be new.

    Raises NumberIsNew, HoldGone, Frozen, LimitReached (params: limit_minor), and SessionSpent where
    that very session has paid before; the sale then goes on waiting.
    """
    taken, found, spent, *sims = tx.pipeline(
        (approvals.APPROVE, (session, approval_id)),
        intents.of_approval(approval_id),
        intents.spent_but_on_sale(session, approval_id),
        *([said_from.asked()] if said_from else []),
    )
    hold_row, intent_row = taken.fetchone(), found.fetchone()
    intent = Intent(*intent_row) if intent_row else None
    if intent is None or (hold_row is None and intent.entry_id is None):
        raise HoldGone
    if hold_row is None:
        assert intent.entry_id is not None
        return intent, ledger.Posted(intent.entry_id, False, {})
    if spent.fetchone() == (True,):
        raise SessionSpent
    if said_from:
        said_from.require_settled(sims[0].fetchone())
    intents.count_usage(tx, *usage_of_agent(intent, day), currency=intent.currency)
    posted = sell(tx, tenant_id=tenant_id, intent=intent, entry_id=entry_id, hold_id=hold_row[0])
    intents.finish(tx, intent.id, posted.entry_id)
    return intent, posted
