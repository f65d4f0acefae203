"""An export from the asking to the file: what is in it, who may take it, what is left of it."""

import csv
import io
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pypdf
import pytest

from core.audit import chain
from core.documents.table import Row
from core.exports import exports, parts, writing
from core.exports.errors import NoSuchExport, NotReady, TooManyExports, WrongExport
from core.exports.exports import Export, Format
from core.exports.packing import pack, unpack
from core.lists.listing import Wanted
from core.people import people
from tests.support.domains import DOMAINS
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant
from tests.support.waiting import at_once
from values import clock
from values.money import Money

ANN = "officer ann"


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database, "kopera") as made:
        yield made
        assert made.broken() == []


def asked(
    tenant: Tenant,
    name: str,
    format: Format = "csv",
    *,
    by: str = ANN,
    reason: str = "",
    **more: Any,
) -> Export:
    wanted = Wanted(**{"since": None, "until": exports.until_now(), **more})
    with tenant.tx() as tx:
        return exports.ask(
            *(tx, DOMAINS.listings[name], format, wanted), by=by, reason=reason, enqueued=False
        )


def written(tenant: Tenant, made: Export) -> bytes:
    listing = DOMAINS.listings[made.listing]
    *_, last = writing.run(tenant.database, KEYS, tenant.tenant_id, listing, made.id)
    assert (last.state, last.percent, last.reason) == ("ready", 100, None)
    file = b"".join(parts.read(tenant.database, KEYS, tenant.tenant_id, made.id, "file"))
    assert len(file) == last.file_bytes
    return file


def rows_of(file: bytes) -> list[dict[str, str]]:
    _, names, *rows = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""))
    return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.mark.parametrize("name", DOMAINS.listings)
def test_every_list_is_read_and_counted_alike(tenant: Tenant, name: str) -> None:
    """Its statements are right, its rows fit its columns, and it goes on behind its keys."""
    listing = DOMAINS.listings[name]
    wallet = tenant.wallet(1000)
    subject = wallet if listing.subject else None
    wanted = Wanted(since=None, until=exports.until_now(), subject_id=subject)
    with tenant.tx() as tx:
        count = listing.count(tx, wanted)
        found: list[Row] = []
        after = None
        while True:
            rows, last = listing.page(tx, KEYS, wanted, after=after, limit=3)
            if last is None:
                break
            found += rows
            after = last
        assert len(found) == count
        none = Wanted(since=clock.now(), until=clock.now(), subject_id=subject)
        assert listing.page(tx, KEYS, none, after=None, limit=3) == ([], None)
    assert all(len(row) == len(listing.columns) for row in found)


def test_people_are_masked_unless_a_reason_says_why_not(tenant: Tenant) -> None:
    who = tenant.person("=Uwera Claudine", address="+250788123456")
    [row] = [
        row
        for row in rows_of(written(tenant, asked(tenant, "people")))
        if row["person"] == str(who)
    ]
    assert (row["name"], row["number"]) == ("'=Uwera C.", "+250 ••• 456")
    with pytest.raises(WrongExport, match="Say why"):
        asked(tenant, "people", whole=True, reason="  ")
    made = asked(tenant, "people", whole=True, reason="Court order 12")
    [row] = [row for row in rows_of(written(tenant, made)) if row["person"] == str(who)]
    assert (row["name"], row["number"]) == ("'=Uwera Claudine", "+250788123456")
    [action] = trail(tenant, made)
    assert (action["reason"], action["whole"]) == ("Court order 12", True)


@pytest.mark.parametrize("format", ["csv", "xlsx", "pdf"])
def test_a_statement_is_the_accounts_own_movements(tenant: Tenant, format: Format) -> None:
    wallet, other = tenant.wallet(5000), tenant.wallet(7777)
    tenant.move(wallet, other, 1200)
    file = written(tenant, asked(tenant, "movements", format, subject_id=wallet))
    if format == "csv":
        amounts = [row["amount"] for row in rows_of(file)]
        assert [row["amount_currency"] for row in rows_of(file)] == ["RWF", "RWF"]
        assert b"amounts in each currency's own unit" in file.partition(b"\r\n")[0]
    elif format == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(file)).active
        assert sheet is not None
        amounts = [str(row[4]) for row in sheet.iter_rows(min_row=3, values_only=True)]
    else:
        text = pypdf.PdfReader(io.BytesIO(file)).pages[0].extract_text()
        amounts = [one for one in ("5000", "-1200") if f"{int(one):,} RWF" in text]
    assert amounts == ["5000", "-1200"]


