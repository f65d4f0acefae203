"""A day in the console: compared with a statement, closed as it was shown, opened again by two."""

import io
import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from pypdf import PageObject, PdfReader

from app.console.reconcile.page import STATEMENT_BYTES_MAXIMUM
from app.settings import CHECKOUT
from core.payments import movements
from core.payments.movements import Source
from core.payments.wallets import PAYMENTS
from core.staff.roles import Member
from tests.app.console.conftest import HOST, Clerk, sessions_form_token
from tests.support.tenants import CURRENCY, Tenant
from tests.support.texts import Till
from values.ids import uuid7
from values.money import Money

WALLET, DAY = "DAYS", "2026-11-27"
PATH = f"/console/reconcile/{WALLET}/{DAY}"
STATEMENT = (
    "Receipt,amount,time\r\n1,500,2026-11-27 10:00\r\n2,601,2026-11-27 11:00\r\n"
    "=5+1;@6,9,2026-11-27 12:00\r\n"
)


SHOWN_WALLET, SHOWN_DAY = "KOPERA", "2026-11-28"
SHOWN = CHECKOUT / "docs" / "images" / "reconciliation.pdf"


def book(tenant: Tenant, txid: str, amount: int, *, wallet: str = WALLET, day: int = 27) -> None:
    with tenant.tx() as tx:
        movements.credit_once(
            tx,
            tenant_id=tenant.tenant_id,
            wallet=wallet,
            provider_txid=txid,
            source=Source.API,
            amount=Money(amount, CURRENCY),
            happened_at=datetime(2026, 11, day, 9, tzinfo=UTC),
        )


@pytest.fixture(scope="module", autouse=True)
def _moved(tenant: Tenant) -> None:
    Till(tenant, name="days", wallet=WALLET)
    for txid, amount in (("1", 500), ("2", 600), ("3", 700)):
        book(tenant, txid, amount)


@pytest.fixture
def clerks(web: Flask, tenant: Tenant, staff: dict[str, Member]) -> dict[str, Clerk]:
    roles = ("treasurer", "company_admin", "auditor", "operator")
    return {role: Clerk(web, tenant).signs_in(staff[role]) for role in roles}


def upload(clerk: Clerk, content: bytes, **more: str) -> tuple[int, str]:
    form = {
        "form_token": sessions_form_token(clerk.token),
        "file": (io.BytesIO(content), "statement.csv"),
        **more,
    }
    answer = clerk.client.post(f"{PATH}/compare", data=form, base_url=HOST)
    return answer.status_code, answer.text


def test_a_day_is_closed_as_it_was_shown_and_opened_by_two(
    tenant: Tenant, clerks: dict[str, Clerk]
) -> None:
    maker, checker, reader = clerks["treasurer"], clerks["company_admin"], clerks["auditor"]
    assert "open" in reader.reads(f"/console/reconcile?wallet={WALLET}&until={DAY}")
    assert "not closed" in reader.reads(PATH)
    status, page = upload(maker, STATEMENT.encode(), txid="Receipt")
    assert status == 200
    for words in ("another amount", "with us only", "with them only", "line 4", "It adds up"):
        assert words in page, words
    [digest] = re.findall(r'name="digest" value="([0-9a-f]{64})"', page)
    said = {"statement": STATEMENT, "txid": "Receipt"}
    sheet = maker.post(f"{PATH}/compare", **said, **{"as": "csv"})
    assert sheet.mimetype == "text/csv"
    assert "'=5+1" in sheet.text
    book(tenant, "late", 50)
    moved = maker.post(f"{PATH}/close", **said, digest=digest)
    assert (moved.status_code, "Our books have moved" in moved.text) == (409, True)
    _, page = upload(maker, STATEMENT.encode(), txid="Receipt")
    [digest] = re.findall(r'name="digest" value="([0-9a-f]{64})"', page)
    assert "The day is closed" in maker.does(f"{PATH}/close", **said, digest=digest)
    assert maker.post(f"{PATH}/close", **said, digest=digest).status_code == 409  # a double click
    closed = reader.reads(PATH)
    assert "The signature is right" in closed
    assert digest in closed
    csv = reader.get(f"{PATH}/sheet.csv")
    assert "attachment" in csv.headers["Content-Disposition"]
    assert "'=5+1;'@6" in csv.text
    pdf = PdfReader(io.BytesIO(reader.get(f"{PATH}/sheet.pdf").data)).pages[0].extract_text()
    assert digest in pdf
    assert "with us only" in pdf
    assert "1,850 RWF" in pdf
    assert "It waits for a second person" in maker.does(f"{PATH}/reopen", reason="a late text")
    [request] = re.findall(r"/console/approvals/[0-9a-f-]{36}", maker.reads(PATH))
    assert maker.post(f"{request}/approve").status_code == 409
    checker.does(f"{request}/approve")
    assert "not closed" in reader.reads(PATH)
    assert reader.get(f"{PATH}/sheet.csv").status_code == 409


