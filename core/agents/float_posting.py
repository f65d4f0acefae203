"""Float that goes from one agent to another: posted, and both are texted."""

import uuid

from core.agents.errors import FloatTooLow
from core.agents.float_messages import FloatReceived, FloatSent
from core.agents.low_float import warn_of_low_float
from core.db.database import Tx
from core.messaging.messages import write_text
from core.money import agreed, ledger
from core.money.errors import InsufficientFunds
from core.money.intents import Intent
from core.money.ledger import Posted
from values import clock
from values.money import Money


def float_of(agent_id: uuid.UUID, currency: str) -> uuid.UUID:
    return ledger.account_id(agent_id, ledger.FLOAT, currency)


def post(
    tx: Tx,
    *,
    tenant_id: uuid.UUID,
    intent: Intent,
    entry_id: uuid.UUID,
    hold_id: uuid.UUID | None = None,
) -> Posted:
    """Post what an intent agreed to, out of what was held for it where `hold_id` says so, and text
    both sides. Raises FloatTooLow and FrozenAccount."""
    giver, taker, currency = intent.subscriber_id, intent.payee_id, intent.currency
    given_id, taken_id = float_of(giver, currency), float_of(taker, currency)
    try:
        posted = agreed.post(
            *(tx, intent),
            kind=intent.operation,
            given_id=given_id,
            taken_id=taken_id,
            tenant_id=tenant_id,
            detail={"from": intent.quote["from"], "to": intent.quote["name"]},
            entry_id=entry_id,
            hold_id=hold_id,
        )
    except InsufficientFunds as short:
        raise FloatTooLow(**short.params) from short
    left = Money(posted.balances[given_id], currency)
    amount, at = Money(intent.amount_minor, currency), clock.now()
    service_id = uuid.UUID(intent.quote["service"])
    write_text(
        tx,
        subscriber_id=giver,
        service_id=service_id,
        message=FloatSent(
            amount=amount,
            fee=Money(intent.fee_minor, currency),
            agent=str(intent.quote["name"]),
            reference=posted.reference,
            float=left,
            at=at,
        ),
        entry_id=entry_id,
    )
    write_text(
        tx,
        subscriber_id=taker,
        service_id=service_id,
        message=FloatReceived(
            amount=amount,
            agent=str(intent.quote["from"]),
            reference=posted.reference,
            float=Money(posted.balances[taken_id], currency),
            at=at,
        ),
        entry_id=entry_id,
    )
    taken_minor = intent.amount_minor + intent.fee_minor
    warn_of_low_float(tx, intent, left.amount_minor, taken_minor=taken_minor)
    return posted
