"""What callbacks said that the provider's status does not say: kept until the status is asked.

Some providers' status says that a payment was paid, and neither how much nor by which movement;
only a callback has these, and nobody signs it. Neither is enough alone. Together they are, where
the callback came to our own secret address, names the provider's id of our request, says the amount
that we asked for, and no other callback says anything else.

A payout's status may say nothing at all. Then the callback counts that names our reference and the
conversation: an id that the provider made and gave to us alone, in its answer over TLS. An
answer to a callback never depends on the comparison, so nothing of the id shows in its time.
"""

import uuid
from dataclasses import dataclass, replace

from core.db.database import Tx
from core.payments import lifecycle
from core.payments.outcomes import ProviderState, ProviderStatus
from core.payments.payments import COLLECTION, DISBURSEMENT, Payment
from values.ids import uuid7
from values.money import Money


@dataclass(frozen=True, slots=True)
class Hint:
    """What a callback claims. `txid` is the id of the movement, '' where it has none; `amount` is
    None where it has none that can be booked."""

    state: ProviderState
    txid: str = ""
    amount: Money | None = None


def keep(
    tx: Tx,
    *,
    wallet_service_id: uuid.UUID,
    provider_id: str,
    reference: uuid.UUID | None,
    hint: Hint,
) -> None:
    """Keep a callback about the request that its provider knows as `provider_id`. It may come
    before the answer that tells us this id. `reference` is ours, where the callback names it."""
    amount = hint.amount
    tx.execute(
        "INSERT INTO payment_hint (tenant_id, id, wallet_service_id, provider_id, reference, said,"
        " provider_txid, amount_minor, currency)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(uuid7(), wallet_service_id, provider_id, reference),
            *(hint.state.value, hint.txid, amount and amount.amount_minor),
            amount and amount.currency,
        ),
    )


def of_payment(tx: Tx, payment: Payment) -> list[Hint]:
    """Which ends callbacks said it has, each once; three at most, since two are too many already.
    That a payout waited too long somewhere is no word on whether it was made."""
    if not payment.provider_id:
        return []
    rows = tx.all(
        "SELECT DISTINCT said, provider_txid, amount_minor, currency FROM payment_hint"
        " WHERE tenant_id = current_tenant() AND wallet_service_id = %s AND provider_id = %s"
        " AND (reference = %s OR (reference IS NULL AND %s)) AND said IN ('paid', 'failed')"
        " LIMIT 3",
        (
            *(payment.wallet_service_id, payment.provider_id, payment.reference),
            payment.kind == COLLECTION,
        ),
    )
    return [
        Hint(ProviderState(state), txid, None if minor is None else Money(minor, currency))
        for state, txid, minor, currency in rows
    ]


def completed(tx: Tx, payment: Payment, status: ProviderStatus) -> ProviderStatus:
    """The status of a payment whose provider tells the rest by callbacks, with what these said.

    Paid without a callback about it is pending: when the provider's time is over, staff look.
    Where callbacks say another amount, or two things, nothing is booked (`callback_differs`).
    """
    hints = of_payment(tx, payment)
    if status.state is ProviderState.PAID:
        paid = [hint for hint in hints if hint.state is ProviderState.PAID]
        return _with_movement(payment, status, paid)
    if status.state is not ProviderState.UNKNOWN or payment.kind != DISBURSEMENT or not hints:
        return status
    if len(hints) > 1:
        return replace(status, state=ProviderState.PAID, doubt=lifecycle.CALLBACK_DIFFERS)
    status = replace(status, state=hints[0].state)
    if status.state is ProviderState.PAID:
        return _with_movement(payment, status, hints)
    return status


def _with_movement(payment: Payment, status: ProviderStatus, hints: list[Hint]) -> ProviderStatus:
    if not hints:
        return replace(status, state=ProviderState.PENDING)
    [hint, *others] = hints
    if others or not hint.txid or hint.amount != payment.amount:
        return replace(status, doubt=lifecycle.CALLBACK_DIFFERS)
    return replace(status, txid=hint.txid, amount=hint.amount)
