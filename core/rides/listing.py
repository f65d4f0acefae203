"""What the bank, the tax authority and the transport authority are given of rides: lists that are
taken away as files, whose columns docs/howto/report-rides.md explains. They name nobody: people are
ids, drivers their plates and licences."""

from collections.abc import Sequence
from typing import Final

from core.db.connection import Row
from core.db.database import Tx
from core.documents.table import Column, Value
from core.lists.listing import Filter, Listing, Wanted
from core.rides.fares import Tariff
from core.security.keyring import Keyring
from values.ids import reference_of
from values.money import Money

PERMISSION: Final = "rides.files"
API_SCOPE: Final = "rides:read"
_TO: Final = (
    " JOIN place p ON p.tenant_id = r.tenant_id AND p.id = r.pickup_id"
    " JOIN place t ON t.tenant_id = r.tenant_id AND t.id = r.destination_id"
)


def _trips(_tx: Tx, _keys: Keyring, _wanted: Wanted, found: Sequence[Row]) -> list[list[Value]]:
    return [
        [*times, reference_of(id), *driver, *way, Money(minor, currency), *rest]
        for id, *times, plate, licence, pickup, destination, metres, minor, currency, state in found
        for driver, way, rest in [((plate, licence), (pickup, destination, metres), (state,))]
    ]


TRIPS: Final = Listing(
    name="ride_trips",
    title="Rides: trips, for the transport authority",
    permission=PERMISSION,
    api_scope=API_SCOPE,
    columns=(
        Column("requested_at", "Requested", "moment", width=1.2),
        Column("started_at", "Started", "moment", width=1.2),
        Column("ended_at", "Ended", "moment", width=1.2),
        Column("ride", "Ride"),
        Column("plate", "Plate"),
        Column("licence", "Licence", width=1.2),
        Column("pickup", "From", width=1.3),
        Column("destination", "To", width=1.3),
        Column("distance_m", "Metres", "number", width=0.8),
        Column("fare", "Fare", "amount", width=1.1),
        Column("state", "State"),
    ),
    key="r.id",
    query=(
        "SELECT r.id, r.requested_at, r.started_at, r.ended_at, d.plate, d.licence,"
        " p.path[cardinality(p.path)], t.path[cardinality(t.path)], r.distance_m,"
        " r.fare_minor + r.waiting_minor, r.currency, r.state"
        f" FROM ride r{_TO} LEFT JOIN driver d ON d.tenant_id = r.tenant_id"
        "  AND d.subscriber_id = r.driver_id"
        " WHERE r.tenant_id = current_tenant() AND r.ended_at IS NOT NULL"
    ),
    dated="r.id",
    rows=_trips,
    filters=(Filter("state", "r.state", ("completed", "cancelled", "expired", "no_show")),),
)


def _licences(_tx: Tx, _keys: Keyring, _wanted: Wanted, found: Sequence[Row]) -> list[list[Value]]:
    return [list(said) for _, *said in found]


LICENCES: Final = Listing(
    name="ride_licences",
    title="Rides: drivers' licences, for the transport authority",
    permission=PERMISSION,
    api_scope=API_SCOPE,
    columns=(
        Column("plate", "Plate"),
        Column("licence", "Licence", width=1.3),
        Column("licence_until", "Licence until", "day"),
        Column("insurance_until", "Insurance until", "day"),
        Column("in_force", "Both in force"),
        Column("trips_30_days", "Trips in 30 days", "number"),
    ),
    key="d.subscriber_id",
    query=(
        "SELECT d.subscriber_id, d.plate, d.licence, d.licence_until, d.insurance_until,"
        " CASE WHEN least(d.licence_until, d.insurance_until)"
        "  >= (now() AT TIME ZONE n.time_zone)::date THEN 'yes' ELSE 'no' END,"
        " (SELECT count(*) FROM ride r WHERE r.tenant_id = d.tenant_id"
        "  AND r.driver_id = d.subscriber_id AND r.state = 'completed'"
        "  AND r.ended_at > now() - interval '30 days')"
        " FROM driver d JOIN tenant n ON n.id = d.tenant_id"
        " JOIN subscriber s ON s.tenant_id = d.tenant_id AND s.id = d.subscriber_id"
        " WHERE d.tenant_id = current_tenant()"
    ),
    dated="s.created_at",
    dated_by_id=False,
    rows=_licences,
)


def _taxes(_tx: Tx, _keys: Keyring, _wanted: Wanted, found: Sequence[Row]) -> list[list[Value]]:
    return [_taxed(*row) for row in found]