def test_a_sheet_that_was_changed_afterwards_is_found_out(
    tenant: Tenant, clerks: dict[str, Clerk]
) -> None:
    maker = clerks["treasurer"]
    said = {"statement": STATEMENT, "txid": "Receipt"}
    page = maker.post(f"{PATH}/compare", **said).text
    [digest] = re.findall(r'name="digest" value="([0-9a-f]{64})"', page)
    maker.does(f"{PATH}/close", **said, digest=digest)
    assert "The signature is right" in maker.reads(PATH)
    was = "WHERE state = 'closed'"
    for change, back in (
        ("figures = figures || '{\"x\": 1}'", "figures = figures - 'x'"),
        ("sheet = sheet || ' '", "sheet = rtrim(sheet, ' ')"),
    ):
        tenant.admin.execute(f"UPDATE reconciliation SET {change} {was}")
        assert "not those that were signed" in maker.reads(PATH), change
        tenant.admin.execute(f"UPDATE reconciliation SET {back} {was}")
        assert "The signature is right" in maker.reads(PATH), back


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b"a,b\n1,2\n", 409, "The statement has no column txid."),
        (b"txid,amount,time\n1,x,2026-11-27\n", 409, "is no amount"),
        (b"txid,amount,time\n1,\xff,2026\n", 409, "no CSV in UTF-8"),
        (b"", 409, "has no column"),
    ],
)
def test_a_statement_that_is_wrong_says_how(
    clerks: dict[str, Clerk], content: bytes, status: int, told: str
) -> None:
    answered, page = upload(clerks["company_admin"], content)
    assert (answered, told in page) == (status, True), page


def test_what_is_too_long_is_refused_unread(clerks: dict[str, Clerk]) -> None:
    said = {"statement": "x" * STATEMENT_BYTES_MAXIMUM}
    assert clerks["treasurer"].post(f"{PATH}/compare", **said).status_code == 413
    assert clerks["treasurer"].post(f"{PATH}/reopen", reason="x" * 70_000).status_code == 413


def test_days_that_are_not_there_are_not_found(clerks: dict[str, Clerk]) -> None:
    reader = clerks["auditor"]
    for path in (f"{WALLET}/nonsense", f"NOBODY/{DAY}", f"{WALLET}/{DAY}x/sheet.pdf"):
        assert reader.get(f"/console/reconcile/{path}").status_code in (404, 409), path
    for day in ("0001-01-01", "9999-12-31"):  # their beginning or end is no time
        assert reader.get(f"/console/reconcile/{WALLET}/{day}").status_code == 404, day
        assert reader.reads(f"/console/reconcile?wallet={WALLET}&until={day}")
    assert reader.get(f"/console/reconcile/{WALLET}/2999-01-01").status_code == 409
    assert clerks["operator"].get("/console/reconcile").status_code == 403
    assert reader.reads("/console/reconcile?wallet=x&until=nonsense")


def test_the_docs_show_a_days_sheet(
    tenant: Tenant, clerks: dict[str, Clerk], refreshing: bool
) -> None:
    """`pytest --refresh-transcripts` writes it anew."""
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
            " VALUES (current_tenant(), %s, 'mtn_momo', %s, %s, '{}')",
            (uuid7(), PAYMENTS, SHOWN_WALLET),
        )
    theirs = ["id,amount,time"]
    for number in range(60):
        txid, amount = f"2911{number:04}", 500 + 250 * (number % 9)
        if number != 7:  # with them only
            book(tenant, txid, amount, wallet=SHOWN_WALLET, day=28)
        if number == 11:
            amount += 100  # another amount
        day = 29 if number == 23 else 28
        row = f"{txid},{amount},2026-11-{day} 11:00"
        if number != 31:  # with us only
            theirs += [row] * (2 if number == 42 else 1)  # one of them twice
    path, maker = f"/console/reconcile/{SHOWN_WALLET}/{SHOWN_DAY}", clerks["treasurer"]
    said = {"statement": "\r\n".join(theirs), "txid": "id"}
    page = maker.post(f"{path}/compare", **said).text
    [digest] = re.findall(r'name="digest" value="([0-9a-f]{64})"', page)
    maker.does(f"{path}/close", **said, digest=digest)
    made = maker.get(f"{path}/sheet.pdf").data
    if refreshing:
        SHOWN.write_bytes(made)
    assert lines_of(made) == lines_of(SHOWN.read_bytes())


def lines_of(pdf: bytes) -> list[str]:
    """What a sheet says, but for who closed it when, and how it was signed."""
    lines = [line for page in PdfReader(io.BytesIO(pdf)).pages for line in _text_of(page)]
    assert any(line.startswith("total") for line in lines)
    return [line for line in lines if not line.startswith(("Closed by", "SHA-256"))]


def _text_of(page: PageObject) -> list[str]:
    return page.extract_text().splitlines()
