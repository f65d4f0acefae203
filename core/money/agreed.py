"""Posting what an intent agreed to, its fee on top."""

import uuid
from collections.abc import Mapping
from typing import Any

from core.db.database import Tx
from core.money import ledger
from core.money.intents import Intent
from core.money.ledger import Line, Posted


def post(
    tx: Tx,
    intent: Intent,
    *,
    kind: str,
    given_id: uuid.UUID,
    taken_id: uuid.UUID,
    tenant_id: uuid.UUID,
    detail: Mapping[str, Any],
    entry_id: uuid.UUID,
    hold_id: uuid.UUID | None = None,
) -> Posted:
    """One entry: the amount from one account to another, and the fee, which the giver pays beside
    it, to the tenant. Its key is the intent's, so that it is there once. `hold_id` is what set it
    aside before. Raises what `ledger.post` raises."""
    lines = [
        Line(given_id, -intent.amount_minor - intent.fee_minor),
        Line(taken_id, intent.amount_minor),
    ]
    if intent.fee_minor:
        fees_id = ledger.account_id(tenant_id, ledger.FEES, intent.currency)
        lines.append(Line(fees_id, intent.fee_minor))
    return ledger.post(
        tx,
        key=f"{ledger.INTENT_KEY}{intent.id}",
        kind=kind,
        lines=lines,
        currency=intent.currency,
        actor_id=intent.subscriber_id,
        detail={**detail, "fee_minor": intent.fee_minor},
        hold_id=hold_id,
        entry_id=entry_id,
    )
