"""Funnels: sessions at each question, and where they left, from the turn log."""

from datetime import timedelta

from flask import Flask

from core.analytics import funnels
from core.analytics.funnels import Asked, Share, Step
from core.staff.roles import Member
from tests.app.console.conftest import Clerk
from tests.support.tenants import Tenant
from values import clock
from values.ids import uuid7

# Each session's places and outcomes; the last is still going on.
SESSIONS = {
    "a": ("menu:", "save.group", "save.amount", "save.amount wrong", "save.done ended"),
    "b": ("menu:", "save.group", "save.amount"),
    "c": ("menu:", "save.group", "save.amount refused", "save.done ended"),
    "d": ("menu: ended",),
}


def log(tenant: Tenant, service: object) -> None:
    begins = clock.now() - timedelta(hours=2)
    for place, (session, turns) in enumerate(SESSIONS.items()):
        for number, said in enumerate(turns, start=1):
            where, _, outcome = said.partition(" ")
            at = begins + timedelta(minutes=place, seconds=number)
            tenant.admin.execute(
                "INSERT INTO turn (tenant_id, id, service_id, session, number, place, outcome,"
                " language, took_us) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1)",
                (
                    *(tenant.tenant_id, uuid7(int(at.timestamp() * 1_000)), service, session),
                    *(number, where, outcome or "shown", "rw" if session == "b" else "en"),
                ),
            )


def test_a_funnel_counts_each_session_once(
    web: Flask, tenant: Tenant, staff: dict[str, Member]
) -> None:
    service = uuid7()
    tenant.admin.execute(
        "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
        " VALUES (%s, %s, 'africastalking', 'ussd', '*384*55#', '{}')",
        (tenant.tenant_id, service),
    )
    tenant.admin.execute(
        "INSERT INTO service_address VALUES ('africastalking', 'ussd', '*384*55#', %s, %s)",
        (tenant.tenant_id, service),
    )
    log(tenant, service)
    now = clock.now()
    asked = Asked(now - timedelta(hours=3), now)
    with tenant.tx() as tx:
        found = funnels.flows(tx, asked)
        in_english = funnels.flows(tx, Asked(asked.since, now, "en"))
        by_language = funnels.shares(tx, asked, "save", "language")
        by_channel = funnels.shares(tx, asked, "save", "channel")
        by_day = funnels.shares(tx, asked, "save", "day")
        nothing = funnels.flows(tx, Asked(asked.since, now, channel="sms"))
    assert found == {
        "save": [
            Step("save.group", came=3, ended=0, left=0, wrong=0, refused=0),
            Step("save.amount", came=3, ended=0, left=1, wrong=1, refused=1),
            Step("save.done", came=2, ended=2, left=0, wrong=0, refused=0),
        ]
    }
    assert [step.went_on for step in found["save"]] == [3, 2, 0]
    assert in_english["save"][1].left == 0
    assert by_language == [Share("en", 2, 2), Share("rw", 1, 0)]
    assert by_channel == [Share("ussd", 3, 2)]
    assert (sum(one.came for one in by_day), sum(one.ended for one in by_day)) == (3, 2)
    assert nothing == {}
    reader = Clerk(web, tenant).signs_in(staff["government"])
    page = reader.reads("/console/funnels?days=7&by=language")
    assert page.count("<svg") == 5
    assert 'aria-label="1 of 2 ended"' not in page
    assert 'aria-label="2 of 2 ended"' in page
