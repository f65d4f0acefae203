"""Payments by mobile money, begun: the row and its job are written with what they are for.

    begin_collection / begin_payout / begin_refund ─► row `created`, job in the outbox

`core/payments/payments.py` has what is done with the row from there on.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.money import day_limits, intents, ledger
from core.money.day_limits import Usage
from core.money.intents import Intent
from core.outbox import outbox
from core.payments import wallets
from core.payments.errors import NotPaidBack, PayoutNumberIsNew, WalletAway
from core.payments.payments import COLLECTION, DISBURSEMENT, PURSUE, REFUND, Payment, lock
from core.payments.wallets import Wallet
from core.people.errors import NumberIsNew
from core.people.numbers import SaidFrom
from core.people.people import USSD
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values.ids import uuid7
from values.messages import Priority
from values.money import Money

# The network's own prompt needs a phone that is in no session: ours has ended by then.
PROMPT_AFTER_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person is shown: the payment is on its way to their phone, or from us to them."""

    amount: Money
    provider: str


def begin_collection(
    tx: Tx,
    keys: Keyring,
    *,
    tenant: Tenant,
    wallet: Wallet,
    intent_id: uuid.UUID,
    subscriber_id: uuid.UUID,
    address: str,
) -> Asked:
    """Ask a person at `address` (E.164) to pay what an intent holds. The same intent again is the
    same payment, whichever wallet is named then.

    Raises WalletAway, IntentExpired, IntentVoid, SpendingLimited, LimitReached (params:
    limit_minor).
    """
    if wallet.service_id in wallets.away(tx, COLLECTION):
        raise WalletAway(wallet=wallet.name)
    intent, is_ours = intents.claim(tx, intent_id, subscriber_id, entry_id=None)
    total = Money(_comes_to(intent), intent.currency)
    if is_ours:
        day = _count(tx, tenant, intent)
        new = _New(
            *(COLLECTION, wallet, subscriber_id, intent.operation, total, address, intent.id),
            counted_on=day,
        )
        _write(tx, keys, new)
    return Asked(total, wallet.name)


def begin_payout(
    tx: Tx,
    keys: Keyring,
    *,
    tenant: Tenant,
    wallet: Wallet,
    intent_id: uuid.UUID,
    subscriber_id: uuid.UUID,
    address: str,
) -> Asked:
    """Pay a person what an intent holds, to `address` (E.164). Amount and fee are set aside until
    the outcome is known, however long that takes.

    Raises what `begin_collection` raises, InsufficientFunds and FrozenAccount; NumberTakenOut where
    the number is not theirs, PayoutNumberIsNew (params: until) where its SIM changed lately.
    """
    if wallet.service_id in wallets.away(tx, DISBURSEMENT):
        raise WalletAway(wallet=wallet.name)
    intent, is_ours = intents.claim(tx, intent_id, subscriber_id, entry_id=None)
    amount = Money(intent.amount_minor, intent.currency)
    if is_ours:
        _require_settled(tx, keys, tenant, subscriber_id, address)
        day = _count(tx, tenant, intent)
        hold_id = uuid7()
        ledger.place_hold(
            tx,
            hold_id=hold_id,
            account_id=ledger.account_id(subscriber_id, ledger.WALLET, intent.currency),
            amount_minor=intent.amount_minor + intent.fee_minor,
            currency=intent.currency,
            expires_at=None,
        )
        new = _New(
            *(DISBURSEMENT, wallet, subscriber_id, intent.operation, amount, address, intent.id),
            hold_id=hold_id,
            counted_on=day,
        )
        _write(tx, keys, new)
    return Asked(amount, wallet.name)


def begin_refund(
    tx: Tx, keys: Keyring, *, collection_id: uuid.UUID, actor: str, reason: str
) -> uuid.UUID:
    """Pay a collection back to who paid it, out of their wallet here. The refund's id; the same
    again is the same refund. Raises NotPaidBack, InsufficientFunds, FrozenAccount."""
    paid = lock(tx, collection_id)
    if paid is None or paid.kind != COLLECTION or paid.state != "paid":
        raise NotPaidBack
    refund_id = refund_of(tx, paid)
    if refund_id is not None:
        return refund_id
    hold_id = uuid7()
    ledger.place_hold(
        tx,
        hold_id=hold_id,
        account_id=ledger.account_id(paid.subscriber_id, ledger.WALLET, paid.currency),
        amount_minor=paid.amount_minor,
        currency=paid.currency,
        expires_at=None,
    )
    wallet = Wallet(paid.wallet_service_id, paid.provider, paid.wallet, "")
    new = _New(
        *(REFUND, wallet, paid.subscriber_id, "refund", paid.amount, paid.party(keys)),
        refunds_id=paid.id,
        hold_id=hold_id,
    )
    record(tx, actor, "refund payment", paid.id, {"reason": reason})
    return _write(tx, keys, new)


