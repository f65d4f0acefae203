"""Funnels: sessions at each question, and where they left, from the turn log."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from core.analytics import funnel_counts, funnels
from core.analytics.funnels import Asked, Share, Step
from core.db.database import Database
from core.staff.roles import Member
from tests.app.console.conftest import Clerk
from tests.support.tenants import Tenant
from values import clock
from values.ids import uuid7

# Each session's places and outcomes; the last is none of a flow's.
SESSIONS = {
    "a": ("menu:", "save.group", "save.amount", "save.amount wrong", "save.done ended"),
    "b": ("menu:", "save.group", "save.amount"),
    "c": (
        *("menu:", "save.group", "save.amount refused", "save.group", "save.amount"),
        "save.done ended",
    ),
    "d": ("menu: ended",),
}
SAVE = [
    Step("save.group", came=3, ended=0, left=0, back=0, wrong=0, refused=0),
    Step("save.amount", came=3, ended=0, left=1, back=1, wrong=1, refused=1),
    Step("save.done", came=2, ended=2, left=0, back=0, wrong=0, refused=0),
]


def log(tenant: Tenant, service: object, begins: datetime, named: str = "") -> None:
    for place, (session, turns) in enumerate(SESSIONS.items()):
        for number, said in enumerate(turns, start=1):
            where, _, outcome = said.partition(" ")
            at = begins + timedelta(minutes=place, seconds=number)
            tenant.admin.execute(
                "INSERT INTO turn (tenant_id, id, service_id, session, number, place, outcome,"
                " language, network, took_us) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 1)",
                (
                    *(tenant.tenant_id, uuid7(int(at.timestamp() * 1_000)), service),
                    *(named + session, number, where, outcome or "shown"),
                    *("rw" if session == "b" else "en", "63510" if number > 1 else ""),
                ),
            )


@pytest.fixture
def service(tenant: Tenant) -> uuid.UUID:
    made = uuid7()
    code = f"*384*{made.int % 100_000}#"
    tenant.admin.execute("DELETE FROM turn WHERE tenant_id = %s", (tenant.tenant_id,))
    for table in ("funnel_day", "funnel_mark"):
        tenant.admin.execute(f"DELETE FROM {table} WHERE tenant_id = %s", (tenant.tenant_id,))
    tenant.admin.execute(
        "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
        " VALUES (%s, %s, 'africastalking', 'ussd', %s, '{}')",
        (tenant.tenant_id, made, code),
    )
    tenant.admin.execute(
        "INSERT INTO service_address VALUES ('africastalking', 'ussd', %s, %s, %s)",
        (code, tenant.tenant_id, made),
    )
    return made


def count(tenant: Tenant) -> int:
    steps = 0
    is_more = True
    while is_more:
        with tenant.tx() as tx:
            is_more = funnel_counts.count_on(tx)
        steps += is_more
    return steps


def sums(tenant: Tenant) -> tuple[int, int]:
    """How many sessions of the flow are counted, and how many rows there are."""
    with tenant.tx() as tx:
        row = tx.one(
            "SELECT coalesce(sum(came) FILTER (WHERE place = 'save.'), 0)::int, count(*)::int"
            " FROM funnel_day WHERE tenant_id = current_tenant()"
        )
    assert row is not None
    return row[0], row[1]


@pytest.mark.parametrize("is_counted", [False, True])
def test_a_funnel_counts_each_session_once(
    web: Flask, tenant: Tenant, staff: dict[str, Member], service: uuid.UUID, is_counted: bool
) -> None:
    """The same, whether sessions stand in the sums of their day or in the turn log alone."""
    now = clock.now()
    log(tenant, service, now - timedelta(hours=2))
    if is_counted:  # once, however often it is done
        log(tenant, service, now - timedelta(minutes=1), named="later ")
        tenant.admin.execute(
            "DELETE FROM turn WHERE session LIKE 'later %' AND session <> 'later d'"
        )
        count(tenant)
        count(tenant)
    with tenant.tx() as tx:
        found = funnels.read(tx, Asked(now - timedelta(hours=26), now + timedelta(minutes=9)))
        in_english = funnels.read(tx, Asked(now - timedelta(hours=26), now, "en"))
        nothing = funnels.read(tx, Asked(now - timedelta(hours=26), now, channel="sms"))
        of_another = funnels.read(tx, Asked(now - timedelta(hours=26), now, network="63513"))
    assert found.flows == {"save": SAVE}
    assert [step.went_on for step in found.flows["save"]] == [3, 2, 0]
    assert in_english.flows["save"][1].left == 0
    assert found.shares("save", "language") == [Share("en", 2, 2), Share("rw", 1, 0)]
    assert found.shares("save", "channel") == [Share("ussd", 3, 2)]
    assert found.shares("save", "network") == [Share("63510", 3, 2)]
    by_day = found.shares("save", "day")
    assert (sum(one.came for one in by_day), sum(one.ended for one in by_day)) == (3, 2)
    assert len(by_day) >= 2
    assert nothing.flows == of_another.flows == {}
    assert of_another.networks == ["63510"]
    reader = Clerk(web, tenant).signs_in(staff["government"])
    page = reader.reads("/console/funnels?days=7&by=network")
    assert page.count("<svg") == 4
    assert 'aria-label="2 of 3 ended"' in page
    assert '<td class="number" data-label="Went back">1</td>' in page


def test_a_session_belongs_to_the_day_on_which_it_began(tenant: Tenant, service: uuid.UUID) -> None:
    """Its turns behind midnight are counted with it, and nothing of it is counted on the next."""
    midnight = clock.now(ZoneInfo("Africa/Kigali")).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    log(tenant, service, midnight - timedelta(days=3, seconds=3))
    log(tenant, service, midnight - timedelta(days=1), named="later ")
    count(tenant)
    with tenant.tx() as tx:
        found = funnels.read(tx, Asked(midnight - timedelta(days=5), midnight))
    came = [one.came for one in found.shares("save", "day")]
    # The first began before midnight and the two others behind it.
    assert came == [0, 1, 2, 0, 3]
    assert [(s.place, s.came, s.left) for s in found.flows["save"]] == [
        ("save.group", 6, 0),
        ("save.amount", 6, 2),
        ("save.done", 4, 0),
    ]


def test_nothing_is_counted_before_it_is_over_and_nothing_while_the_log_is_behind(
    tenant: Tenant, service: uuid.UUID
) -> None:
    now = clock.now()
    log(tenant, service, now - timedelta(minutes=5))
    assert count(tenant) == 0
    assert sums(tenant) == (0, 0)
    # Hours later, but nothing newer has come out of the log yet.
    with tenant.tx() as tx:
        funnel_counts.count_on(tx, at=now + timedelta(hours=3))
    assert sums(tenant) == (0, 0)


def test_the_schedule_counts_for_every_tenant(tenant: Tenant, service: uuid.UUID) -> None:
    log(tenant, service, clock.now() - timedelta(hours=3))
    log(tenant, service, clock.now() - timedelta(minutes=9), named="later ")
    relay = Database(tenant.urls.relay_url)
    assert funnel_counts.count_all(tenant.database, relay, lambda: False) > 0
    relay.close()
    assert sums(tenant)[0] == 3
