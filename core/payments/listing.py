"""Payments as staff see them: lists, one payment's history, and what its providers take."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.db.database import Tx
from core.payments.lifecycle import PAYMENT
from core.payments.payments import COLLECTION, DISBURSEMENT, OPEN, REFUND, Payment
from core.payments.settling import REVIEW
from core.payments.wallets import PAYMENTS
from values import clock
from values.ids import floor_of, made_at, reference_of

LISTED: Final = 50
LOOKED_AT: Final = 2_000
COUNTED: Final = 1_000
HINTS_MAXIMUM: Final = 50
KINDS: Final = (COLLECTION, DISBURSEMENT, REFUND)
STATES: Final = PAYMENT.states
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which payments: an empty value is any. `older_than` is of when they were begun."""

    states: Sequence[str] = ()
    wallet_service_id: uuid.UUID | None = None
    kind: str = ""
    older_than: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ListedPayment:
    """A payment in a list. It names nobody."""

    id: uuid.UUID
    kind: str
    provider: str
    wallet: str
    operation: str
    amount_minor: int
    currency: str
    state: str
    reason: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A page of them. `older` is where the next page begins, if there may be one."""

    payments: list[ListedPayment]
    older: uuid.UUID | None


_COLUMNS = (
    "id, kind, provider, wallet, operation, amount_minor, currency, state, reason, created_at"
)
# A filter that fits nothing does not read all there ever was: a page looks at so many at most.
_PAGE = (
    "WITH near AS MATERIALIZED (SELECT wallet_service_id, {columns} FROM payment"
    " WHERE tenant_id = current_tenant() AND id < %(bound)s AND {inner}"
    " ORDER BY id DESC LIMIT {looked_at}),"
    " found AS (SELECT {columns} FROM near WHERE {outer} ORDER BY id DESC LIMIT {listed})"
    " SELECT s.*, f.* FROM (SELECT count(*) AS looked_at,"
    "  (SELECT id FROM near ORDER BY id LIMIT 1) AS last FROM near) s"
    " LEFT JOIN found f ON true ORDER BY f.id DESC"
)


def page(tx: Tx, sought: Sought, *, before: uuid.UUID | None = None) -> Found:
    """A page of payments, the newest first; `before` is where it begins."""
    values: dict[str, object] = {"bound": _bound(sought, before)}
    inner, outer = ["true"], ["true"]
    if sought.states:
        # Written out: so a plan may take the index of those that are open.
        states = ", ".join(f"'{state}'" for state in STATES if state in sought.states)
        has_index = {*sought.states} <= {*OPEN, REVIEW}
        (inner if has_index else outer).append(f"state IN ({states})")
    if sought.wallet_service_id is not None:
        outer.append("wallet_service_id = %(wallet)s")
        values["wallet"] = sought.wallet_service_id
    if sought.kind:
        outer.append("kind = %(kind)s")
        values["kind"] = sought.kind
    query = _PAGE.format(
        columns=_COLUMNS,
        inner=" AND ".join(inner),
        outer=" AND ".join(outer),
        looked_at=LOOKED_AT,
        listed=LISTED,
    )
    rows = tx.all(query, values)
    looked_at, last = rows[0][:2]
    found = [ListedPayment(*row[2:]) for row in rows if row[2] is not None]
    if len(found) == LISTED:
        return Found(found, found[-1].id)
    return Found(found, last if looked_at == LOOKED_AT else None)


def _bound(sought: Sought, before: uuid.UUID | None) -> uuid.UUID:
    """The id before which they are, which tells when they were begun."""
    age = sought.older_than or -DAY  # those of a clock that goes ahead, too
    begun_by = floor_of(int((clock.now() - age).timestamp() * 1_000))
    return min(begun_by, before) if before is not None else begun_by


# --- one payment's history ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a payment. `what` is a word: begun, sent, callback, asked, moved,
    booked, refunded, ended; `said` is what it said, and `txid` the provider's id in it."""

    at: datetime
    what: str
    said: str = ""
    txid: str = ""
    amount_minor: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """A line of an entry of the payment's money."""

    entry: str
    kind: str
    account: str
    amount_minor: int
    currency: str


