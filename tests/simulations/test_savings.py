"""A year of a few groups; more of them by `python -m tests.simulations savings`."""

import pytest

from tests.simulations.savings import simulate
from tests.support.servers import DatabaseUrls
from tests.support.tenants import new_tenant


@pytest.mark.long
def test_a_year_of_a_group(module_database: DatabaseUrls) -> None:
    with new_tenant(module_database) as tenant:
        found = simulate(tenant, groups=1, members=6, seed=2)
    assert found.meetings == 11
    assert found.share_outs == 1
    assert found.loans > 2
    assert found.repaid > 2
    assert found.broken == []
