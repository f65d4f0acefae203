"""Money: double entry, integer minor units, append-only. `post` is the only way it moves.

A positive amount is value given to the account's holder. Account ids derive from their owner, so
that no turn has to look one up.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import orjson
import psycopg

from core.db.autocommit import Autocommit
from core.db.binary import bigints, uuids
from core.db.connection import BINARY, TEXT, Prepared, Raw, Row
from core.db.database import Tx
from core.db.errors import ClockOff
from core.lifecycle import Lifecycle
from core.money.errors import FrozenAccount, HoldGone, IdempotencyConflict, InsufficientFunds
from values import clock
from values.ids import reference_of, uuid7

LINES_MAXIMUM = 8
AMOUNT_MAXIMUM_MINOR = 10**15  # far under what a bigint sum can hold

# What the keys of entries that an intent asked for begin with.
INTENT_KEY = "intent:"

# Its steps are taken by the functions that post and void, in the database.
HOLD = Lifecycle(
    "hold",
    initial="pending",
    transitions=[["post", "pending", "posted"], ["void", "pending", "voided"]],
)

WALLET = "wallet"
FLOAT = "float"
SAVINGS = "savings"
COMMISSION = "commission"
FEES = "fees"
SETTLEMENT = "settlement"
GUARDED = frozenset({WALLET, FLOAT, SAVINGS, COMMISSION})


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry: a signed amount in minor units on an account."""

    account_id: uuid.UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Posted:
    """What `post` did. `balances` holds the new balance, in minor units, of each guarded account;
    it is empty when the key had been used for this very entry before."""

    entry_id: uuid.UUID
    reference: str
    was_new: bool
    balances: dict[uuid.UUID, int]


def account_id(owner_id: uuid.UUID, kind: str, currency: str) -> uuid.UUID:
    """The account of that kind of an owner: a subscriber, or a tenant for its collecting ones."""
    return uuid.uuid5(owner_id, f"{kind}:{currency}")


def savings_account_id(group_id: uuid.UUID, subscriber_id: uuid.UUID, currency: str) -> uuid.UUID:
    """A member's savings in one group. The group's pot is the sum of these: no hot row."""
    return uuid.uuid5(group_id, f"{SAVINGS}:{subscriber_id}:{currency}")


def open_account(
    tx: Tx,
    *,
    id: uuid.UUID,
    kind: str,
    currency: str,
    owner_id: uuid.UUID | None,
    frozen: bool = False,
) -> None:
    """Open an account; the same again is nothing."""
    tx.execute(
        "INSERT INTO account (tenant_id, id, kind, currency, owner_id, guarded, frozen)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (id, kind, currency, owner_id, kind in GUARDED, frozen),
    )


def post(
    tx: Tx | Autocommit,
    *,
    key: str,
    kind: str,
    lines: list[Line],
    currency: str,
    actor_id: uuid.UUID | None,
    detail: dict[str, Any] | None = None,
    hold_id: uuid.UUID | None = None,
    entry_id: uuid.UUID | None = None,
) -> Posted:
    """Post one entry, in one round trip; with `Database.autocommit` its COMMIT is in it too.

    The same `key` with the same inputs answers the first entry, so that it may be called again
    when an answer was lost; with other inputs it raises IdempotencyConflict. Raises
    InsufficientFunds (params: available_minor), Frozen, HoldGone; after any of them the
    transaction can only be rolled back. Raises Unavailable, and ClockOff on a host whose clock is
    far from the database's.
    """
    _require_right_clock()
    assert 2 <= len(lines) <= LINES_MAXIMUM, "an entry has two to eight lines"
    wanted = entry_id or uuid7()
    reference = reference_of(wanted)
    accounts, amounts = [], []
    for line in sorted(lines, key=_by_account):
        assert 0 < abs(line.amount_minor) <= AMOUNT_MAXIMUM_MINOR
        accounts.append(line.account_id)
        amounts.append(line.amount_minor)
    assert sum(amounts) == 0, "postings sum to zero"
    inputs = orjson.dumps([kind, accounts, amounts, currency, actor_id, hold_id])
    try:
        answer = tx.call(
            _POST,
            (
                wanted.bytes,
                kind.encode(),
                reference.encode(),
                key.encode(),
                hashlib.sha256(inputs).digest(),
                uuids(accounts),
                bigints(amounts),
                currency.encode(),
                None if actor_id is None else actor_id.bytes,
                orjson.dumps(detail or {}),
                None if hold_id is None else hold_id.bytes,
            ),
        )
    except psycopg.Error as refused:
        _refuse(refused, currency)
    return _posted(answer, wanted, reference, accounts)


def _require_right_clock() -> None:
    """Raises ClockOff on a host whose clock is far from the database's."""
    if clock.host_is_off():
        raise ClockOff(clock.describe_offset(clock.host_ahead_s()))


def _by_account(line: Line) -> int:
    return line.account_id.int  # in the order in which Postgres has them


# As one value: a function that answers rows costs the server more.
_POST = Prepared(
    b"post_entry_value",
    b"SELECT post_entry($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    (BINARY, BINARY, TEXT, TEXT, TEXT, BINARY, BINARY, BINARY, TEXT, BINARY, TEXT, BINARY),
)


