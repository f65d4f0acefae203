"""Prices of a window are published by two officers: one asks for them with the regulator's sheet,
another approves. They hold from 00:00 of the window's first day, at every station at once; where
the window has begun, from the approval on. Every dealer is texted."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import ClassVar, Final

from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.fuel import prices, stations, tariffs
from core.fuel.build_up import (
    BuildUp,
    Company,
    Proposed,
    below_floor,
    deadline,
    jumps,
)
from core.fuel.errors import BadPrices, NoFuelPrice
from core.fuel.messages import FuelPricesPublished
from core.fuel.price_window import Window
from core.fuel.prices import Publication
from core.fuel.tariffs import Tariff
from core.messaging.notices import write_notice
from core.security.keyring import Keyring
from core.tenants import business
from core.tenants.business import Business
from values import clock
from values.currencies import minor_digits
from values.ids import uuid7


def company(
    tx: Tx,
    window: Window,
    ex_refinery: Mapping[str, Decimal],
    ex_refinery_floors: Mapping[str, Decimal],
) -> Company:
    """What the tenant adds to a sheet of that window. Raises BadPrices."""
    ours = business.of_transaction(tx)
    sold: dict[str, str] = dict(
        tx.all(
            "SELECT f.key, f.unit FROM fuel_product f WHERE f.tenant_id = current_tenant()"
            " AND EXISTS (SELECT 1 FROM fuel_tank t WHERE t.tenant_id = f.tenant_id"
            "  AND t.product = f.key) ORDER BY f.position"
        )
    )
    if not sold:
        raise BadPrices("No tank of a station is known: nothing is sold.")
    tariff = _tariff(tx, _begins(window, ours))
    return Company(ours.currency, sold, ex_refinery, ex_refinery_floors, tariff)


def _begins(window: Window, ours: Business) -> datetime:
    """When the prices of a window would hold from, were they published now."""
    first = datetime.combine(window.first, time(), ours.zone)
    return max(first, clock.now(ours.zone))


def _tariff(tx: Tx, at: datetime) -> Tariff:
    try:
        return tariffs.in_force(tx, at)[1]
    except NoFuelPrice:
        raise BadPrices("No table of margins holds on that day.") from None


_SOLD: Final = (
    "SELECT s.number, array_agg(DISTINCT t.product) FROM fuel_station s JOIN fuel_tank t"
    " ON t.tenant_id = s.tenant_id AND t.station_id = s.id WHERE s.tenant_id = current_tenant()"
    " GROUP BY s.number ORDER BY s.number"
)
# So many pumps below the floor are named; the first says enough.
_NAMED_MAXIMUM: Final = 5


def _require_possible(tx: Tx, wanted: Proposed) -> tuple[Business, datetime, Tariff]:
    """Raises BadPrices: the window is over, has its prices, or a pump would be below the floor."""
    ours = business.of_transaction(tx)
    if wanted.window.last < clock.now(ours.zone).date():
        raise BadPrices(f"The window to {wanted.window.last} is over.")
    begins = _begins(wanted.window, ours)
    newer = tx.one(
        "SELECT valid_from FROM fuel_publication WHERE tenant_id = current_tenant()"
        " AND window_first >= %s",
        (wanted.window.first,),
    )
    if newer is not None:
        raise BadPrices(f"Prices from {newer[0]:%Y-%m-%d} on are published already.")
    tariff = _tariff(tx, begins)
    sold: dict[int, list[str]] = dict(tx.all(_SOLD))
    wrong = [*below_floor(wanted.products, sold, tariff, minor_digits(ours.currency))]
    if wrong:
        raise BadPrices("; ".join(dict.fromkeys(wrong[:_NAMED_MAXIMUM])))
    return ours, begins, tariff


class Publish(Kind):
    """The prices of a window."""

    name: ClassVar[str] = "fuel_prices"
    life_s: ClassVar[int] = 7 * 24 * 60 * 60

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        wanted = Proposed.from_params(request.params)
        ours, begins, _ = _require_possible(tx, wanted)
        digits = minor_digits(ours.currency)
        before = _last(tx)
        after = {one.product: _shown(one, digits) for one in wanted.products}
        for one in wanted.products:
            known = before.get(one.product)
            if known is not None:
                for jump in jumps(one.lines, known[1]):
                    after[f"{one.product}, look at"] = jump
        by = deadline(wanted.window, ours.zone)
        late = "" if request.created_at <= by else ", LATE"
        after["regulator"] = f"{wanted.submission} (by {by:%Y-%m-%d %H:%M}{late})"
        return Shown(
            f"fuel prices of {wanted.window.first} to {wanted.window.last}, from"
            f" {begins:%Y-%m-%d %H:%M} on; sheet {wanted.source_sha256[:12]}",
            {product: f"{price:f}" for product, (price, _) in before.items()},
            after,
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        wanted = Proposed.from_params(request.params)
        # Two requests for one window, approved at one moment: the second finds the first's prices.
        tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('fuel ' || current_tenant(), 0))")
        ours, begins, _ = _require_possible(tx, wanted)
        publication = Publication(uuid7(), begins, ours.currency)
        write(tx, publication, wanted, request.id)
        told = _tell(tx, publication)
        return Done({"from": f"{begins:%Y-%m-%d %H:%M}", "dealers texted": str(told)})

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        _require_possible(tx, Proposed.from_params(request.params))


PUBLISH: Final = Publish()


def _shown(one: BuildUp, digits: int) -> str:
    return f"{one.company_price:f} before the dealer's margin; floor {one.floor(digits)}"


def _last(tx: Tx) -> dict[str, tuple[Decimal, dict[str, Decimal]]]:
    """By product, the newest prices before the dealers' margins, and their lines by code."""
    rows = tx.all(
        "SELECT p.product, p.company_price, l.code, l.amount FROM fuel_price p"
        " JOIN fuel_price_line l ON l.tenant_id = p.tenant_id"
        "  AND l.publication_id = p.publication_id AND l.product = p.product"
        " WHERE p.tenant_id = current_tenant() AND p.publication_id = (SELECT id"
        "  FROM fuel_publication WHERE tenant_id = current_tenant()"
        "  ORDER BY valid_from DESC LIMIT 1) ORDER BY p.product, l.position"
    )
    found: dict[str, tuple[Decimal, dict[str, Decimal]]] = {}
    for product, price, code, amount in rows:
        found.setdefault(product, (price, {}))[1][code] = amount
    return found


