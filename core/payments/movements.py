"""Money that a provider moved on one of our wallets: booked once, however many ways it is seen.

One payment may be seen by the provider's API, its callback, the network's text and a statement. All
of them come here, and (wallet, the provider's transaction id) is one row for all of them.

    found = credit_once(tx, tenant_id=…, wallet="KOPERA", provider_txid="1530828708",
                        source=Source.SMS, amount=Money(1500, "RWF"), happened_at=…, text_id=…)
    match found:
        case Credited(movement): ...         # booked by this call
        case AlreadyCredited(movement): ...  # booked before; nothing was posted by this call

Without `gives` the money goes to the tenant's suspense account, since nobody knows yet whose it is;
`allocate` takes it from there to its owner, once. A wallet's account at its provider is what the
tenant holds there: arrivals make it smaller, as they make the accounts of their owners bigger.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final

from core.db.connection import Row
from core.db.database import Tx
from core.money import ledger
from core.money.ledger import Line, Posted
from core.payments.lifecycle import MOVEMENT
from core.people.people import USSD
from core.security.keyring import Keyring
from values.ids import uuid7
from values.money import Money

PROVIDER_WALLET: Final = "provider_wallet"
SUSPENSE: Final = "suspense"
# The kinds of entries that book a movement, and that take one out of suspense.
ARRIVED: Final = "money_arrived"
LEFT: Final = "money_left"
ALLOCATED: Final = "money_allocated"


class Source(Enum):
    """By which way a movement was seen."""

    API = "api"
    CALLBACK = "callback"
    SMS = "sms"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement as it is written down. `amount_minor` above nothing arrived on our wallet, below
    nothing left it. `is_allocated`: it is where it belongs, and no longer in suspense."""

    id: uuid.UUID
    wallet: str
    provider_txid: str
    source: str
    seen_by: tuple[str, ...]
    amount_minor: int
    currency: str
    happened_at: datetime
    is_allocated: bool
    entry_id: uuid.UUID
    payment_id: uuid.UUID | None
    text_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Credited:
    """This call booked the movement. `posted` is its entry."""

    movement: Movement
    posted: Posted


@dataclass(frozen=True, slots=True)
class AlreadyCredited:
    """The movement was booked before, and this call posted nothing. `agrees` is False where this
    call said another amount or currency than was booked: then somebody has to look."""

    movement: Movement
    agrees: bool


Booked = Credited | AlreadyCredited


@dataclass(frozen=True, slots=True)
class Seen:
    """A movement as one of the ways tells of it. `signed_minor` is below nothing for what left."""

    wallet: str
    provider_txid: str
    source: Source
    signed_minor: int
    currency: str
    happened_at: datetime
    counterparty: str = field(default="", repr=False)
    payment_id: uuid.UUID | None = None
    text_id: uuid.UUID | None = None
    words: str = field(default="", repr=False)


def credit_once(
    tx: Tx,
    *,
    tenant_id: uuid.UUID,
    wallet: str,
    provider_txid: str,
    source: Source,
    amount: Money,
    happened_at: datetime,
    counterparty: str = "",
    keys: Keyring | None = None,
    gives: Sequence[Line] = (),
    key: str = "",
    kind: str = ARRIVED,
    actor_id: uuid.UUID | None = None,
    detail: dict[str, Any] | None = None,
    payment_id: uuid.UUID | None = None,
    text_id: uuid.UUID | None = None,
    words: str = "",
) -> Booked:
    """Book money that arrived on one of our wallets at a provider, exactly once.

    - `wallet`: the code of the wallet, as the tenant's folder names it;
    - `provider_txid`: the provider's id of the movement, the one that the payer's own text shows;
    - `amount`: what arrived, above nothing, in the wallet's currency;
    - `counterparty`: the payer's number (E.164), if known; it is sealed with `keys`, as `words`
      are, what the payer wrote where no text of the network's keeps it;
    - `gives`: the lines of the entry that say whose it is; their sum is the amount. Without them it
      waits in suspense;
    - `key`, `kind`, `actor_id` and `detail` of the entry, where it is an operation's own;
    - `payment_id`, `text_id`: the payment or the text that this is about. They are written down
      also where the movement was known before, if it had none and the amounts agree.

    Two calls at once are one after the other: the second finds what the first has booked. Raises
    what `ledger.post` raises; after that the transaction can only be rolled back.
    """
    assert amount.amount_minor > 0, "what left is for debit_once"
    seen = Seen(
        *(wallet, provider_txid, source, amount.amount_minor, amount.currency, happened_at),
        *(counterparty, payment_id, text_id, words),
    )
    entry = _Entry(gives, kind, key, actor_id, detail or {})
    return _book(tx, tenant_id, keys, seen, entry)