def _taxed(*row: object) -> list[Value]:
    id, ended_at, plate, metres, minor, currency, is_in_cash, terms = row
    tariff = Tariff.from_data(terms)  # type: ignore[arg-type]
    fare_minor = int(minor)  # type: ignore[call-overload]
    vat_minor = tariff.vat_minor(fare_minor)
    commission_minor = 0 if is_in_cash else tariff.commission_minor(fare_minor)
    money = [Money(one, str(currency)) for one in (fare_minor, vat_minor, commission_minor)]
    fare, vat, commission = money
    net = Money(fare_minor - vat_minor, str(currency))
    paid_by = "cash" if is_in_cash else "wallet"
    return [
        *(ended_at, reference_of(id), plate, metres, paid_by),  # type: ignore[list-item, arg-type]
        *(fare, net, tariff.vat_percent, vat, commission),
    ]


TAXES: Final = Listing(
    name="ride_taxes",
    title="Rides: VAT of each trip, for the tax authority",
    permission=PERMISSION,
    api_scope=API_SCOPE,
    columns=(
        Column("ended_at", "Ended", "moment", width=1.2),
        Column("ride", "Ride"),
        Column("plate", "Plate"),
        Column("distance_m", "Metres", "number", width=0.8),
        Column("paid_by", "Paid by", width=0.8),
        Column("fare", "Fare", "amount", width=1.1),
        Column("net", "Without VAT", "amount", width=1.1),
        Column("vat_percent", "VAT %", "number", width=0.7),
        Column("vat", "VAT", "amount", width=1.1),
        Column("commission", "Commission", "amount", width=1.1),
    ),
    key="r.id",
    query=(
        "SELECT r.id, r.ended_at, d.plate, r.distance_m, r.fare_minor + r.waiting_minor,"
        " r.currency, r.hold_id IS NULL, f.terms FROM ride r"
        " JOIN driver d ON d.tenant_id = r.tenant_id AND d.subscriber_id = r.driver_id"
        " JOIN ride_tariff f ON f.tenant_id = r.tenant_id AND f.id = r.tariff_id"
        " WHERE r.tenant_id = current_tenant() AND r.state = 'completed'"
    ),
    dated="r.ended_at",
    dated_by_id=False,
    rows=_taxes,
)


def _payments(_tx: Tx, _keys: Keyring, _wanted: Wanted, found: Sequence[Row]) -> list[list[Value]]:
    return [
        [at, reference_of(entry_id), reference_of(id), kind, str(payer), str(payee), sums, cut]
        for id, at, entry_id, kind, payer, payee, minor, cut_minor, currency in found
        for sums, cut in [(Money(minor, currency), Money(cut_minor, currency))]
    ]


PAYMENTS: Final = Listing(
    name="ride_payments",
    title="Rides: payments, for the bank",
    permission=PERMISSION,
    api_scope=API_SCOPE,
    columns=(
        Column("at", "When", "moment", width=1.2),
        Column("entry", "Entry"),
        Column("ride", "Ride"),
        Column("kind", "Kind"),
        Column("payer", "Payer", width=2),
        Column("payee", "Payee", width=2),
        Column("amount", "Amount", "amount", width=1.1),
        Column("commission", "Commission", "amount", width=1.1),
    ),
    key="r.id",
    # Of an entry the payer's line is the one that is negative, the payee's the driver's.
    query=(
        "SELECT r.id, r.ended_at, r.entry_id, e.kind, r.customer_id, r.driver_id,"
        " (SELECT -sum(p.amount_minor) FROM posting p WHERE p.tenant_id = e.tenant_id"
        "  AND p.entry_id = e.id AND p.amount_minor < 0)::bigint,"
        " (SELECT coalesce(sum(p.amount_minor), 0) FROM posting p JOIN account a"
        "  ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        "  AND a.owner_id IS DISTINCT FROM r.driver_id WHERE p.tenant_id = e.tenant_id"
        "  AND p.entry_id = e.id AND p.amount_minor > 0)::bigint, r.currency FROM ride r"
        " JOIN entry e ON e.tenant_id = r.tenant_id AND e.id = r.entry_id"
        " WHERE r.tenant_id = current_tenant() AND r.ended_at IS NOT NULL"
    ),
    dated="r.ended_at",
    dated_by_id=False,
    rows=_payments,
)

LISTINGS: Final = (TRIPS, LICENCES, TAXES, PAYMENTS)