def write(tx: Tx, publication: Publication, wanted: Proposed, request_id: uuid.UUID | None) -> None:
    """Write prices down, for good."""
    tx.execute(
        "INSERT INTO fuel_publication (tenant_id, id, window_first, valid_from, currency,"
        " source_sha256, submission, request_id)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s)",
        (
            *(publication.id, wanted.window.first, publication.valid_from, publication.currency),
            *(wanted.source_sha256, wanted.submission, request_id),
        ),
    )
    for one in wanted.products:
        _write(tx, publication, one)


def _write(tx: Tx, publication: Publication, one: BuildUp) -> None:
    floor = one.floor(minor_digits(publication.currency))
    tx.execute(
        "INSERT INTO fuel_price (tenant_id, publication_id, product, ex_refinery, company_price,"
        " floor) VALUES (current_tenant(), %s, %s, %s, %s, %s)",
        (publication.id, one.product, one.ex_refinery, one.company_price, floor),
    )
    columns: Sequence[Sequence[object]] = (
        [*range(1, len(one.lines) + 1)],
        [line.code for line in one.lines],
        [line.name for line in one.lines],
        [line.part for line in one.lines],
        [line.amount for line in one.lines],
    )
    tx.execute(
        "INSERT INTO fuel_price_line (tenant_id, publication_id, product, position, code, name,"
        " part, amount) SELECT current_tenant(), %s, %s, new.* FROM unnest(%s::smallint[],"
        " %s::text[], %s::text[], %s::text[], %s::numeric[]) AS new",
        (publication.id, one.product, *columns),
    )


def _tell(tx: Tx, publication: Publication) -> int:
    """Text every dealer the prices of each of their stations. Answers how many texts."""
    told = 0
    for station in stations.all_stations(tx):
        if station.dealer_id is None:
            continue
        try:
            theirs = prices.at_station(tx, station, publication)
        except NoFuelPrice:
            continue  # it sells nothing yet
        text = FuelPricesPublished(
            station=station.name,
            valid_from=publication.valid_from,
            prices=theirs.in_words,
            currency=publication.currency,
        )
        told += write_notice(tx, station.dealer_id, text)
    return told
