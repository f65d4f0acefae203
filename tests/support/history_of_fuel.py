"""What stations did, in a database with a history."""

from datetime import timedelta
from decimal import Decimal

from core.approvals import requests
from core.approvals.requests import officer
from core.fuel import prices
from core.fuel.build_up import BuildUp, PriceLine, Proposed
from core.fuel.price_window import Window
from core.fuel.publishing import PUBLISH
from tests.support.domains import DOMAINS
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from values import clock

ANN, BEN = officer("ann", "test"), officer("ben", "test")


def next_window() -> Window:
    """The window after this one."""
    return Window.of(Window.of(clock.now().date()).last + timedelta(days=1))


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
    """Prices are published, and a dealer puts up the old ones."""
    dealer = tenant.id_of("mugisha")
    with tenant.tx() as tx:
        old = prices.waiting_for(tx, dealer)
    assert old is not None
    told = {"publication_id": old.publication.id, "station_id": old.station.id}
    tenant.change(prices.acknowledge, **told, dealer_id=dealer)
    published(tenant, wanted(next_window()))
