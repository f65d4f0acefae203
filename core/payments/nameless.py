"""Movements that a provider gave no id of the network's: which of what was told is the same.

Such a movement is booked under our reference, and the network's text of it, or the provider's word
of an arrival, has an id of its own: by ids alone one payment would be two. They are one where
wallet, amount and payer are the same and what is told is of the time between our request and the
provider's word. What hides the payer may be of it: then a person decides, and nothing is booked a
second time.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.database import Tx
from core.payments.payments import COLLECTION, Payment
from values.money import Money

# How far the network's clock and ours may be from each other.
CLOCKS_DIFFER_S: Final = 600
# For how long a provider's word may be asked for: a text older than that is of another payment.
WORD_WITHIN_DAYS: Final = 4


@dataclass(frozen=True, slots=True)
class Arrived:
    """Money on a wallet as a text, or its provider, tells of it (`seen_by`: sms, callback). `payer`
    is the lookup of their number; None where it is hidden."""

    wallet: str
    provider_txid: str
    amount: Money
    happened_at: datetime
    payer: bytes | None
    seen_by: str = "sms"


# A text and a provider's word of one movement, at once: the second waits, and sees the first.
_LOCK = (
    "SELECT pg_advisory_xact_lock(hashtextextended("
    "concat_ws(' ', 'movement', current_tenant(), %s::text, %s::text), 0))"
)
_PAID = (
    "SELECT m.id, p.party_lookup = %(payer)s FROM provider_movement m JOIN payment p"
    " ON p.tenant_id = m.tenant_id AND p.id = m.payment_id AND p.movement_id = m.id"
    " WHERE m.tenant_id = current_tenant() AND m.wallet = %(wallet)s"
    " AND m.happened_at BETWEEN %(at)s - make_interval(secs => %(clocks)s)"
    "  AND %(at)s + make_interval(days => %(days)s)"
    " AND m.amount_minor = %(amount)s AND m.currency = %(currency)s"
    " AND m.provider_txid = p.reference::text AND NOT %(seen_by)s = ANY (m.seen_by)"
    " AND p.kind = 'collection'"
    " AND p.created_at <= %(at)s + make_interval(secs => %(clocks)s)"
    " AND (%(payer)s::bytea IS NULL OR p.party_lookup = %(payer)s)"
    " AND NOT EXISTS (SELECT 1 FROM provider_movement k WHERE k.tenant_id = current_tenant()"
    "  AND k.wallet = %(wallet)s AND k.provider_txid = %(txid)s)"
    " ORDER BY m.happened_at, m.id LIMIT 1 FOR UPDATE OF m"
)
_NAME = (
    "UPDATE provider_movement SET provider_txid = %s, seen_by = seen_by || %s::text,"
    " text_id = coalesce(text_id, %s) WHERE tenant_id = current_tenant() AND id = %s"
)


def is_paid_already(tx: Tx, arrived: Arrived, text_id: uuid.UUID | None = None) -> bool | None:
    """Whether this is a payment that its provider's word named no id of: then its movement has the
    id that is told from now on. None where it may be so, and only a person can say."""
    tx.execute(_LOCK, (arrived.wallet, str(arrived.amount.amount_minor)))
    row = tx.one(
        _PAID,
        {
            "wallet": arrived.wallet,
            "txid": arrived.provider_txid,
            "at": arrived.happened_at,
            "amount": arrived.amount.amount_minor,
            "currency": arrived.amount.currency,
            "payer": arrived.payer,
            "seen_by": arrived.seen_by,
            "clocks": CLOCKS_DIFFER_S,
            "days": WORD_WITHIN_DAYS,
        },
    )
    if row is None:
        return False
    movement_id, is_payer = row
    if not is_payer:
        return None
    tx.execute(_NAME, (arrived.provider_txid, arrived.seen_by, text_id, movement_id))
    return True


_TOLD = (
    "SELECT provider_txid, counterparty_lookup IS NOT NULL FROM provider_movement"
    " WHERE tenant_id = current_tenant() AND wallet = %s AND happened_at BETWEEN"
    "  %s - make_interval(secs => %s) AND now() + make_interval(secs => %s)"
    " AND amount_minor = %s AND currency = %s AND seen_by <@ ARRAY['sms', 'callback']"
    " AND payment_id IS NULL"
    " AND (counterparty_lookup IS NULL OR counterparty_lookup = (SELECT party_lookup FROM payment"
    "  WHERE tenant_id = current_tenant() AND id = %s))"
    " ORDER BY counterparty_lookup IS NULL, happened_at, id LIMIT 1"
)


def txid_of(tx: Tx, payment: Payment, said: str | None, amount: Money) -> str | None:
    """Under which id the movement of a payment is booked. `said` is what its provider calls it, if
    anything, and `amount` what it says that moved. None where what hides its payer may have told
    of it: a person decides."""
    if payment.movement_id is not None:  # booked before, under whatever id
        row = tx.one(
            "SELECT provider_txid FROM provider_movement WHERE tenant_id = current_tenant()"
            " AND id = %s",
            (payment.movement_id,),
        )
        assert row is not None, "a movement is never deleted"
        return str(row[0])
    if said:
        return said
    if payment.kind == COLLECTION:
        tx.execute(_LOCK, (payment.wallet, str(amount.amount_minor)))
        row = tx.one(
            _TOLD,
            (
                *(payment.wallet, payment.created_at, CLOCKS_DIFFER_S, CLOCKS_DIFFER_S),
                *(amount.amount_minor, amount.currency, payment.id),
            ),
        )
        if row is not None:
            return str(row[0]) if row[1] else None
    return str(payment.reference)
