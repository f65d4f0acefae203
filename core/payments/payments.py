"""Payments by mobile money: begun here, and sent by a job once the transaction is committed.

    begin_collection / begin_payout / begin_refund ─► row `created`, job in the outbox
    submit ─► `submitted`, COMMIT ─► the request leaves ─► accepted, refused, put back, or unknown

What becomes of it then is for `core/payments/outcomes.py`.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from core.audit.trail import record
from core.db.connection import Row
from core.db.database import Tx
from core.money import intents, ledger
from core.money.intents import Intent, Usage
from core.outbox import outbox
from core.outbox.outbox import Claim
from core.payments import wallets
from core.payments.errors import NotPaidBack, WalletAway
from core.payments.lifecycle import PAYMENT
from core.payments.wallets import Wallet
from core.people.people import USSD
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values.ids import uuid7
from values.messages import Priority
from values.money import Money

COLLECTION: Final = "collection"
DISBURSEMENT: Final = "disbursement"
REFUND: Final = "refund"

# The kind of the outbox's rows.
PURSUE: Final = "pursue_payment"
# The network's own prompt needs a phone that is in no session: ours has ended by then.
PROMPT_AFTER_S: Final = 3.0
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

    Raises what `begin_collection` raises, InsufficientFunds and FrozenAccount.
    """
    if wallet.service_id in wallets.away(tx, DISBURSEMENT):
        raise WalletAway(wallet=wallet.name)
    intent, is_ours = intents.claim(tx, intent_id, subscriber_id, entry_id=None)
    amount = Money(intent.amount_minor, intent.currency)
    if is_ours:
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


def _comes_to(intent: Intent) -> int:
    """What is asked for. Of a deposit the fee is taken out of what arrives."""
    on_top = intent.quote.get("fee") != "included"
    return intent.amount_minor + (intent.fee_minor if on_top else 0)


def _count(tx: Tx, tenant: Tenant, intent: Intent) -> date | None:
    """Count what is asked for towards the day's limit, where there is one, as long as it may still
    move: else many prompts at once would pass it together. The day. Raises LimitReached."""
    limit_minor = tenant.limit_minor(intent.operation, "day_maximum", 0)
    if not limit_minor:
        return None
    usage = Usage(
        *(intent.subscriber_id, intent.operation, tenant.today(), intent.amount_minor, limit_minor)
    )
    intents.count_usage(tx, usage, currency=intent.currency)
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


# --- looking, and sending ---------------------------------------------------------------------


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
        f" AND state = 'working' AND lease_until = %s FOR UPDATE) {_SUBMIT}",
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
