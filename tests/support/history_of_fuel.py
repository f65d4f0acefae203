"""What stations did, in a database with a history."""

from datetime import timedelta
from decimal import Decimal

from core.approvals import requests
from core.approvals.requests import officer
from core.fuel import prices, shifts, station_codes
from core.fuel.build_up import BuildUp, PriceLine, Proposed
from core.fuel.price_window import Window
from core.fuel.publishing import PUBLISH
from core.fuel.shifts import Counted
from tests.support.domains import DOMAINS
from tests.support.history_of_fuel_sales import (
    complaints_go_on,
    fuel_is_offered,
    fuel_is_paid_in_cash,
)
from tests.support.history_of_fuel_stock import what_tanks_do
from tests.support.tenants import CURRENCY, KEYS, KIGALI
from tests.support.ussd import UssdTenant
from values import clock
from values.money import Money

ANN, BEN = officer("ann", "test"), officer("ben", "test")


def next_window() -> Window:
    """The window after this one."""
    return Window.of(Window.of(clock.now(KIGALI).date()).last + timedelta(days=1))


def wanted(window: Window, *, ex_refinery: int = 1302) -> Proposed:
    """Prices as the tests' tenant began with, but for the one at the refinery."""
    lines = (
        PriceLine("road_fund_levy", "Road fund", "line", Decimal(120)),
        PriceLine("uppf", "UPPF", "line", Decimal("310.5")),
        PriceLine("marketers_margin", "Marketer's margin", "margin", Decimal("90.25")),
    )
    products = [
        BuildUp(product, "litre", Decimal(ex_refinery), Decimal(1150), lines)
        for product in ("premium", "gasoil")
    ]
    return Proposed(window, "f" * 64, "Letter 18", tuple(products))


def published(tenant: UssdTenant, what: Proposed) -> None:
    """One officer asks for prices, another approves."""
    asked = tenant.change(
        requests.ask, KEYS, PUBLISH, by=ANN, params=what.to_params(), reason="window"
    )
    tenant.change(requests.approve, KEYS, DOMAINS.approvals, asked.request.id, by=BEN)


def what_stations_do(tenant: UssdTenant) -> None:
    """Prices are published, and a dealer puts up the old ones; a shift ends with a sale to a
    customer's phone, tanks are dipped, and the next begins, after a wrong code and with a gap."""
    dealer = tenant.id_of("mugisha")
    with tenant.tx() as tx:
        old = prices.waiting_for(tx, dealer)
    assert old is not None
    told = {"publication_id": old.publication.id, "station_id": old.station.id}
    tenant.change(prices.acknowledge, **told, dealer_id=dealer)
    published(tenant, wanted(next_window()))
    shift_is_opened(tenant)
    fuel_is_paid_in_cash(tenant, fuel_is_offered(tenant))
    fuel_is_paid_in_cash(tenant, fuel_is_offered(tenant), 20, Money(200, CURRENCY))
    complaints_go_on(tenant)
    attendant = tenant.id_of("ndoli")
    with tenant.tx() as tx:
        shift = shifts.require_open(tx, attendant)
    tenant.change(
        shifts.end,
        KEYS,
        shift=shift,
        totalisers_cl=(1_240_000, 95_000),
        counted=Counted(100_000, 50_000, 20_000, 10_000),
        at=clock.now(),
    )
    what_tanks_do(tenant)
    right = station_codes.digits_of(KEYS, shift.station_id)
    wrong = f"{(int(right) + 1) % 10_000:04d}"
    assert not tenant.change(station_codes.check, KEYS, attendant_id=attendant, code=wrong)
    tenant.change(
        shifts.begin,
        attendant_id=attendant,
        pump=1,
        totalisers_cl=(1_240_500, 95_000),
        at=clock.now(),
    )


def shift_is_opened(tenant: UssdTenant) -> None:
    """ndoli opens a shift at the only pump of Remera."""
    tenant.change(
        shifts.begin,
        attendant_id=tenant.id_of("ndoli"),
        pump=1,
        totalisers_cl=(1_234_567, 90_000),
        at=clock.now(),
    )


def price_changes(tenant: UssdTenant) -> None:
    """Prices of long ago, as if the shifts that are open had begun before them."""
    published(tenant, wanted(Window.of(clock.now(KIGALI).date())))
    tenant.admin.execute(
        "UPDATE fuel_publication SET valid_from = '2025-08-01Z' WHERE request_id IS NOT NULL"
    )
    tenant.admin.execute("UPDATE fuel_shift SET opened_at = '2025-07-31 18:00Z'")