def debit_once(
    tx: Tx,
    *,
    tenant_id: uuid.UUID,
    wallet: str,
    provider_txid: str,
    source: Source,
    amount: Money,
    happened_at: datetime,
    counterparty: str = "",
    keys: Keyring | None = None,
    takes: Sequence[Line] = (),
    hold_id: uuid.UUID | None = None,
    key: str = "",
    kind: str = LEFT,
    actor_id: uuid.UUID | None = None,
    detail: dict[str, Any] | None = None,
    payment_id: uuid.UUID | None = None,
    text_id: uuid.UUID | None = None,
) -> Booked:
    """Book money that left one of our wallets, exactly once: `credit_once` the other way round.

    `amount` is above nothing; the lines of `takes` sum to its negative. `hold_id` is what was set
    aside for it, and ends with the entry.
    """
    assert amount.amount_minor > 0, "an amount says how much, not which way"
    seen = Seen(
        *(wallet, provider_txid, source, -amount.amount_minor, amount.currency, happened_at),
        *(counterparty, payment_id, text_id),
    )
    entry = _Entry(takes, kind, key, actor_id, detail or {}, hold_id)
    return _book(tx, tenant_id, keys, seen, entry)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the entry of a movement says. `lines` are those beside the wallet's, if known."""

    lines: Sequence[Line]
    kind: str
    key: str
    actor_id: uuid.UUID | None
    detail: dict[str, Any]
    hold_id: uuid.UUID | None = None


_COLUMNS = (
    "id, wallet, provider_txid, source, seen_by, amount_minor, currency, happened_at,"
    " state = 'allocated', entry_id, payment_id, text_id"
)
_OPEN = (
    "INSERT INTO account (tenant_id, id, kind, currency, owner_id, guarded)"
    " VALUES (current_tenant(), %s, %s, %s, current_tenant(), false) ON CONFLICT DO NOTHING"
)
# The second of two at once waits here for the first, and finds nothing to write.
_WRITE = (
    "INSERT INTO provider_movement (tenant_id, id, wallet, provider_txid, source, seen_by,"
    " amount_minor, currency, counterparty_sealed, counterparty_lookup, happened_at, state,"
    " entry_id, payment_id, text_id, words_sealed) VALUES (current_tenant(), %(id)s, %(wallet)s,"
    " %(txid)s, %(source)s, ARRAY[%(source)s], %(signed)s, %(currency)s, %(sealed)s, %(lookup)s,"
    " %(happened_at)s, %(state)s, %(entry)s, %(payment)s, %(text)s, %(words)s)"
    f" ON CONFLICT (tenant_id, wallet, provider_txid) DO NOTHING RETURNING {_COLUMNS}"
)
_AGREES = "(amount_minor, currency) = (%(signed)s, %(currency)s)"
_SEE_AGAIN = (
    "UPDATE provider_movement SET"
    " seen_by = CASE WHEN %(source)s = ANY (seen_by) THEN seen_by"
    "  ELSE seen_by || %(source)s::text END,"
    f" payment_id = CASE WHEN {_AGREES} THEN coalesce(payment_id, %(payment)s) ELSE payment_id END,"
    f" text_id = CASE WHEN {_AGREES} THEN coalesce(text_id, %(text)s) ELSE text_id END"
    " WHERE tenant_id = current_tenant() AND wallet = %(wallet)s AND provider_txid = %(txid)s"
    f" RETURNING {_COLUMNS}, {_AGREES}"
)


