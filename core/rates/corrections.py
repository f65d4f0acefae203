"""A rate that was wrong, put right: those who were told it are told so."""

import uuid
from decimal import Decimal
from typing import Final

from core.db.database import Tx
from core.messaging.messages import write_text
from core.rates.messages import RateCorrected
from core.rates.pairs import Rate, put_right
from core.rates.quotes import Pair, rate_of
from core.rates.shown import shown
from values import clock
from values.messages import TimeOfDay

TOLD_WITHIN_H: Final = 24


def correct(
    tx: Tx,
    pair: Pair,
    *,
    source_amount: Decimal,
    destination_amount: Decimal,
    actor: str,
    reason: str,
) -> tuple[uuid.UUID, Rate, int]:
    """Correct what is served of a pair, and text all who were told it within a day. Answers the
    new row's id, the rate that was wrong, and how many are texted. Raises UnknownPair, BadQuote."""
    rate_id, wrong = put_right(
        *(tx, pair),
        source_amount=source_amount,
        destination_amount=destination_amount,
        actor=actor,
        reason=reason,
    )
    rows = tx.all(
        "UPDATE rate_asked SET told_rate_id = %s WHERE tenant_id = current_tenant()"
        " AND told_rate_id = %s AND asked_at > now() - make_interval(hours => %s)"
        " RETURNING subscriber_id, service_id",
        (rate_id, wrong.id, TOLD_WITHIN_H),
    )
    message = RateCorrected(
        source=pair.source,
        destination=pair.destination,
        rate=shown(rate_of(source_amount, destination_amount)),
        wrong=shown(wrong.rate),
        at=TimeOfDay(clock.now()),
    )
    for subscriber_id, service_id in rows:
        write_text(tx, subscriber_id=subscriber_id, service_id=service_id, message=message)
    return rate_id, wrong, len(rows)
