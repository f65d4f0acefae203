"""A customer says that they got less than they paid for: the station answers within 48 hours, or it
goes up to the company.

A complaint is about a sale to the customer's phone, once. The dealer gives back what was short,
from their own wallet, or says that the measure was right; the customer is texted either. Who shows
it with the ten-litre measure, the dealer and the customer settle at the pump.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.alarms import alarms
from core.db.connection import Row
from core.db.database import Database, Tx
from core.fuel import sales, stations
from core.fuel.errors import AlreadyComplained, ComplaintOver, NotADealer, NothingBought, NotShort
from core.fuel.lifecycle import COMPLAINT
from core.fuel.messages import FuelComplained, FuelGivenBack, FuelMeasureRight
from core.fuel.sale_payment import open_account
from core.messaging.notices import write_notice
from core.money import ledger, spending
from core.money.ledger import Line
from core.security.keyring import Keyring
from values import clock
from values.ids import reference_of, uuid7
from values.money import Money

ENTRY: Final = "fuel_given_back"
UNANSWERED: Final = "fuel_complaint_unanswered"
ANSWER_HOURS: Final = 48
ABOUT_DAYS: Final = 14
SALES_MAXIMUM: Final = 5
GIVEN_BACK, RIGHT = "given_back", "right"


@dataclass(frozen=True, slots=True)
class Purchase:
    """A sale that a customer may complain about; its day as 31/12."""

    sale_id: uuid.UUID
    day: str
    station: str
    product: str
    unit: str
    volume_cl: int

    @property
    def volume(self) -> str:
        return sales.in_words(self.volume_cl, self.unit)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint that waits for its answer. `short` is what the missing litres cost, of what the
    customer paid beside points."""

    short: Money
    id: uuid.UUID
    station_id: uuid.UUID
    customer_id: uuid.UUID
    station: str
    product: str
    unit: str
    volume_cl: int
    got_cl: int
    state: str

    @property
    def volume(self) -> str:
        return sales.in_words(self.volume_cl, self.unit)

    @property
    def got(self) -> str:
        return sales.in_words(self.got_cl, self.unit)

    @property
    def reference(self) -> str:
        return reference_of(self.id)


_BOUGHT: Final = (
    "SELECT f.id, to_char(f.ended_at AT TIME ZONE %s, 'DD/MM'), s.name, p.name, p.unit, f.volume_cl"
    " FROM fuel_sale f"
    " JOIN fuel_station s ON s.tenant_id = f.tenant_id AND s.id = f.station_id"
    " JOIN fuel_product p ON p.tenant_id = f.tenant_id AND p.key = f.product"
    " WHERE f.tenant_id = current_tenant() AND f.customer_id = %s AND f.state = 'paid'"
    f" AND f.ended_at > now() - interval '{ABOUT_DAYS} days' AND NOT EXISTS (SELECT 1"
    "  FROM fuel_complaint c WHERE c.tenant_id = f.tenant_id AND c.sale_id = f.id)"
    " ORDER BY f.ended_at DESC, f.id LIMIT %s"
)


def bought_lately(tx: Tx, customer_id: uuid.UUID, zone: str) -> list[Purchase]:
    """What a customer may complain about, the newest first; days are those of the zone. Raises
    NothingBought."""
    rows = tx.all(_BOUGHT, (zone, customer_id, SALES_MAXIMUM))
    if not rows:
        raise NothingBought
    return [Purchase(*row) for row in rows]


def require_short(purchase: Purchase, got_cl: int) -> None:
    """Raises NotShort."""
    if got_cl >= purchase.volume_cl:
        raise NotShort(volume=purchase.volume)


def file(tx: Tx, keys: Keyring, *, sale_id: uuid.UUID, customer_id: uuid.UUID, got_cl: int) -> str:
    """Write a complaint down, once for a sale, and text the dealer. At a station of the company's
    own it goes up at once. Answers its reference. Raises AlreadyComplained."""
    complaint_id = uuid7()
    due_at = clock.now() + timedelta(hours=ANSWER_HOURS)
    written = tx.one(
        "INSERT INTO fuel_complaint (tenant_id, id, sale_id, station_id, customer_id, got_cl,"
        " due_at) SELECT f.tenant_id, %s, f.id, f.station_id, f.customer_id, %s, %s"
        " FROM fuel_sale f WHERE f.tenant_id = current_tenant() AND f.id = %s"
        " AND f.customer_id = %s AND f.state = 'paid' AND f.volume_cl > %s"
        " ON CONFLICT (tenant_id, sale_id) DO NOTHING RETURNING station_id",
        (complaint_id, got_cl, due_at, sale_id, customer_id, got_cl),
    )
    if written is None:
        raise AlreadyComplained
    station = stations.get_station(tx, written[0])
    if station.dealer_id is None:
        _go_up(tx, complaint_id)
        return reference_of(complaint_id)
    complaint = _of(tx.one(f"{_COMPLAINT} AND c.id = %s", (complaint_id,)))
    told = FuelComplained(
        station=station.name,
        customer=sales.name_of(tx, keys, customer_id),
        volume=complaint.volume,
        product=complaint.product,
        got=complaint.got,
        hours=ANSWER_HOURS,
        reference=complaint.reference,
    )
    write_notice(tx, station.dealer_id, told)
    return complaint.reference