def test_members_are_those_of_the_organisations_that_somebody_may_see(tenant: Tenant) -> None:
    elsewhere = Wanted(since=None, until=exports.until_now(), organisations=(uuid.uuid4(),))
    with tenant.tx() as tx:
        assert DOMAINS.listings["members"].count(tx, elsewhere) == 0
        none = Wanted(since=None, until=exports.until_now(), organisations=())
        assert DOMAINS.listings["members"].count(tx, none) == 0
    with pytest.raises(WrongExport, match="whole business"):
        asked(tenant, "people", organisations=(uuid.uuid4(),))


def test_only_who_asked_takes_it_and_each_time_is_in_the_trail(tenant: Tenant) -> None:
    made = asked(tenant, "approvals")
    with tenant.tx() as tx, pytest.raises(NotReady):
        exports.take(tx, made.id, ANN)
    written(tenant, made)
    for _ in range(2):
        with tenant.tx() as tx:
            assert exports.take(tx, made.id, ANN).file_name.startswith("approvals-")
    with tenant.tx() as tx, pytest.raises(NoSuchExport):
        exports.take(tx, made.id, "officer joe")
    assert len(trail(tenant, made, "take export")) == 2
    with tenant.tx() as tx:
        assert chain.verify_in(tx, KEYS.audit_seal)[1] == []


def test_too_many_rows_for_a_format_are_refused_in_words(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "ROWS_MAXIMUM", {"pdf": 1})
    tenant.person()
    tenant.person()
    made = asked(tenant, "people", "pdf")
    listing = DOMAINS.listings["people"]
    [_, last] = writing.run(tenant.database, KEYS, tenant.tenant_id, listing, made.id)
    assert last.state == "failed"
    assert "PDF has 1 at most: ask for CSV" in (last.reason or "")


def test_five_at_once_are_enough(tenant: Tenant) -> None:
    for _ in range(exports.AT_ONCE_MAXIMUM):
        asked(tenant, "people", by="officer eve")
    with pytest.raises(TooManyExports):
        asked(tenant, "people", by="officer eve")


def test_of_two_that_are_asked_for_at_once_one_is_the_fifth(tenant: Tenant) -> None:
    for _ in range(exports.AT_ONCE_MAXIMUM - 1):
        asked(tenant, "people", by="officer zoe")
    answers = at_once([lambda: asked(tenant, "people", by="officer zoe")] * 3)
    assert sum(isinstance(one, TooManyExports) for one in answers) == 2, answers


def test_a_part_that_was_put_elsewhere_is_not_read(tenant: Tenant) -> None:
    """What has been moved between exports by who can write to the database alone."""
    one, two = asked(tenant, "people"), asked(tenant, "people")
    written(tenant, one)
    written(tenant, two)
    tenant.admin.execute(
        "UPDATE export_part SET content_sealed = (SELECT content_sealed FROM export_part"
        " WHERE export_id = %s LIMIT 1) WHERE export_id = %s",
        (one.id, two.id),
    )
    with pytest.raises(ValueError, match="somebody else"):
        list(parts.read(tenant.database, KEYS, tenant.tenant_id, two.id, "file"))


def test_rows_come_back_from_their_packing_as_they_were() -> None:
    row = ("ɛ", 1, None, Decimal("1.50"), Money(-5, "GHS"), clock.now(), date(2026, 11, 30))
    assert [tuple(one) for one in unpack(pack([row, row]))] == [row, row]


def test_what_came_later_is_not_in_it(tenant: Tenant) -> None:
    until = exports.until_now() - timedelta(hours=1)
    file = written(tenant, asked(tenant, "audit", until=until))
    assert rows_of(file) == []
    with pytest.raises(WrongExport, match="behind its end"):
        asked(tenant, "audit", since=until, until=until)


def test_a_day_before_there_were_ids_is_the_beginning(tenant: Tenant) -> None:
    """Such a day has no id: as the bound of ids it would come behind all of them."""
    long_ago = datetime(1900, 1, 1, tzinfo=UTC)
    who = str(tenant.person())
    found = rows_of(written(tenant, asked(tenant, "people", since=long_ago)))
    assert who in [row["person"] for row in found]
    with pytest.raises(WrongExport, match="behind its end"):
        asked(tenant, "audit", until=long_ago)


def trail(tenant: Tenant, made: Export, action: str = "ask for export") -> list[dict[str, object]]:
    rows = tenant.admin.execute(
        "SELECT detail FROM audit WHERE object_id = %s AND action = %s", (made.id, action)
    ).fetchall()
    return [row[0] for row in rows]


def test_people_who_are_frozen_say_so(tenant: Tenant) -> None:
    who = tenant.person()
    with tenant.tx() as tx:
        people.freeze(tx, who, frozen=True, actor="test", reason="lost")
    rows = rows_of(written(tenant, asked(tenant, "people")))
    assert [row["status"] for row in rows if row["person"] == str(who)] == ["frozen"]