def _posted(answer: Raw, wanted: uuid.UUID, reference: str, accounts: list[uuid.UUID]) -> Posted:
    """Read the function's three values: (id,t,"{1,2}"), or (id,f,)."""
    assert answer is not None
    posted_id, was_new, balances = answer[1:-1].split(b",", 2)
    if was_new == b"f":
        earlier = uuid.UUID(posted_id.decode())
        return Posted(earlier, reference_of(earlier), False, {})
    each = zip(accounts, balances.strip(b'"{}').split(b","), strict=True)
    balances_minor = {account: int(new) for account, new in each if new != b"NULL"}
    return Posted(wanted, reference, True, balances_minor)


def place_hold(
    tx: Tx,
    *,
    hold_id: uuid.UUID,
    account_id: uuid.UUID,
    amount_minor: int,
    currency: str,
    expires_at: datetime | None,
) -> None:
    """Set money aside on a guarded account until it is posted or voided.

    `expires_at` None is for outward payments, whose hold ends only when their outcome is known.
    Raises InsufficientFunds, Frozen, IdempotencyConflict, ClockOff.
    """
    _require_right_clock()
    try:
        tx.execute(
            "SELECT place_hold(%s, %s, %s, %s, %s)",
            (hold_id, account_id, amount_minor, currency, expires_at),
        )
    except psycopg.Error as refused:
        _refuse(refused, currency)


def void_hold(tx: Tx, hold_id: uuid.UUID) -> bool:
    """Give back what was set aside. Whether this call ended the hold."""
    row = tx.one("SELECT void_hold(%s)", (hold_id,))
    assert row is not None
    return bool(row[0])


def _refuse(refused: psycopg.Error, currency: str) -> NoReturn:
    match refused.sqlstate:
        case "PG001":
            available = int(refused.diag.message_detail or 0)
            raise InsufficientFunds(available_minor=available, currency=currency) from refused
        case "PG002":
            raise FrozenAccount from refused
        case "PG003":
            raise IdempotencyConflict("same key, other inputs") from refused
        case "PG004":
            raise HoldGone from refused
        case _:
            raise refused


@dataclass(frozen=True, slots=True)
class Balance:
    """A guarded account as it stands, in minor units."""

    account_id: uuid.UUID
    kind: str
    currency: str
    balance_minor: int
    held_minor: int

    @property
    def available_minor(self) -> int:
        return self.balance_minor - self.held_minor


def balance(tx: Tx, account_id: uuid.UUID) -> Balance | None:
    """One guarded account's balance, or None when there is no such account."""
    row = tx.one(
        "SELECT id, kind, currency, balance_minor, held_minor FROM account"
        " WHERE tenant_id = current_tenant() AND id = %s AND guarded",
        (account_id,),
    )
    return Balance(*row) if row else None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement of an account, newest first in a statement."""

    entry_id: uuid.UUID
    kind: str
    amount_minor: int
    currency: str
    detail: dict[str, Any]

    @property
    def reference(self) -> str:
        return reference_of(self.entry_id)

    @property
    def at_ms(self) -> int:
        return self.entry_id.int >> 80


def statement(
    tx: Tx, account_id: uuid.UUID, limit: int, *, after: uuid.UUID | None = None
) -> list[StatementLine]:
    """The latest movements of an account, newest first; from behind an entry on, where given."""
    values = {"account": account_id, "limit": limit, "after": after}
    query = _STATEMENT if after is None else _STATEMENT_AFTER
    return [_statement_line(row) for row in tx.all(query, values)]


# An account's movements come from the end of its index, each with its entry looked up, until there
# are enough. `OFFSET 0` keeps the entry a look-up: joined, it may lead the planner through all the
# entries of the tenant, which is what it costs to learn that somebody has none.
_MOVEMENTS = (
    "SELECT p.entry_id, e.kind, p.amount_minor, p.currency, e.detail FROM posting p"
    " CROSS JOIN LATERAL (SELECT kind, detail FROM entry"
    "  WHERE tenant_id = current_tenant() AND id = p.entry_id OFFSET 0) e"
    " WHERE p.tenant_id = current_tenant() AND p.account_id = {account} AND {only}"
    " ORDER BY p.entry_id DESC LIMIT %(limit)s"
)
_STATEMENT = _MOVEMENTS.format(account="%(account)s", only="true")
_STATEMENT_AFTER = _MOVEMENTS.format(account="%(account)s", only="p.entry_id < %(after)s")
_IS_RECEIPT = "e.kind <> 'opening'"
_RECEIPTS_OF_ONE = _MOVEMENTS.format(account="a.id", only=_IS_RECEIPT)
_RECEIPTS_OF_ONE_AFTER = _MOVEMENTS.format(
    account="a.id", only=f"{_IS_RECEIPT} AND p.entry_id < %(after)s"
)


def receipts(
    tx: Tx,
    owner_id: uuid.UUID,
    kinds: tuple[str, ...],
    limit: int,
    *,
    after: uuid.UUID | None = None,
) -> list[StatementLine]:
    """The latest movements over all accounts of those kinds that a person owns, newest first; from
    behind an entry on, where given."""
    values = {"owner": owner_id, "kinds": list(kinds), "limit": limit, "after": after}
    of_one = _RECEIPTS_OF_ONE if after is None else _RECEIPTS_OF_ONE_AFTER
    return [_statement_line(row) for row in tx.all(_RECEIPTS.format(of_one=of_one), values)]


_RECEIPTS = (
    "SELECT m.* FROM account a CROSS JOIN LATERAL ({of_one}) m"
    " WHERE a.tenant_id = current_tenant() AND a.owner_id = %(owner)s AND a.kind = ANY(%(kinds)s)"
    " ORDER BY m.entry_id DESC LIMIT %(limit)s"
)


def _statement_line(row: Row) -> StatementLine:
    return StatementLine(*row)
