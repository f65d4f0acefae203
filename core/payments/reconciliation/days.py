"""The days of a wallet: what our books and the network's texts say of one, and closing it.

    closed ──► reopened      by two officers; closed again it is another row

A day is closed once. What is kept are the sheet's figures, its digest, and a signature over both
with the installation's key: a sheet that was changed afterwards is found out.
"""

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

import orjson

from core.approvals.kinds import Done, Kind, Request, Shown
from core.approvals.requests import Officer
from core.audit.trail import record
from core.db.connection import Row
from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.payments.reconciliation.runs import Movement
from core.payments.text_errors import AlreadyClosed, DoesNotAddUp, NotClosed, NotOver
from core.payments.wallets import PAYMENTS
from core.security.keyring import Keyring
from values import clock
from values.ids import uuid7

RECONCILIATION: Final = Lifecycle(
    "reconciliation", initial="closed", transitions=[["reopen", "closed", "reopened"]]
)
LIFE_S: Final = 7 * 24 * 60 * 60
PAGE_ROWS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a wallet, in the tenant's zone."""

    wallet: str
    currency: str
    day: date
    zone: ZoneInfo

    @property
    def begins(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, tzinfo=self.zone)

    @property
    def ends(self) -> datetime:
        next_day = self.day + timedelta(days=1)
        return datetime(next_day.year, next_day.month, next_day.day, tzinfo=self.zone)


def of_tenant(tx: Tx, wallet: str, day: date) -> Day:
    """A day of a wallet of the tenant's, in its currency and zone."""
    row = tx.one("SELECT currency, time_zone FROM tenant WHERE id = current_tenant()")
    assert row is not None
    return Day(wallet, str(row[0]), day, ZoneInfo(str(row[1])))


def ours(tx: Tx, day: Day, *, days_beside: int = 1) -> Iterator[Movement]:
    """What our books say moved on the wallet on that day and those beside it, page by page."""
    for row in _pages(
        tx,
        "SELECT happened_at, id, provider_txid, amount_minor, currency,"
        " coalesce((SELECT p.reference::text FROM payment p WHERE p.tenant_id = m.tenant_id"
        "  AND p.id = m.payment_id), '') FROM provider_movement m"
        " WHERE tenant_id = current_tenant() AND wallet = %(wallet)s AND currency = %(currency)s"
        " AND happened_at >= %(begins)s AND happened_at < %(ends)s"
        " AND (happened_at, id) > (%(at)s, %(id)s)",
        day,
        timedelta(days=days_beside),
    ):
        at, _, txid, amount_minor, currency, reference = row
        # A text without an id of the provider's has one of ours, which no statement has.
        txid = "" if txid.startswith("text:") else txid
        yield _movement(day, at, (txid, amount_minor, currency), reference)


def texts(tx: Tx, day: Day) -> Iterator[Movement]:
    """What the network's texts said arrived on that day, on the wallet's devices."""
    for row in _pages(
        tx,
        "SELECT t.happened_at, t.id, t.txid, t.amount_minor, d.currency FROM payment_text t"
        " JOIN text_device d ON d.tenant_id = t.tenant_id AND d.id = t.device_id"
        " WHERE t.tenant_id = current_tenant() AND d.wallet = %(wallet)s"
        " AND d.currency = %(currency)s AND t.happened_at >= %(begins)s"
        " AND t.happened_at < %(ends)s AND (t.happened_at, t.id) > (%(at)s, %(id)s)"
        " AND t.accept AND t.direction = 'in' AND t.amount_minor > 0 AND t.txid IS NOT NULL"
        " AND NOT t.flags && '{copy,spoof,other_network}'",
        day,
        timedelta(0),
    ):
        at, _, *rest = row
        yield _movement(day, at, rest, "")


def has_texts(tx: Tx, wallet: str) -> bool:
    """Whether devices forward the network's texts of a wallet."""
    row = tx.one(
        "SELECT 1 FROM text_device WHERE tenant_id = current_tenant() AND wallet = %s LIMIT 1",
        (wallet,),
    )
    return row is not None


def _pages(tx: Tx, query: str, day: Day, beside: timedelta) -> Iterator[Row]:
    """The rows of a query whose first columns are a time and an id, in their order."""
    at, id = day.begins - beside, uuid.UUID(int=0)
    ordered = f"SELECT * FROM ({query}) r ORDER BY 1, 2 LIMIT {PAGE_ROWS}"
    while True:
        rows = tx.all(
            ordered,
            {
                **{"wallet": day.wallet, "currency": day.currency, "at": at, "id": id},
                **{"begins": day.begins - beside, "ends": day.ends + beside},
            },
        )
        yield from rows
        if len(rows) < PAGE_ROWS:
            return
        at, id = rows[-1][:2]


def _movement(day: Day, at: datetime, said: Any, reference: str) -> Movement:
    txid, amount_minor, currency = said
    its_day = at.astimezone(day.zone).date().isoformat()
    at_s = int(at.timestamp())
    return Movement(txid, amount_minor, currency, at_s, its_day, reference=reference)


