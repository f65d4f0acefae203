"""A payment that its provider says is paid: the money is booked, and what it is for is done."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.db.database import Tx
from core.messaging.messages import write_text
from core.messaging.notices import write_notice
from core.money import intents, ledger
from core.money.intents import Intent
from core.money.ledger import INTENT_KEY, Line, Posted
from core.payments import beginning, wallets
from core.payments.lifecycle import PAYMENT
from core.payments.messages import DepositReceipt, RefundReceipt, WithdrawalReceipt
from core.payments.movements import Credited, allocate, credit_once, debit_once
from core.payments.payments import COLLECTION, DISBURSEMENT, Payment
from core.payments.wallet_operations import DEPOSIT
from values import clock
from values.ids import reference_of
from values.money import Money

if TYPE_CHECKING:
    from core.payments.outcomes import Deciding, ProviderStatus


@dataclass(frozen=True, slots=True)
class Paid:
    """`was_not_done`: the money is in the payer's wallet, since what it was for was refused."""

    movement_id: uuid.UUID
    was_not_done: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    """The entry by which the money gets where it belongs, beside the wallet's own line."""

    lines: Sequence[Line]
    key: str
    kind: str
    detail: dict[str, Any]
    hold_id: uuid.UUID | None = None


def seen(by: "Deciding", payment: Payment, status: "ProviderStatus") -> dict[str, Any]:
    """What is told of the movement, by the provider's own status or by its statement that officers
    read; for `credit_once` and `debit_once`."""
    return {
        "tenant_id": by.tenant.id,
        "wallet": payment.wallet,
        "provider_txid": status.txid,
        "source": by.source,
        "happened_at": clock.now(),
        "counterparty": status.party or "",
        "keys": by.keys,
        "payment_id": payment.id,
    }


def pay(tx: Tx, by: "Deciding", payment: Payment, status: "ProviderStatus") -> Paid | None:
    """Book it and do what it is for. None where the movement is another payment's, or was given to
    somebody before: then nothing was done. Raises what posting raises."""
    if payment.kind == COLLECTION:
        return _collected(tx, by, payment, status)
    if payment.kind == DISBURSEMENT:
        return _paid_out(tx, by, payment, status)
    return _paid_back(tx, by, payment, status)


def _collected(tx: Tx, by: "Deciding", payment: Payment, status: "ProviderStatus") -> Paid | None:
    assert payment.intent_id is not None, "what is collected is for something"
    intent = intents.of_payment(tx, payment.intent_id)
    if intent is None:
        return _collected_late(tx, by, payment, status)
    wallet = ledger.account_id(payment.subscriber_id, ledger.WALLET, payment.currency)
    is_deposit = payment.operation == DEPOSIT.name
    if by.plainly and not is_deposit:
        beginning.uncount(tx, payment)
    lines = [Line(wallet, payment.amount_minor)]
    if is_deposit and intent.fee_minor:
        fees = ledger.account_id(by.tenant.id, ledger.FEES, payment.currency)
        arrives_minor = payment.amount_minor - intent.fee_minor
        lines = [Line(wallet, arrives_minor), Line(fees, intent.fee_minor)]
    key = f"{INTENT_KEY}{intent.id}" if is_deposit else ""
    kind = "deposit" if is_deposit else "mobile_money"
    found = _moved(tx, by, payment, status, _Entry(lines, key, kind, _detail(intent)))
    if found is None:
        return None
    movement_id, posted = found
    if is_deposit:
        intents.finish(tx, intent.id, posted.entry_id)
        _receipt(tx, by, payment, intent, posted)
        return Paid(movement_id)
    if by.plainly:
        intents.finish(tx, intent.id, None)
        return Paid(movement_id, was_not_done=True)
    by.operations[payment.operation].settle(tx, tenant=by.tenant, intent=intent)
    return Paid(movement_id)


def _collected_late(
    tx: Tx, by: "Deciding", payment: Payment, status: "ProviderStatus"
) -> Paid | None:
    """What it was for has come to nothing, and the person was told so: the money is theirs, whole,
    in their wallet."""
    wallet = ledger.account_id(payment.subscriber_id, ledger.WALLET, payment.currency)
    is_deposit = payment.operation == DEPOSIT.name
    kind = "deposit" if is_deposit else "mobile_money"
    entry = _Entry([Line(wallet, payment.amount_minor)], f"late:{payment.id}", kind, {})
    found = _moved(tx, by, payment, status, entry)
    if found is None:
        return None
    movement_id, posted = found
    if is_deposit:
        _receipt(tx, by, payment, None, posted)
    return Paid(movement_id, was_not_done=not is_deposit)