def _book(tx: Tx, tenant_id: uuid.UUID, keys: Keyring | None, seen: Seen, entry: _Entry) -> Booked:
    id, entry_id = uuid7(), uuid7()
    number = seen.counterparty if keys is not None else ""
    values = {
        "id": id,
        "wallet": seen.wallet,
        "txid": seen.provider_txid,
        "source": seen.source.value,
        "signed": seen.signed_minor,
        "currency": seen.currency,
        "sealed": keys.seal(number, id.bytes) if keys is not None and number else None,
        "lookup": keys.lookup(USSD, number) if keys is not None and number else None,
        "happened_at": seen.happened_at,
        "state": "allocated" if entry.lines else "suspense",
        "entry": entry_id,
        "payment": seen.payment_id,
        "text": seen.text_id,
        "words": keys.seal(seen.words, id.bytes) if keys is not None and seen.words else None,
    }
    ours = wallet_account_id(tenant_id, seen.wallet, seen.currency)
    suspense = ledger.account_id(tenant_id, SUSPENSE, seen.currency)
    *_, written = tx.pipeline(
        (_OPEN, (ours, PROVIDER_WALLET, seen.currency)),
        (_OPEN, (suspense, SUSPENSE, seen.currency)),
        (_WRITE, values),
    )
    row = written.fetchone()
    if row is None:
        row = tx.one(_SEE_AGAIN, values)
        assert row is not None, "a movement that was there is never deleted"
        return AlreadyCredited(_movement(row[:-1]), agrees=bool(row[-1]))
    posted = ledger.post(
        tx,
        key=entry.key or f"movement:{id}",
        kind=entry.kind,
        lines=[
            Line(ours, -seen.signed_minor),
            *(entry.lines or [Line(suspense, seen.signed_minor)]),
        ],
        currency=seen.currency,
        actor_id=entry.actor_id,
        detail={**entry.detail, "wallet": seen.wallet, "txid": seen.provider_txid},
        hold_id=entry.hold_id,
        entry_id=entry_id,
    )
    assert posted.was_new, "the key of a movement's entry is its own"
    return Credited(_movement(row), posted)


def allocate(
    tx: Tx,
    *,
    tenant_id: uuid.UUID,
    movement: Movement,
    gives: Sequence[Line],
    kind: str = ALLOCATED,
    key: str = "",
    actor_id: uuid.UUID | None = None,
    hold_id: uuid.UUID | None = None,
    detail: dict[str, Any] | None = None,
    payment_id: uuid.UUID | None = None,
) -> Posted | None:
    """Take a movement out of suspense to where it belongs, once. None where that has happened: then
    nothing is posted. The lines of `gives` sum to the movement's amount. Raises what `ledger.post`
    raises."""
    entry_id = uuid7()
    if tx.one(_ALLOCATE, (entry_id, payment_id, movement.id)) is None:
        return None
    suspense = ledger.account_id(tenant_id, SUSPENSE, movement.currency)
    return ledger.post(
        tx,
        key=key or f"allocation:{movement.id}",
        kind=kind,
        lines=[Line(suspense, -movement.amount_minor), *gives],
        currency=movement.currency,
        actor_id=actor_id,
        hold_id=hold_id,
        detail={**(detail or {}), "wallet": movement.wallet, "txid": movement.provider_txid},
        entry_id=entry_id,
    )


_ALLOCATE = MOVEMENT.advance(
    "allocate",
    sets="allocation_id = %s, payment_id = coalesce(payment_id, %s)",
    where="id = %s",
    returning="id",
)


def find(tx: Tx, *, wallet: str, provider_txid: str) -> Movement | None:
    """The movement of this id on a wallet, if it was seen by any way."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM provider_movement WHERE tenant_id = current_tenant()"
        " AND wallet = %s AND provider_txid = %s",
        (wallet, provider_txid),
    )
    return _movement(row) if row else None


def get(tx: Tx, movement_id: uuid.UUID) -> Movement:
    """A movement that was booked."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM provider_movement WHERE tenant_id = current_tenant() AND id = %s",
        (movement_id,),
    )
    assert row is not None, "a movement is never deleted"
    return _movement(row)


def words_of(tx: Tx, keys: Keyring, movement_id: uuid.UUID) -> str:
    """What the payer wrote, as its provider told it; '' where nobody did."""
    row = tx.one(
        "SELECT words_sealed FROM provider_movement WHERE tenant_id = current_tenant() AND id = %s",
        (movement_id,),
    )
    return keys.open(row[0], movement_id.bytes) if row and row[0] else ""


def wallet_account_id(tenant_id: uuid.UUID, wallet: str, currency: str) -> uuid.UUID:
    """The account of what the tenant holds in one of its wallets at providers."""
    return uuid.uuid5(tenant_id, f"{PROVIDER_WALLET}:{wallet}:{currency}")


def _movement(row: Row) -> Movement:
    id, wallet, txid, source, seen_by, *rest = row
    return Movement(id, wallet, txid, source, tuple(seen_by), *rest)