def history(tx: Tx, payment: Payment) -> list[Event]:
    """What happened to a payment, the first first. Of when its status was asked for, the last is
    known."""
    row = tx.one(
        "SELECT asked_at, ended_at FROM payment WHERE tenant_id = current_tenant() AND id = %s",
        (payment.id,),
    )
    assert row is not None, "payments are never deleted"
    asked_at, ended_at = row
    found = [Event(made_at(payment.id), "begun", payment.operation)]
    if payment.submitted_at is not None:
        found.append(Event(payment.submitted_at, "sent", txid=payment.provider_id or ""))
    found += _callbacks(tx, payment)
    if asked_at is not None:
        found.append(Event(asked_at, "asked"))
    found += _moves(tx, payment)
    found += [
        Event(made_at(id), "refunded", state)
        for id, state in tx.all(
            "SELECT id, state FROM payment WHERE tenant_id = current_tenant()"
            " AND subscriber_id = %s AND refunds_id = %s ORDER BY id",
            (payment.subscriber_id, payment.id),
        )
    ]
    if ended_at is not None:
        found.append(Event(ended_at, "ended", payment.state))
    return sorted(found, key=lambda event: event.at)


def _callbacks(tx: Tx, payment: Payment) -> list[Event]:
    """Every callback about it that was kept, also what does not count."""
    if not payment.provider_id:
        return []
    rows = tx.all(
        "SELECT created_at, said, provider_txid, amount_minor, coalesce(currency, '')"
        " FROM payment_hint WHERE tenant_id = current_tenant() AND provider_id = %s"
        " AND wallet_service_id = %s AND (reference IS NULL OR reference = %s)"
        f" ORDER BY id LIMIT {HINTS_MAXIMUM}",
        (payment.provider_id, payment.wallet_service_id, payment.reference),
    )
    return [Event(at, "callback", *rest) for at, *rest in rows]


def _moves(tx: Tx, payment: Payment) -> list[Event]:
    row = tx.one(
        "SELECT happened_at, state, provider_txid, amount_minor, currency, created_at"
        " FROM provider_movement WHERE tenant_id = current_tenant() AND id = %s",
        (payment.movement_id,),
    )
    if row is None:
        return []
    happened_at, state, txid, amount_minor, currency, created_at = row
    return [
        Event(happened_at, "moved", "", txid, amount_minor, currency),
        Event(created_at, "booked", state),
    ]


def entry_lines(tx: Tx, payment: Payment) -> list[Booked]:
    """The lines of the entries that booked its money, and gave it to its owner."""
    rows = tx.all(
        "SELECT e.id, e.kind, a.kind, p.amount_minor, p.currency FROM provider_movement m"
        " CROSS JOIN LATERAL unnest(ARRAY[m.entry_id, m.allocation_id]) WITH ORDINALITY"
        "  AS of(id, place)"
        " JOIN entry e ON e.tenant_id = m.tenant_id AND e.id = of.id"
        " JOIN posting p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id"
        " JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        " WHERE m.tenant_id = current_tenant() AND m.id = %s ORDER BY of.place, p.ordinal",
        (payment.movement_id,),
    )
    return [Booked(reference_of(id), *rest) for id, *rest in rows]


# --- providers ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WalletState:
    """A wallet at its provider. `away` says until when no payments of a kind are begun; the counts
    are of the tenant's newest payments (`COUNTED`)."""

    service_id: uuid.UUID
    provider: str
    code: str
    away: dict[str, datetime]
    paid: int
    not_paid: int
    waiting: int


def wallet_states(tx: Tx) -> list[WalletState]:
    """The tenant's wallets, and what their providers take at the moment."""
    away: dict[uuid.UUID, dict[str, datetime]] = {}
    for id, kind, until in tx.all(
        "SELECT wallet_service_id, kind, until FROM wallet_outage"
        " WHERE tenant_id = current_tenant() AND until > now()"
    ):
        away.setdefault(id, {})[kind] = until
    rows = tx.all(
        "SELECT s.id, s.provider, s.code, coalesce(c.paid, 0), coalesce(c.not_paid, 0),"
        " coalesce(c.waiting, 0) FROM service s LEFT JOIN (SELECT wallet_service_id,"
        "  count(*) FILTER (WHERE state IN ('paid', 'reversed', 'refunded')) AS paid,"
        "  count(*) FILTER (WHERE state IN ('failed', 'expired')) AS not_paid,"
        "  count(*) FILTER (WHERE state NOT IN ('paid', 'reversed', 'refunded', 'failed',"
        "   'expired')) AS waiting"
        "  FROM (SELECT wallet_service_id, state FROM payment WHERE tenant_id = current_tenant()"
        f"  ORDER BY id DESC LIMIT {COUNTED}) newest GROUP BY 1) c"
        " ON c.wallet_service_id = s.id"
        " WHERE s.tenant_id = current_tenant() AND s.channel = %s ORDER BY s.provider, s.code",
        (PAYMENTS,),
    )
    return [
        WalletState(id, provider, code, away.get(id, {}), *counts)
        for id, provider, code, *counts in rows
    ]
