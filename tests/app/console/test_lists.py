"""Lists on pages: filtered, ordered, a page at a time, and taken away as they are shown."""

import csv
import io
import re
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask

from core.lists.listing import Listing, WrongLook
from core.staff.roles import Member
from tests.app.console.conftest import Clerk
from tests.support.domains import DOMAINS
from tests.support.tenants import KEYS, Tenant
from workers.exports.write import write_export
from workers.jobs import context

PAYMENTS = 120


@pytest.fixture(scope="module", autouse=True)
def payments(tenant: Tenant) -> None:
    """Each of another amount, the fifth of them in review."""
    for number in range(PAYMENTS):
        id = uuid.UUID(int=(0x019AC2B47D107000 << 64) + number)
        tenant.admin.execute(
            "INSERT INTO payment (tenant_id, id, kind, reference, provider, wallet,"
            " wallet_service_id, subscriber_id, operation, amount_minor, currency, party_sealed,"
            " party_lookup, state) VALUES (%s, %s, 'collection', %s, 'p', 'W', %s, %s, 'topup', %s,"
            " 'RWF', %s, '', %s)",
            (
                *(tenant.tenant_id, id, uuid.uuid4(), uuid.uuid4(), tenant.person("Uwera")),
                *(1_000 + 37 * number % 1_000, KEYS.seal("+250788123456", id.bytes)),
                "review" if number % 5 == 0 else "failed",
            ),
        )


@pytest.fixture
def worker(tenant: Tenant) -> Iterator[None]:
    made = context.make(tenant.database, KEYS, DOMAINS.messages, listings=DOMAINS.listings)
    context.install(made)
    yield
    made.directory.stop()


def amounts(clerk: Clerk, path: str) -> list[int]:
    """Those of a list's rows, page after page."""
    found: list[int] = []
    while path:
        page = clerk.reads(path)
        found += [
            int(one.replace(",", ""))
            for one in re.findall(r'data-label="Amount">([\d,]+) RWF', page)
        ]
        more = re.search(r'rel="next" href="([^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    return found


def test_a_list_is_read_to_its_end_by_time_and_by_amount_both_ways(
    clerk: Clerk, staff: dict[str, Member]
) -> None:
    clerk.signs_in(staff["company_admin"])
    newest = amounts(clerk, "/console/lists/payments")
    assert len(newest) == PAYMENTS
    assert amounts(clerk, "/console/lists/payments?way=up") == newest[::-1]
    largest = amounts(clerk, "/console/lists/payments?by=amount&way=down")
    assert largest == sorted(newest, reverse=True) != newest
    assert amounts(clerk, "/console/lists/payments?by=amount&way=up") == largest[::-1]


def test_what_is_shown_is_what_is_taken_away(
    clerk: Clerk, staff: dict[str, Member], tenant: Tenant, worker: None
) -> None:
    clerk.signs_in(staff["company_admin"])
    path = "/console/lists/payments?only_state=review&since=2025-01-01&only_nothing=x"
    shown = amounts(clerk, path)
    assert len(shown) == PAYMENTS / 5
    page = clerk.reads(path)
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert form["only_state"] == "review"
    clerk.does("/console/exports", **form, format="csv")
    for (id,) in tenant.admin.execute(
        "SELECT id FROM outbox WHERE kind = 'export' AND state = 'waiting'"
    ).fetchall():
        write_export(str(tenant.tenant_id), str(id))
    [file] = re.findall(r'href="(/console/exports/[^"]+/file)"', clerk.reads("/console/exports"))
    about, names, *rows = csv.reader(
        io.StringIO(clerk.get(file).data.decode("utf-8-sig"), newline="")
    )
    assert "state: review" in about[0]
    amount = names.index("amount")
    assert sorted(int(row[amount]) for row in rows) == sorted(shown)
    assert {row[names.index("state")] for row in rows} == {"review"}


def test_a_look_at_a_list_is_recorded_and_numbers_are_masked(
    clerk: Clerk, staff: dict[str, Member], tenant: Tenant
) -> None:
    clerk.signs_in(staff["auditor"])
    page = clerk.reads("/console/lists/payments?only_kind=collection")
    assert "+250 ••• 456" in page
    assert "788123456" not in page
    with tenant.tx() as tx:
        row = tx.one(
            "SELECT detail FROM audit WHERE tenant_id = current_tenant() AND actor = %s"
            " AND action = 'look at list' ORDER BY id DESC LIMIT 1",
            (staff["auditor"].actor,),
        )
    assert row == ({"list": "payments", "rows": 50, "only": {"kind": "collection"}},)


def test_a_list_is_for_whom_its_own_page_is_for(
    clerk: Clerk, web: Flask, staff: dict[str, Member]
) -> None:
    clerk.signs_in(staff["operator"])
    assert "/console/lists/messages" in clerk.reads("/console/lists")
    assert "/console/lists/audit" not in clerk.reads("/console/lists")
    assert clerk.get("/console/lists/audit").status_code == 403
    assert clerk.get("/console/lists/nothing").status_code == 404
    form = {"list": "audit", "format": "csv", "only_who": "x"}
    assert clerk.post("/console/exports", **form).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "only_state=none",
        "only_state=' OR true --",
        "by=number",
        "by=p.amount_minor;--",
        "place=x~y",
        "by=amount&place=1;2~00000000-0000-0000-0000-000000000000",
    ],
)
def test_what_a_list_does_not_have_is_not_asked_of_the_database(
    clerk: Clerk, staff: dict[str, Member], query: str
) -> None:
    clerk.signs_in(staff["company_admin"])
    assert clerk.get(f"/console/lists/payments?{query}").status_code == 404


def test_every_filter_and_order_is_of_a_column(tenant: Tenant) -> None:
    for listing in DOMAINS.listings.values():
        names = {column.name for column in listing.columns}
        assert {one.column for one in listing.filters} | {one.column for one in listing.sorts} <= (
            names
        ), listing.name


def test_a_filter_that_there_is_not_is_refused() -> None:
    listing: Listing = DOMAINS.listings["payments"]
    with pytest.raises(WrongLook):
        listing._sort("state")
