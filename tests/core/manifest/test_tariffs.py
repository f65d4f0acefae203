"""Dated tables: which one holds, and when it is known that soon none will."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.tenants.directory import Tenant
from core.tenants.errors import NoValidTariff
from core.tenants.tariffs import Ending, Tariff, endings
from values.ids import uuid7

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def table(
    begins: int, ends: int | None = None, *, kind: str = "limit", level: str = "", most: int = 9
) -> Tariff:
    """A table of top-ups that holds from and until so many days from now."""
    body = {"maximum_minor": most} | ({"level": level} if level else {})
    until = None if ends is None else NOW + ends * DAY
    return Tariff("topup", kind, body, NOW + begins * DAY, until)


def tenant_with(*tables: Tariff) -> Tenant:
    return Tenant(
        id=uuid7(),
        slug="t",
        name="T",
        country="RW",
        calling_code="250",
        currency="RWF",
        zone=ZoneInfo("Africa/Kigali"),
        languages=("en",),
        settings={},
        paused=False,
        paused_flows=frozenset(),
        paused_notice={},
        tariffs=tables,
        version=1,
    )


def most(*tables: Tariff, level: str = "") -> int:
    return tenant_with(*tables).limit_minor("topup", "maximum", 1, level=level)


def test_without_a_table_the_operations_own_limit_counts() -> None:
    assert most() == 1
    assert most(table(-9, kind="fee")) == 1
    assert most(table(-9, -1, level="assistant"), level="agent") == 1


@pytest.mark.parametrize(
    ("tables", "level"),
    [
        ([table(-9, -1)], ""),
        ([table(-9, -1)], "agent"),
        ([table(1)], ""),
        ([table(-9, -1, level="agent")], "agent"),
        ([table(-9, -1), table(-9, level="assistant")], "agent"),
    ],
)
def test_where_the_tables_have_ended_nothing_is_allowed(tables: list[Tariff], level: str) -> None:
    with pytest.raises(NoValidTariff):
        most(*tables, level=level)


def test_what_a_level_does_not_say_is_not_free_when_the_table_for_all_has_ended() -> None:
    tenant = tenant_with(table(-9, -1), table(-9, level="agent", most=5))
    assert tenant.limit_minor("topup", "maximum", 1, level="agent") == 5
    with pytest.raises(NoValidTariff):
        tenant.limit_minor("topup", "day_maximum", 0, level="agent")


def test_a_fee_that_has_ended_is_not_nothing() -> None:
    with pytest.raises(NoValidTariff):
        tenant_with(table(-9, -1, kind="fee")).fee_minor("topup", 500)


def test_an_end_is_known_thirty_days_ahead() -> None:
    assert endings([table(-9), table(-99, -9)], NOW) == []
    assert endings([table(-9, 31)], NOW) == []
    assert endings([table(-9, 29)], NOW) == [Ending("topup", "limit", "", NOW + 29 * DAY)]
    assert endings([table(-9, -1)], NOW) == [Ending("topup", "limit", "", NOW)]
    assert endings([table(5)], NOW) == [Ending("topup", "limit", "", NOW)]
    assert endings([table(-9, 5), table(5, 20), table(20)], NOW) == []


def test_a_level_falls_back_on_the_table_for_all() -> None:
    assert endings([table(-9), table(-9, 5, level="agent")], NOW) == []
    assert endings([table(-9, 5), table(-9, 9, level="agent")], NOW) == [
        Ending("topup", "limit", "", NOW + 5 * DAY),
        Ending("topup", "limit", "agent", NOW + 9 * DAY),
    ]
    assert endings([table(-9, 5), table(-9, 5, level="agent")], NOW) == [
        Ending("topup", "limit", "", NOW + 5 * DAY)
    ]
