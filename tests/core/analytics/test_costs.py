"""What gateways charge: once for each session and text, on the tenant's own day."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core.analytics import costs
from core.analytics.costs import DayCost
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, new_tenant
from values.ids import uuid7

ZONE = "Africa/Kigali"


@pytest.fixture
def tenant(database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(database) as made:
        yield made


def charge(
    tenant: Tenant, kind: costs.Kind, reference: str, amount: str, currency: str = "RWF"
) -> bool:
    with tenant.tx() as tx:
        return costs.record(
            tx,
            kind=kind,
            reference=reference,
            service_id=uuid7(),
            amount=Decimal(amount),
            currency=currency,
            zone=ZONE,
            network="63510",
        )


def test_costs_are_summed_by_day_kind_and_currency(tenant: Tenant) -> None:
    assert charge(tenant, "session", "a", "2.0000")
    assert not charge(tenant, "session", "a", "2.0000")  # told twice
    assert charge(tenant, "session", "b", "12.5001")
    assert charge(tenant, "text", "a", "0.8", "KES")
    assert charge(tenant, "text", "b", "0.9", "")
    today = datetime.now(UTC).astimezone(ZoneInfo(ZONE)).date()
    with tenant.tx() as tx:
        assert costs.by_day(tx, days=1) == [
            DayCost(today, "session", "RWF", 2, Decimal("14.5001")),
            DayCost(today, "text", "", 1, Decimal("0.9")),
            DayCost(today, "text", "KES", 1, Decimal("0.8")),
        ]
    tenant.admin.execute("UPDATE gateway_cost SET day = day - 1")
    with tenant.tx() as tx:
        assert costs.by_day(tx, days=1) == []
        assert len(costs.by_day(tx, days=2)) == 3


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1000001"])
def test_what_cannot_be_a_price_is_not_kept(tenant: Tenant, amount: str) -> None:
    assert not charge(tenant, "session", "a", amount)
    assert tenant.count("gateway_cost") == 0
