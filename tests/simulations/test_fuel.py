"""A month of a few stations; forty by `python -m tests.simulations fuel`."""

import pytest

from tests.simulations.fuel import simulate
from tests.support.servers import DatabaseUrls
from tests.support.tenants import new_tenant


@pytest.mark.long
def test_every_planted_loss_of_a_month_is_found_and_no_other(
    module_database: DatabaseUrls,
) -> None:
    with new_tenant(module_database) as tenant:
        month = simulate(tenant, stations=9, seed=1)
        assert tenant.broken() == []
    assert len(month.planted) == 9
    assert month.missed == set()
    assert month.false == set()
    assert month.metered_cl == month.sold_cl > 0
    assert month.short_planted_minor == month.short_found_minor > 0
