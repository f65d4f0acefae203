"""Posting a sale of float: the entry, both receipts, and what it counts towards."""

import uuid
from datetime import date

from core.agents import agents, commission
from core.agents.errors import CustomerOnHold, FloatTooLow
from core.agents.low_float import warn_of_low_float
from core.agents.messages import SaleReceipt, TopUpReceipt
from core.db.database import Tx
from core.messaging import messages
from core.money import ledger
from core.money.day_limits import Usage
from core.money.errors import InsufficientFunds
from core.money.intents import Intent
from core.people import people
from values import clock
from values.money import Money

OPERATION = "topup"
ENTRY_KIND = "topup"


def usage_of_agent(intent: Intent, day: date) -> list[Usage]:
    """What a sale counts towards its agent's limit of a day; nothing where there is no limit."""
    limit_minor = int(intent.quote.get("day_limit_minor", 0))
    if not limit_minor:
        return []
    return [Usage(intent.subscriber_id, OPERATION, day, intent.amount_minor, limit_minor)]


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
            kind=ENTRY_KIND,
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
        commission.accrue(
            tx,
            tenant_id=tenant_id,
            agent_id=intent.subscriber_id,
            sale_id=posted.entry_id,
            operation=OPERATION,
            commission=Money(int(quote.get("commission_minor", 0)), currency),
        )
        warn_of_low_float(tx, intent, posted.balances[float_id], taken_minor=intent.amount_minor)
    return posted


def require_customer_active(tx: Tx, customer_id: uuid.UUID) -> None:
    """Whose account is frozen: the customer's, or else the agent's. Raises CustomerOnHold."""
    tx.undo()
    if people.is_frozen(tx, customer_id):
        raise CustomerOnHold from None
