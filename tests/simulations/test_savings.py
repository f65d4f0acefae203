"""A year of a few groups; more of them by `python -m tests.simulations savings`."""

import pytest

from tests.simulations.books import Tally
from tests.simulations.savings import simulate
from tests.support.servers import DatabaseUrls
from tests.support.tenants import new_tenant
from tests.support.year import year_of


@pytest.mark.long
def test_a_year_of_a_group(module_database: DatabaseUrls) -> None:
    with new_tenant(module_database) as tenant:
        found = simulate(tenant, groups=2, members=8, seed=2)
    assert (found.meetings, found.books_looked_at, found.share_outs) == (22, 22, 2)
    happened = (found.loans, found.repaid, found.late, found.fines, found.by_mobile_money)
    assert min(happened) > 2
    assert min(found.by_wallet, found.between_two, found.in_question, found.kills) > 0
    assert found.schedules == found.loans
    assert found.broken == []
    assert found.memory_mb < 600  # of the process that runs all tests of a worker


def test_a_tally_that_differs_is_found(module_database: DatabaseUrls) -> None:
    with new_tenant(module_database, "second") as tenant:
        group = year_of(tenant, members=4)
        group.hold_meeting(dict.fromkeys(group.people, 2))
        tally = Tally(saved_minor=4_000, social_minor=800, box_minor=4_800)
        tally.look(group)
        tally.box_minor -= 1
        with pytest.raises(AssertionError):
            tally.look(group)
