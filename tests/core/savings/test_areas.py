"""Where groups are: a file of any country's levels, and what the groups of an area come to."""

from collections.abc import Iterator

import pytest

from core.lists.listing import Wanted
from core.loans import figures_list, portfolio
from core.savings import areas
from core.savings.areas import Loaded, WrongAreas
from tests.support.loans import Lending
from tests.support.savings import group_of
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from values import clock
from values.money import Money


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


def load(tenant: Tenant, text: str) -> Loaded:
    with tenant.tx() as tx:
        return areas.load(tx, [line.split(",") for line in text.split()], by="test")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "The first row names the levels"),
        ("district,district A,B", "The first row names the levels"),
        ("district,sector,group A,B", "Row 2: 2 cells, and 3 headings."),
        ("district,sector ,B", "Row 2: no district."),
        ("district,sector,cell A,,C", "Row 2: an area below one that is not named."),
        ("district,group A,NONE", "There is no group NONE."),
        ("district,group A,G1 B,g1", "Row 3: G1 is in another area above."),
    ],
)
def test_a_wrong_file_is_told_by_row_and_changes_nothing(
    tenant: Tenant, text: str, fault: str
) -> None:
    before = tenant.count("savings_area")
    with pytest.raises(WrongAreas, match=fault):
        load(tenant, text)
    assert tenant.count("savings_area") == before


def test_the_groups_of_an_area_add_up_at_each_level(tenant: Tenant) -> None:
    group, other = group_of(tenant, "A1"), group_of(tenant, "A2", members=3)
    lending = Lending(tenant)
    code = tenant.one("SELECT code FROM savings_group WHERE id = %s", lending.group_id)[0]
    lending.back_by(lending.lend(60_000), 75)
    text = (
        "district,sector,cell,group Gasabo,Kacyiru,Kamatamu,A1"
        f" GASABO,Kacyiru,Kibaza,{code} Gasabo,Remera,,A2 Kicukiro,,,"
    )
    assert load(tenant, text) == Loaded(areas=6, groups=3)
    assert load(tenant, text) == Loaded()
    assert load(tenant, "district,sector,cell,group Gasabo,Remera,Rukiri,A2").groups == 1
    group.hold_meeting(dict.fromkeys(group.people, 2))
    today = lending.today
    with tenant.tx() as tx:
        assert areas.levels(tx) == ["district", "sector", "cell"]
        (gasabo,) = areas.figures(tx, "district")
        sectors = {one.place: one for one in areas.figures(tx, "sector")}
        at_risk = portfolio.by_area(tx, today, "sector")
        whole = portfolio.by_area(tx, today, "district")[gasabo.id]
    members = 4 + 3 + 1 + 2 + 3
    assert (gasabo.place, gasabo.groups, gasabo.members) == ("Gasabo", 3, members)
    assert sum(one.saved_minor for one in sectors.values()) == gasabo.saved_minor
    assert sectors["Gasabo / Remera"].members == len(other.people)
    assert whole.at_risk_minor == (60_000, 0, 0)
    assert whole == at_risk[sectors["Gasabo / Kacyiru"].id].__class__(
        gasabo.id, 1, 60_000, 60_000, (60_000, 0, 0)
    )


def test_the_list_has_a_row_for_each_group(tenant: Tenant) -> None:
    with tenant.tx() as tx:
        rows, _ = figures_list.FIGURES.page(
            tx, KEYS, Wanted(None, clock.now()), after=None, limit=100
        )
    assert all(len(row) == len(figures_list.FIGURES.columns) for row in rows)
    risky = [row for row in rows if row[-3] == Money(60_000, CURRENCY)]
    assert [row[1] for row in risky] == ["Gasabo / Kacyiru / Kibaza"]
