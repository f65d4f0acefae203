"""Exports by the API: asked for once, written by the job, taken by the key that asked."""

import csv
import io
import uuid
from collections.abc import Iterator

import pypdf
import pytest

from tests.app.api.conftest import Program, Programs, said
from tests.support.domains import DOMAINS
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from workers.exports.write import write_export
from workers.jobs import context

PEOPLE = {"list": "people", "format": "csv"}


@pytest.fixture(autouse=True)
def worker(tenant: UssdTenant) -> Iterator[None]:
    made = context.make(
        tenant.database, KEYS, DOMAINS.messages, listings=DOMAINS.listings, hooks_url=""
    )
    context.install(made)
    yield
    made.directory.stop()


def work(tenant: UssdTenant, id: str) -> None:
    [outbox_id] = tenant.one("SELECT id FROM outbox WHERE subject_id = %s", uuid.UUID(id))
    write_export(str(tenant.tenant_id), str(outbox_id))


def test_a_list_is_asked_for_once_and_taken_as_a_file(
    program: Programs, tenant: UssdTenant
) -> None:
    shop: Program = program()
    first = shop.post("/exports", PEOPLE, "one")
    assert first.status_code == 202
    assert said(shop.post("/exports", PEOPLE, "one")) == said(first)
    id = said(first)["id"]
    early = shop.get(f"/exports/{id}/file")
    assert (early.status_code, said(early)["detail"]) == (409, "The file is not written yet.")
    work(tenant, id)
    state = said(shop.get(f"/exports/{id}"))
    assert (state["state"], state["percent"]) == ("ready", 100)
    assert [one["id"] for one in said(shop.get("/exports"))["items"]] == [id]
    file = shop.get(f"/exports/{id}/file")
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in file.headers["Content-Disposition"]
    assert len(file.data) == state["file_bytes"] == int(file.headers["Content-Length"])
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"), newline="")))
    assert len(rows) == 2 + tenant.count("subscriber")
    assert tenant.people["uwera"].phones[0] in {row[2] for row in rows}  # whole, as in lists
    taken = tenant.number("SELECT count(*) FROM audit WHERE action = 'take export'")
    assert taken == 1
    second = said(shop.post("/exports", PEOPLE, "two"))["id"]
    page = said(shop.get("/exports?limit=1"))
    assert [one["id"] for one in page["items"]] == [second]
    page = said(shop.get(f"/exports?limit=1&cursor={page['next_cursor']}"))
    assert [one["id"] for one in page["items"]] == [id]
    assert said(shop.get(f"/exports?limit=1&cursor={page['next_cursor']}"))["items"] == []
    other = program(name="till")
    assert other.get(f"/exports/{id}").status_code == 404
    assert other.get(f"/exports/{id}/file").status_code == 404


def test_a_list_asks_for_its_own_scope(program: Programs, tenant: UssdTenant) -> None:
    shop = program("exports:write", "exports:read")
    refused = shop.post("/exports", PEOPLE, "one")
    assert (refused.status_code, said(refused)["detail"]) == (
        403,
        "It lacks the scope people:read.",
    )
    movements = {"list": "movements", "format": "pdf"}
    whose = program(name="till").post("/exports", movements, "one")
    assert (whose.status_code, said(whose)["detail"]) == (
        409,
        "Movements of an account: say of which account.",
    )


def test_a_statement_is_a_pdf_of_its_days(program: Programs, tenant: UssdTenant) -> None:
    shop = program()
    person = tenant.id_of("uwera")
    [account, *_] = said(shop.get(f"/people/{person}/accounts"))["items"]
    answer = shop.get(f"/accounts/{account['id']}/statement?first=2020-01-01")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "01/01/2020" in text
    assert shop.get(f"/accounts/{uuid.uuid4()}/statement").status_code == 404
    assert shop.get(f"/accounts/{account['id']}/statement?last=0001-01-01").status_code == 200
    noted = tenant.number("SELECT count(*) FROM audit WHERE action = 'take statement'")
    assert noted == 2
