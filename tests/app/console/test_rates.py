"""The page of rates: what is held, decided by a person; margins, by two; the chart and the file."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask

from core.rates import margins
from core.rates.poll_file import read_polls
from core.rates.replay import replay
from core.staff.roles import Member
from tests.app.console.conftest import Clerk
from tests.support.rates import GBP_NGN, USD_KES, USD_NGN, have_polled, keep, served
from tests.support.tenants import KIGALI, Tenant
from values import clock


@pytest.fixture
def rates(tenant: Tenant) -> Tenant:
    tenant.admin.execute("TRUNCATE rate, rate_pair, rate_plan, rate_margin, rate_run, work_claim")
    have_polled(tenant)
    keep(tenant, USD_NGN, "1600")
    keep(tenant, USD_KES, "129.5")
    return tenant


def test_what_is_held_is_served_or_dropped_by_a_person_with_a_reason(
    web: Flask, rates: Tenant, staff: dict[str, Member]
) -> None:
    keep(rates, USD_NGN, "2400")
    keep(rates, USD_KES, "0.0077")
    operator = Clerk(web, rates).signs_in(staff["super_admin"])
    page = operator.reads("/console/rates")
    assert "+50.00%" in page
    assert "never fetched" in page, "GBP-NGN has no rate"
    work = operator.reads("/console")
    assert "USD-NGN: +50.00% is held (jump)" in work
    assert "USD-KES: -99.99% is held (inverted)" in work
    assert operator.post("/console/rates/USD-NGN/release").status_code == 409, "without a reason"
    assert served(rates, USD_NGN) == 1600
    said = operator.does("/console/rates/USD-NGN/release", reason="seen at the bank")
    assert "USD-NGN is 2400.00000000 now." in said
    assert served(rates, USD_NGN) == 2400
    assert operator.post("/console/rates/USD-NGN/release", reason="again").status_code == 409
    assert "It is dropped." in operator.does("/console/rates/USD-KES/refuse", reason="upside down")
    assert served(rates, USD_KES) == Decimal("129.5")
    assert keep(rates, USD_KES, "0.0077").verdict.value == "held", "nothing agrees with it any more"
    assert operator.get("/console/rates/USD-JPY").status_code == 404
    trail = operator.reads("/console/audit")
    assert "release rate" in trail
    assert "refuse rate" in trail


def test_who_only_reads_is_offered_no_form(
    web: Flask, rates: Tenant, staff: dict[str, Member]
) -> None:
    keep(rates, USD_NGN, "2400")
    for role in ("auditor", "government"):
        clerk = Clerk(web, rates).signs_in(staff[role])
        assert "held" in clerk.reads("/console/rates/USD-NGN").lower()
        assert clerk.offers("/console/rates/USD-NGN") == {"/console/sign-out"}


def test_a_margin_is_asked_for_by_one_and_published_by_another(
    web: Flask, rates: Tenant, staff: dict[str, Member]
) -> None:
    first = Clerk(web, rates).signs_in(staff["super_admin"])
    second = Clerk(web, rates).signs_in(staff["second"])
    today = clock.now(KIGALI).date()
    form = {"percent": "1.5", "from_amount": "1000", "reason": "costs"}
    late = first.post(
        "/console/rates/USD-NGN/margin", **form, valid_from=f"{today - timedelta(days=2)}"
    )
    assert (late.status_code, "That day is over" in late.text) == (409, True)
    tomorrow = f"{today + timedelta(days=1)}"
    page = first.does("/console/rates/USD-NGN/margin", **form, valid_from=tomorrow)
    (path,) = set(re.findall(r"/console/approvals/[0-9a-f-]{36}", first.reads("/console/rates")))
    assert "margin of USD-NGN" in page
    first.post(f"{path}/approve")
    with rates.tx() as tx:
        assert margins.listed(tx) == [], "nobody approves their own"
    second.does(f"{path}/approve")
    with rates.tx() as tx:
        (found,) = margins.listed(tx, USD_NGN)
    assert (found.percent, found.is_published) == (Decimal("1.5"), True)
    assert "two officers" in first.reads("/console/rates/USD-NGN")


def test_the_file_of_a_day_can_be_replayed(
    web: Flask, rates: Tenant, staff: dict[str, Member]
) -> None:
    clerk = Clerk(web, rates).signs_in(staff["government"])
    for rate in ("1610", "1615.5"):
        keep(rates, USD_NGN, rate)
    day = f"{clock.now(KIGALI):%Y-%m-%d}"
    answer = clerk.get(f"/console/rates/file?period={day}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="rates-umoja-{day}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["source"], row["rate"], row["reason"]) for row in rows][-1] == (
        *("USD", "1615.50000000", "change"),
    )
    last = replay(read_polls(io.StringIO(answer.text))).known[USD_NGN].served
    assert last is not None
    assert last.rate == Decimal("1615.5")
    # A later day begins with what is served by then.
    in_two_days = clock.now(KIGALI) + timedelta(days=2)
    later = clerk.reads(f"/console/rates/file?period={in_two_days:%Y-%m-%d}")
    assert [row["reason"] for row in csv.DictReader(io.StringIO(later))] == ["opening"] * 2
    assert clerk.get("/console/rates/file?period=soon").status_code == 409
    assert len(clerk.reads(f"/console/rates/file?period={day[:7]}").splitlines()) >= 5


def test_the_chart_is_drawn_of_the_week(
    web: Flask, rates: Tenant, staff: dict[str, Member]
) -> None:
    clerk = Clerk(web, rates).signs_in(staff["auditor"])
    keep(rates, USD_NGN, "1620")
    page = clerk.reads("/console/rates/USD-NGN")
    assert 'aria-label="The week of USD-NGN: from 1,600.00 to 1,620.00, lowest 1,600.00' in page
    assert "<svg" not in clerk.reads(f"/console/rates/{GBP_NGN}"), "no rate yet"