def refund_of(tx: Tx, paid: Payment) -> uuid.UUID | None:
    """The refund of a collection that is under way, in review or paid. The caller holds the
    collection (`lock`), so that no other refund begins meanwhile."""
    row = tx.one(
        "SELECT id FROM payment WHERE tenant_id = current_tenant() AND refunds_id = %s"
        " AND state NOT IN ('failed', 'expired')",
        (paid.id,),
    )
    return row[0] if row else None


def _require_settled(
    tx: Tx, keys: Keyring, tenant: Tenant, subscriber_id: uuid.UUID, address: str
) -> None:
    said_from = SaidFrom(tenant, keys.lookup(USSD, address), subscriber_id)
    try:
        said_from.require_settled(tx.one(*said_from.asked()))
    except NumberIsNew as new:
        raise PayoutNumberIsNew(**new.params) from None


def _comes_to(intent: Intent) -> int:
    """What is asked for. Of a deposit the fee is taken out of what arrives."""
    on_top = intent.quote.get("fee") != "included"
    return intent.amount_minor + (intent.fee_minor if on_top else 0)


def _count(tx: Tx, tenant: Tenant, intent: Intent) -> date | None:
    """Count what is asked for towards the day's limit, where there is one, as long as it may still
    move: else many prompts at once would pass it together. The day. Raises LimitReached."""
    # Where it depends on the payer's level, the quote has it.
    limit_minor = intent.quote.get("day_limit_minor")
    if limit_minor is None:
        limit_minor = tenant.limit_minor(intent.operation, "day_maximum", 0)
    if not limit_minor:
        return None
    usage = Usage(
        *(intent.subscriber_id, intent.operation, tenant.today(), intent.amount_minor, limit_minor)
    )
    day_limits.count(tx, usage, currency=intent.currency)
    return usage.day


_GIVE_BACK = (
    "UPDATE usage_day u SET count = u.count - 1, amount_minor = u.amount_minor - i.amount_minor"
    " FROM payment p JOIN intent i ON i.tenant_id = p.tenant_id AND i.id = p.intent_id"
    " WHERE p.tenant_id = current_tenant() AND p.id = %s AND u.tenant_id = p.tenant_id"
    " AND u.subscriber_id = p.subscriber_id AND u.operation = p.operation AND u.day = p.counted_on"
)
_UNCOUNT = "UPDATE payment SET counted_on = NULL WHERE tenant_id = current_tenant() AND id = %s"


def uncount(tx: Tx, payment: Payment) -> None:
    """What it was for is not done: it counts towards no limit. Before any account is touched, as
    everybody counts first and posts then."""
    if payment.intent_id is not None:
        tx.pipeline((_GIVE_BACK, (payment.id,)), (_UNCOUNT, (payment.id,)))


@dataclass(frozen=True, slots=True)
class _New:
    """A payment that is to be written down: at `wallet`, with the person at `address`."""

    kind: str
    wallet: Wallet
    subscriber_id: uuid.UUID
    operation: str
    amount: Money
    address: str = field(repr=False)
    intent_id: uuid.UUID | None = None
    refunds_id: uuid.UUID | None = None
    hold_id: uuid.UUID | None = None
    counted_on: date | None = None


_INSERT = (
    "INSERT INTO payment (tenant_id, id, kind, reference, provider, wallet, wallet_service_id,"
    " subscriber_id, operation, intent_id, refunds_id, amount_minor, currency, party_sealed,"
    " party_lookup, hold_id, counted_on) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s,"
    " %s, %s, %s, %s, %s, %s, %s, %s)"
)


def _write(tx: Tx, keys: Keyring, new: _New) -> uuid.UUID:
    """Write it with its job, along with the COMMIT. The payment's id."""
    id, wallet, amount = uuid7(), new.wallet, new.amount
    # Of a random UUID a provider that takes no other is sure.
    reference = uuid.uuid4()
    tx.defer(
        _INSERT,
        (
            *(id, new.kind, reference, wallet.provider, wallet.code, wallet.service_id),
            *(new.subscriber_id, new.operation, new.intent_id, new.refunds_id),
            *(amount.amount_minor, amount.currency, keys.seal(new.address, id.bytes)),
            *(keys.lookup(USSD, new.address), new.hold_id, new.counted_on),
        ),
    )
    delay_s = PROMPT_AFTER_S if new.kind == COLLECTION else 0
    outbox.write(tx, kind=PURSUE, subject_id=id, delay_s=delay_s, priority=Priority.PROMPT.value)
    return id
