"""A small day of rides; a whole one by `python -m tests.simulations rides`."""

import pytest

from tests.simulations.rides import simulate
from tests.support.servers import DatabaseUrls
from tests.support.tenants import new_tenant


@pytest.mark.long
def test_a_day_of_a_few_drivers(module_database: DatabaseUrls) -> None:
    with new_tenant(module_database) as tenant:
        day = simulate(tenant, customers=40, drivers=8, rides=250, seed=7)
    assert day.broken == []
    assert (day.doubles, day.wrong_wallets) == (0, 0)
    assert set(day.states) <= {"completed", "cancelled", "expired", "no_show"}
    assert day.states["completed"] > 50
    assert day.kills > 3
    for done in ("booked", "taken", "refused", "cancelled", "nobody came", "given back"):
        assert day.counts[done] > 0, done
    # Whether somebody runs out of money in so small a day depends on which thread comes first.
    for refused in ("offer over", "ride under way"):
        assert day.counts[f"refused: {refused}"] > 0, refused
