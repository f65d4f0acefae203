"""Sales that wait for their customer's word: the float is held until they approve.

They approve from their own phone, or by the code that they were texted and tell the agent.
"""

import uuid
from datetime import date, timedelta

from core.agents import approvals
from core.agents.approvals import Approval
from core.agents.errors import AgentBlocked, AgentLimitReached, FloatTooLow
from core.agents.messages import ApprovalCode, ApprovalPending
from core.agents.sale_posting import OPERATION, require_customer_active, sell, usage_of_agent
from core.agents.sales import Sold
from core.db.database import Tx
from core.messaging import messages
from core.money import day_limits, intents, ledger
from core.money.errors import (
    FrozenAccount,
    HoldGone,
    InsufficientFunds,
    LimitReached,
    SessionSpent,
)
from core.money.intents import Intent
from core.money.operations import Quote
from core.people import people
from core.people.numbers import SaidFrom
from core.people.people import USSD
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values import clock
from values.ids import reference_of, uuid7
from values.messages import OneTimeCode, TimeOfDay
from values.money import Money

CODE_S = 5 * 60


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


def _require_room(tx: Tx, usage: day_limits.Usage, currency: str) -> None:
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
        require_customer_active(tx, approvals.get(tx, approval_id).approver_id)
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
        reference = reference_of(intent.entry_id)
        return intent, ledger.Posted(intent.entry_id, reference, False, {})
    if spent.fetchone() == (True,):
        raise SessionSpent
    if said_from:
        said_from.require_settled(sims[0].fetchone())
    day_limits.count(tx, *usage_of_agent(intent, day), currency=intent.currency)
    posted = sell(tx, tenant_id=tenant_id, intent=intent, entry_id=entry_id, hold_id=hold_row[0])
    intents.finish(tx, intent.id, posted.entry_id)
    return intent, posted
