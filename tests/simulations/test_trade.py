"""A trader's small day; a whole one by `python -m tests.simulations trade`."""

import pytest

from tests.simulations.trade import simulate
from tests.support.servers import DatabaseUrls
from tests.support.tenants import new_tenant


@pytest.mark.long
def test_a_day_of_a_few_shops(module_database: DatabaseUrls) -> None:
    with new_tenant(module_database) as tenant:
        day = simulate(tenant, shops=30, products=12, workers=4, seed=7, orders_each=6)
    counts = day.counts
    assert day.broken == []
    assert day.money_minor == 0
    assert day.kills > 3
    assert day.twice > 0
    for payment in ("cash", "wallet", "credit"):
        assert counts[f"ordered, {payment}"] > 3
    for kind in ("whole", "short", "other product", "nothing"):
        assert counts[f"handed over, {kind}"] > 1
    for refused in ("out of stock", "insufficient funds", "quote expired"):
        assert counts[f"refused: {refused}"] > 0