def _paid_out(tx: Tx, by: "Deciding", payment: Payment, status: "ProviderStatus") -> Paid | None:
    assert payment.intent_id is not None, "what is paid out is somebody's word"
    intent = intents.of_payment(tx, payment.intent_id)
    fee_minor = intent.fee_minor if intent else 0
    wallet = ledger.account_id(payment.subscriber_id, ledger.WALLET, payment.currency)
    lines = [Line(wallet, -payment.amount_minor - fee_minor)]
    if fee_minor:
        fees = ledger.account_id(by.tenant.id, ledger.FEES, payment.currency)
        lines.append(Line(fees, fee_minor))
    key = f"{INTENT_KEY}{intent.id}" if intent else f"late:{payment.id}"
    detail = _detail(intent) if intent else {}
    entry = _Entry(lines, key, "withdrawal", detail, payment.hold_id)
    found = _moved(tx, by, payment, status, entry)
    if found is None:
        return None
    movement_id, posted = found
    if intent:
        intents.finish(tx, intent.id, posted.entry_id)
    _receipt(tx, by, payment, intent, posted)
    return Paid(movement_id)


def _paid_back(tx: Tx, by: "Deciding", payment: Payment, status: "ProviderStatus") -> Paid | None:
    wallet = ledger.account_id(payment.subscriber_id, ledger.WALLET, payment.currency)
    lines = [Line(wallet, -payment.amount_minor)]
    entry = _Entry(lines, f"refund:{payment.id}", "refund", {}, payment.hold_id)
    found = _moved(tx, by, payment, status, entry)
    if found is None:
        return None
    movement_id, posted = found
    receipt = RefundReceipt(
        payment.amount, wallets.named(by.tenant, payment.wallet), posted.reference, clock.now()
    )
    write_notice(tx, payment.subscriber_id, receipt, entry_id=posted.entry_id)
    return Paid(movement_id)


_REFUNDED = PAYMENT.advance("refund", where="id = %s")


def mark_refunded(tx: Tx, refund: Payment) -> None:
    tx.execute(_REFUNDED, (refund.refunds_id,))


def _moved(
    tx: Tx, by: "Deciding", payment: Payment, status: "ProviderStatus", entry: _Entry
) -> tuple[uuid.UUID, Posted] | None:
    """Book the movement with its entry; one that another way has put into suspense is taken from
    there. None where it is somebody else's."""
    said: dict[str, Any] = {
        "key": entry.key,
        "kind": entry.kind,
        "actor_id": payment.subscriber_id,
        "detail": entry.detail,
    }
    if payment.kind != COLLECTION:
        said["hold_id"] = entry.hold_id
    assert status.amount is not None
    facts: dict[str, Any] = {**seen(by, payment, status), "amount": status.amount}
    if payment.kind == COLLECTION:
        found = credit_once(tx, gives=entry.lines, **facts, **said)
    else:
        found = debit_once(tx, takes=entry.lines, **facts, **said)
    movement = found.movement
    if isinstance(found, Credited):
        return movement.id, found.posted
    if not found.agrees or movement.payment_id != payment.id or movement.is_allocated:
        return None
    posted = allocate(tx, tenant_id=by.tenant.id, movement=movement, gives=entry.lines, **said)
    return (movement.id, posted) if posted is not None else None


def _detail(intent: Intent) -> dict[str, Any]:
    return {**intent.quote, "fee_minor": intent.fee_minor}


def _receipt(
    tx: Tx, by: "Deciding", payment: Payment, intent: Intent | None, posted: Posted
) -> None:
    """Without an intent, nobody knows any more where the person asked for it."""
    wallet = ledger.account_id(payment.subscriber_id, ledger.WALLET, payment.currency)
    kind = DepositReceipt if payment.kind == COLLECTION else WithdrawalReceipt
    receipt = kind(
        amount=payment.amount,
        fee=Money(intent.fee_minor if intent else 0, payment.currency),
        provider=wallets.named(by.tenant, payment.wallet),
        reference=reference_of(posted.entry_id),
        balance=Money(posted.balances[wallet], payment.currency),
        at=clock.now(),
    )
    if intent is None:
        write_notice(tx, payment.subscriber_id, receipt, entry_id=posted.entry_id)
        return
    write_text(
        tx,
        subscriber_id=payment.subscriber_id,
        service_id=uuid.UUID(intent.quote["service"]),
        message=receipt,
        entry_id=posted.entry_id,
    )