# --- closing --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Closed:
    """A day that is closed."""

    id: uuid.UUID
    day: date
    figures: Mapping[str, Any]
    sheet_digest: bytes
    signature: bytes
    closed_by: str
    sheet: str | None = field(repr=False)
    created_at: datetime


def close(
    tx: Tx,
    keys: Keyring,
    day: Day,
    figures: Mapping[str, Any],
    digest: bytes,
    *,
    by: Officer,
    sheet: str | None = None,
) -> uuid.UUID:
    """Close a day with the figures and the SHA-256 of its sheet; `sheet` is its text, where it is
    kept. Raises AlreadyClosed, and DoesNotAddUp."""
    if not figures["adds_up"]:
        raise DoesNotAddUp
    id = uuid7()
    said = orjson.dumps(figures, option=orjson.OPT_SORT_KEYS)
    row = tx.one(
        "INSERT INTO reconciliation (tenant_id, id, wallet, currency, day, figures, sheet_digest,"
        " signature, closed_by, sheet) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s,"
        " %s) ON CONFLICT DO NOTHING RETURNING id",
        (
            *(id, day.wallet, day.currency, day.day, said.decode(), digest),
            *(_signature(keys, id, said, digest), by.name, sheet),
        ),
    )
    if row is None:
        raise AlreadyClosed
    record(tx, by.actor, "close day", id, {"wallet": day.wallet, "day": day.day.isoformat()})
    return id


_CLOSED = (
    "SELECT id, day, figures, sheet_digest, signature, closed_by, sheet, created_at"
    " FROM reconciliation"
)


def find(tx: Tx, day: Day) -> Closed:
    """The closed day. Raises NotClosed."""
    row = tx.one(
        f"{_CLOSED} WHERE tenant_id = current_tenant() AND wallet = %s AND currency = %s"
        " AND day = %s AND state = 'closed'",
        (day.wallet, day.currency, day.day),
    )
    if row is None:
        raise NotClosed
    return Closed(*row)


def closed_between(tx: Tx, first: Day, last: Day) -> dict[date, Closed]:
    """The closed days of a wallet from one until another, which is among them."""
    rows = tx.all(
        f"{_CLOSED} WHERE tenant_id = current_tenant() AND wallet = %s AND currency = %s"
        " AND day BETWEEN %s AND %s AND state = 'closed'",
        (first.wallet, first.currency, first.day, last.day),
    )
    return {closed.day: closed for closed in (Closed(*row) for row in rows)}


def wallets(tx: Tx) -> list[str]:
    """The codes of the tenant's wallets: those at providers, and those that devices tell of."""
    rows = tx.all(
        "SELECT code FROM service WHERE tenant_id = current_tenant() AND channel = %s"
        " UNION SELECT wallet FROM text_device WHERE tenant_id = current_tenant() ORDER BY 1",
        (PAYMENTS,),
    )
    return [str(code) for (code,) in rows]


def require_over(day: Day) -> None:
    """Raises NotOver where the day still goes on."""
    if day.ends > clock.now():
        raise NotOver


def is_signed(keys: Keyring, closed: Closed) -> bool:
    """Whether figures, digest and the kept sheet are those that were closed."""
    said = orjson.dumps(closed.figures, option=orjson.OPT_SORT_KEYS)
    kept = closed.sheet.encode() if closed.sheet is not None else None
    if kept is not None and hashlib.sha256(kept).digest() != bytes(closed.sheet_digest):
        return False
    return bytes(closed.signature) == _signature(keys, closed.id, said, bytes(closed.sheet_digest))


def _signature(keys: Keyring, id: uuid.UUID, said: bytes, digest: bytes) -> bytes:
    whole = hashlib.sha256(id.bytes + digest + said).hexdigest()
    return keys.lookup("reconciliation", whole)


class Reopen(Kind):
    """A closed day is opened again, to be compared and closed once more. The subject is its row."""

    name: ClassVar[str] = "reconciliation_reopening"
    life_s: ClassVar[int] = LIFE_S

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        """Raises NotClosed."""
        self._day(tx, request)

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        wallet, day, closed_by = self._day(tx, request)
        what = f"open {day} of {wallet} again, closed by {closed_by}"
        return Shown(what, {"state": "closed"}, {"state": "reopened"})

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        step = RECONCILIATION.advance("reopen", where="id = %s", returning="id")
        if tx.one(step, (request.subject_id,)) is None:
            raise NotClosed
        return Done()

    def _day(self, tx: Tx, request: Request) -> Row:
        row = tx.one(
            "SELECT wallet, day, closed_by FROM reconciliation WHERE tenant_id = current_tenant()"
            " AND id = %s AND state = 'closed'",
            (request.subject_id,),
        )
        if row is None:
            raise NotClosed
        return row


REOPEN: Final = Reopen()
