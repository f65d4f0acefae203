"""Alarms in the queue: a call for help is first, for a minute each, and supervisors are told."""

import contextlib
import re

from flask import Flask

from core.alarms import alarms
from core.db.database import Database
from core.staff import work
from core.staff.roles import Member
from tests.app.console.conftest import Clerk
from tests.support.tenants import Tenant


def raised(tenant: Tenant, kind: str, subject: str, sentence: str) -> None:
    with tenant.tx() as tx:
        alarms.record(tx, kind=kind, subject=subject, sentence=sentence, count=1)


def test_a_call_for_help_is_first_and_comes_back_after_a_minute(
    web: Flask, tenant: Tenant, staff: dict[str, Member]
) -> None:
    raised(tenant, "no_balance", "wallet", "The wallet's balance is not known.")
    raised(tenant, "ride_sos", "R-1", "Help is asked for on ride R-1, running.")
    ann, ben = (Clerk(web, tenant).signs_in(staff[one]) for one in ("operator", "company_admin"))
    page = ann.reads("/console")
    assert page.index("ride R-1") < page.index("balance is not known")
    [sos] = re.findall(r"/console/home/sos/([0-9a-f-]{36})/take", page)
    assert "It is yours for 60 seconds." in ann.does(f"/console/home/sos/{sos}/take")
    until = "SELECT until < now() + interval '61 seconds' FROM work_claim WHERE object_id = %s"
    assert tenant.one(until, sos) == (True,)
    assert "operator has it in hand" in ben.post(f"/console/home/sos/{sos}/take").text

    with contextlib.closing(Database(tenant.urls.relay_url)) as relay:
        assert work.return_lapsed(tenant.database, relay) == 0
        tenant.as_superuser("UPDATE work_claim SET until = now() - interval '1 second'")
        assert work.return_lapsed(tenant.database, relay) == 1
        assert work.return_lapsed(tenant.database, relay) == 0
    assert "operator took work in hand (sos) and did not do it in time." in ben.reads("/console")
    assert "It is yours" in ben.does(f"/console/home/sos/{sos}/take")
    close = f"/console/alarms/{sos}/close"
    assert "has it in hand" in ann.post(close, reason="called them").text
    assert ben.post(close, reason=" ").status_code == 409
    assert "It is closed." in ben.does(close, reason="the police is there")
    assert "ride R-1" not in ben.reads("/console/alarms")
    assert tenant.one("SELECT count(*) FROM work_claim") == (0,)
    assert "was closed before" in ben.does(close, reason="again")
