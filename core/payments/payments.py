"""Payments by mobile money: their rows, looked up, and marked as they are sent.

    submit ─► `submitted`, COMMIT ─► the request leaves ─► accepted, refused, put back, or unknown

`core/payments/beginning.py` writes them, and what becomes of them is for
`core/payments/outcomes.py`.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core.db.connection import Row
from core.db.database import Tx
from core.outbox import outbox
from core.outbox.outbox import Claim
from core.payments.lifecycle import PAYMENT
from core.security.keyring import Keyring
from values.messages import Priority
from values.money import Money

COLLECTION: Final = "collection"
DISBURSEMENT: Final = "disbursement"
REFUND: Final = "refund"

# The kind of the outbox's rows.
PURSUE: Final = "pursue_payment"
LISTED_MAXIMUM: Final = 500
OPEN: Final = ("created", "submitted", "pending", "unknown")


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it is written down. `reference` is ours, by which the provider knows it."""

    id: uuid.UUID
    kind: str
    reference: uuid.UUID
    provider: str
    wallet: str
    wallet_service_id: uuid.UUID
    subscriber_id: uuid.UUID
    operation: str
    intent_id: uuid.UUID | None
    refunds_id: uuid.UUID | None
    amount_minor: int
    currency: str
    party_sealed: bytes = field(repr=False)
    state: str
    reason: str | None
    provider_id: str | None
    hold_id: uuid.UUID | None
    movement_id: uuid.UUID | None
    created_at: datetime
    submitted_at: datetime | None
    has_code: bool
    codes_refused: int

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_open(self) -> bool:
        """It may still move money, as far as we know."""
        return self.state in OPEN

    def party(self, keys: Keyring) -> str:
        """The number (E.164) that it is asked of or paid to. Raises ValueError."""
        return keys.open(self.party_sealed, self.id.bytes)


_COLUMNS = (
    "id, kind, reference, provider, wallet, wallet_service_id, subscriber_id, operation, intent_id,"
    " refunds_id, amount_minor, currency, party_sealed, state, reason, provider_id, hold_id,"
    " movement_id, created_at, submitted_at, code_sealed IS NOT NULL, codes_refused"
)


def get(tx: Tx, payment_id: uuid.UUID) -> Payment | None:
    row = tx.one(
        f"SELECT {_COLUMNS} FROM payment WHERE tenant_id = current_tenant() AND id = %s",
        (payment_id,),
    )
    return _payment(row) if row else None


def in_states(tx: Tx, states: Sequence[str]) -> list[Payment]:
    """The payments in these states, the oldest first."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM payment WHERE tenant_id = current_tenant()"
        f" AND state = ANY (%s) ORDER BY created_at, id LIMIT {LISTED_MAXIMUM}",
        (list(states),),
    )
    return [_payment(row) for row in rows]


def lock(tx: Tx, payment_id: uuid.UUID) -> Payment | None:
    """The payment, held by this transaction: of two who decide its outcome one waits."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM payment WHERE tenant_id = current_tenant() AND id = %s FOR UPDATE",
        (payment_id,),
    )
    return _payment(row) if row else None


def is_asked_for(tx: Tx, wallet: str, amount: Money, payer: bytes | None) -> bool:
    """Whether its provider was asked to collect this amount, and has not said how it ended. `payer`
    is the lookup of their number; None where nobody says who paid."""
    row = tx.one(
        "SELECT 1 FROM payment WHERE tenant_id = current_tenant() AND kind = 'collection'"
        f" AND wallet = %s AND amount_minor = %s AND currency = %s AND state IN {(*OPEN, 'review')}"
        " AND (%s::bytea IS NULL OR party_lookup = %s) LIMIT 1",
        (wallet, amount.amount_minor, amount.currency, payer, payer),
    )
    return row is not None


def by_reference(tx: Tx, reference: uuid.UUID, wallet_service_id: uuid.UUID) -> uuid.UUID | None:
    """The payment of a wallet that a callback names."""
    row = tx.one(
        "SELECT id FROM payment WHERE tenant_id = current_tenant() AND reference = %s"
        " AND wallet_service_id = %s",
        (reference, wallet_service_id),
    )
    return row[0] if row else None


def by_provider_id(tx: Tx, provider_id: str, wallet_service_id: uuid.UUID) -> uuid.UUID | None:
    """The payment of a wallet that its provider knows by this id of the request."""
    row = tx.one(
        "SELECT id FROM payment WHERE tenant_id = current_tenant() AND provider_id = %s"
        " AND wallet_service_id = %s ORDER BY created_at DESC LIMIT 1",
        (provider_id, wallet_service_id),
    )
    return row[0] if row else None


def collected(tx: Tx, refund: Payment) -> tuple[uuid.UUID, str]:
    """What a refund pays back: our reference of it, and the provider's id of that movement."""
    row = tx.one(
        "SELECT p.reference, m.provider_txid FROM payment p JOIN provider_movement m"
        " ON m.tenant_id = p.tenant_id AND m.id = p.movement_id"
        " WHERE p.tenant_id = current_tenant() AND p.id = %s",
        (refund.refunds_id,),
    )
    assert row is not None, "what is paid back was paid"
    return row[0], row[1]


def ask_now(tx: Tx, payment_id: uuid.UUID) -> None:
    """Somebody hints that a payment has an outcome: its status is asked for at once."""
    outbox.write(tx, kind=PURSUE, subject_id=payment_id, priority=Priority.PROMPT.value)


_SUBMIT = PAYMENT.advance(
    "submit",
    sets="submitted_at = now(), reason = NULL",
    where="id = (SELECT subject_id FROM o)",
    returning="id",
)
_PUT_BACK = PAYMENT.advance("put_back", sets="submitted_at = NULL, reason = %s", where="id = %s")
_ACCEPT = PAYMENT.advance(
    "accept",
    sets="provider_id = coalesce(%s, provider_id), reason = coalesce(%s, reason)",
    where="id = %s",
)
_LOSE = PAYMENT.advance("lose", sets="reason = %s", where="id = %s")


def submit(tx: Tx, held: Claim) -> bool:
    """Mark a payment as being sent: commit, then send at once. A worker that is killed before that
    COMMIT has sent nothing. One that is killed after it may have sent it, so it is never sent again
    under another reference. False where another worker holds the row by now, or has sent it."""
    row = tx.one(
        "WITH o AS (SELECT subject_id FROM outbox WHERE tenant_id = current_tenant() AND id = %s"
        f" AND {outbox.IS_WORKING} AND lease_until = %s FOR UPDATE) {_SUBMIT}",
        (held.outbox_id, held.lease_until),
    )
    return row is not None


def accepted(
    tx: Tx, payment_id: uuid.UUID, provider_id: str | None = None, *, waits_for: str | None = None
) -> None:
    """The provider has the request, by this id of its own. Nothing is paid by that. `waits_for` is
    what the person has to do, where it is no prompt on their phone."""
    tx.execute(_ACCEPT, (provider_id, waits_for, payment_id))


def put_back(tx: Tx, payment_id: uuid.UUID, reason: str) -> None:
    """Not a byte left, or it was sent back unread: the same request may go again."""
    tx.execute(_PUT_BACK, (reason, payment_id))


def lost(tx: Tx, payment_id: uuid.UUID, reason: str) -> None:
    """Nobody knows what became of the request: only the provider's status will say."""
    tx.execute(_LOSE, (reason, payment_id))


def _payment(row: Row) -> Payment:
    return Payment(*row)