# What was paid for the litres that are missing, rounded half up.
_SHORT_MINOR: Final = (
    "((f.amount_minor - f.discount_minor) * (f.volume_cl - c.got_cl) * 2 + f.volume_cl)"
    " / (2 * f.volume_cl)"
)
_COMPLAINT: Final = (
    f"SELECT {_SHORT_MINOR}, f.currency, c.id, c.station_id, c.customer_id, s.name, p.name, p.unit,"
    " f.volume_cl, c.got_cl, c.state FROM fuel_complaint c"
    " JOIN fuel_sale f ON f.tenant_id = c.tenant_id AND f.id = c.sale_id"
    " JOIN fuel_station s ON s.tenant_id = c.tenant_id AND s.id = c.station_id"
    " JOIN fuel_product p ON p.tenant_id = f.tenant_id AND p.key = f.product"
    " WHERE c.tenant_id = current_tenant()"
)


def _of(row: Row | None) -> Complaint:
    assert row is not None, "complaints are never deleted"
    short_minor, currency, *rest = row
    return Complaint(Money(int(short_minor), currency), *rest)


def waiting_for(tx: Tx, dealer_id: uuid.UUID) -> Complaint | None:
    """The oldest complaint about a station of a dealer's that has no answer. Raises NotADealer."""
    stations.of_dealer(tx, dealer_id)
    row = tx.one(
        f"{_COMPLAINT} AND s.dealer_id = %s AND c.state <> 'answered' ORDER BY c.id LIMIT 1",
        (dealer_id,),
    )
    return _of(row) if row else None


def all_open(tx: Tx) -> list[tuple[Complaint, datetime]]:
    """Those without an answer, with the time by which one is due, the oldest first."""
    rows = tx.all(
        f"{_COMPLAINT.replace('SELECT ', 'SELECT c.due_at, ', 1)} AND c.state <> 'answered'"
        " ORDER BY c.id LIMIT 1000"
    )
    return [(_of(row[1:]), row[0]) for row in rows]


_ANSWERED: Final = COMPLAINT.advance(
    "answer",
    sets="answer = %s, entry_id = %s, answered_at = now()",
    where="id = %s",
    returning="1",
)


def _mine(tx: Tx, complaint_id: uuid.UUID, dealer_id: uuid.UUID) -> Complaint:
    row = tx.one(
        f"{_COMPLAINT} AND c.id = %s AND s.dealer_id = %s FOR UPDATE OF c",
        (complaint_id, dealer_id),
    )
    if row is None:
        raise NotADealer
    return _of(row)


def give_back(tx: Tx, *, complaint_id: uuid.UUID, dealer_id: uuid.UUID) -> Money:
    """The dealer gives back what was short, from their wallet, once; the customer is texted.
    Answers how much. Raises ComplaintOver, NotADealer; InsufficientFunds, Frozen,
    SpendingLimited."""
    complaint = _mine(tx, complaint_id, dealer_id)
    entry_id = uuid7()
    if tx.one(_ANSWERED, (GIVEN_BACK, entry_id, complaint_id)) is None:
        raise ComplaintOver
    short_minor, currency = complaint.short.amount_minor, complaint.short.currency
    spending.count(tx, dealer_id, complaint.short)
    posted = ledger.post(
        tx,
        key=f"fuel_complaint:{complaint_id}",
        kind=ENTRY,
        lines=[
            Line(open_account(tx, dealer_id, ledger.WALLET, currency), -short_minor),
            Line(open_account(tx, complaint.customer_id, ledger.WALLET, currency), short_minor),
        ],
        currency=currency,
        actor_id=dealer_id,
        detail={"name": complaint.station, "complaint": str(complaint_id), "fee_minor": 0},
        entry_id=entry_id,
    )
    told = FuelGivenBack(
        station=complaint.station, amount=complaint.short, reference=posted.reference
    )
    write_notice(tx, complaint.customer_id, told, entry_id=entry_id)
    return complaint.short


def call_it_right(tx: Tx, *, complaint_id: uuid.UUID, dealer_id: uuid.UUID) -> None:
    """The dealer says that the measure was right; the customer is texted whom to call. Raises
    ComplaintOver, NotADealer."""
    complaint = _mine(tx, complaint_id, dealer_id)
    if tx.one(_ANSWERED, (RIGHT, None, complaint_id)) is None:
        raise ComplaintOver
    told = FuelMeasureRight(
        station=complaint.station, volume=complaint.volume, reference=complaint.reference
    )
    write_notice(tx, complaint.customer_id, told)


_LATE: Final = COMPLAINT.advance("go_up", sets="went_up_at = now()", where="id = %s", returning="1")
_DUE: Final = (
    "SELECT tenant_id, id FROM fuel_complaint WHERE state = 'open' AND due_at < now()"
    " ORDER BY due_at LIMIT 500"
)


def go_up_due(app: Database, relay: Database) -> int:
    """Raise an alarm of each complaint that no dealer has answered in time. Answers how many.
    `relay` looks across tenants, `app` acts within one."""
    with relay.transaction(None) as tx:
        due: list[tuple[uuid.UUID, uuid.UUID]] = tx.all(_DUE)
    count = 0
    for tenant_id, complaint_id in due:
        with app.transaction(tenant_id) as tx:
            count += _go_up(tx, complaint_id)
    return count


def _go_up(tx: Tx, complaint_id: uuid.UUID) -> int:
    if tx.one(_LATE, (complaint_id,)) is None:
        return 0
    complaint = _of(tx.one(f"{_COMPLAINT} AND c.id = %s", (complaint_id,)))
    alarms.record(
        tx,
        kind=UNANSWERED,
        subject=complaint.reference,
        sentence=(
            f"A complaint about {complaint.station} waits for the company:"
            f" {complaint.volume} paid, {complaint.got} got."
        ),
        count=1,
    )
    return 1
