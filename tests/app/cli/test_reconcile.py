"""`piga reconcile`: a day with its statement, closed with a sheet that adds up, opened by two."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from core.db.database import Database, Tx
from core.payments import movements
from core.payments.movements import Source
from core.tenants.directory import all_services
from tests.support.cli import Piga, demo
from values.money import Money

__all__ = ["demo"]

DAY = ("2026-11-27", "--tenant", "ibimina", "--wallet", "MTN")
BY = ("--by", "m.uwera")


@contextmanager
def tenant_of(demo: Piga) -> Iterator[Tx]:
    """A transaction of the tenant's."""
    database = Database(demo.database_url)
    found = [one.tenant.id for one in all_services(database) if one.tenant.slug == "ibimina"]
    with database.transaction(found[0]) as tx:
        yield tx
    database.close()


def book(demo: Piga, *booked: tuple[str, int, int]) -> None:
    with tenant_of(demo) as tx:
        row = tx.one("SELECT current_tenant()")
        assert row
        for txid, amount, hour in booked:
            movements.credit_once(
                tx,
                tenant_id=row[0],
                wallet="MTN",
                provider_txid=txid,
                source=Source.API,
                amount=Money(amount, "RWF"),
                happened_at=datetime(2026, 11, 27, hour, tzinfo=UTC),
            )


def test_a_day_is_compared_closed_and_opened_again_by_two(demo: Piga, tmp_path: Path) -> None:
    book(demo, ("1", 500, 8), ("2", 600, 9), ("3", 700, 10), ("5", 50, 23))  # 5: the day after
    statement = tmp_path / "statement.csv"
    statement.write_text(
        "txid,amount,time\n1,500,2026-11-27 10:00\n2,601,2026-11-27 11:00\n"
        "4,900,2026-11-27 12:00\n=5+1,9,2026-11-27 12:00\n5,50,2026-11-27 23:59\n"
    )
    sheet = tmp_path / "sheet.csv"
    run = ("reconcile", *DAY, "--statement", statement, "--sheet", sheet)
    done = demo(*run, "--close", *BY)
    assert re.search(r"6 compared, 5 differ\.", done.stderr), done.output
    rows = list(csv.reader(io.StringIO(sheet.read_text())))
    of = {line[0]: line[1:] for line in rows[4:14]}
    assert of["matched"] == ["1", "500", "500", "0"]
    assert of["amount"] == ["1", "600", "601", "-1"]
    assert of["ours_only"] == ["1", "700", "0", "700"]
    assert of["theirs_only"] == ["2", "0", "909", "-909"]
    assert of["wrong_day"] == ["1", "50", "50", "0"]
    assert of["total"] == ["6", "1850", "2060", "-210"]
    assert ["adds up", "yes", "", "", ""] in rows
    assert "'=5+1" in sheet.read_text()  # no formula
    digest = hashlib.sha256(sheet.read_bytes()).hexdigest()
    assert f"SHA-256 of the sheet: {digest}\n" in done.stderr
    again = demo(*run, "--close", *BY)
    assert "That day is closed for this wallet." in again.stderr
    asked = demo("reconcile", *DAY, "--reopen", *BY, "--reason", "a late statement")
    request = re.fullmatch(r"It waits for a second officer: (\S{36})\.\n", asked.stdout)
    assert request, asked.output
    mine = demo("approvals", "approve", request[1], *DAY[1:3], *BY, "--yes")
    assert "Another officer has to decide" in mine.stderr
    demo("approvals", "approve", request[1], *DAY[1:3], "--by", "j.mugabo", "--yes")
    assert "Closed: " in demo(*run, "--close", *BY).stderr
    with tenant_of(demo) as tx:
        tx.execute("UPDATE reconciliation SET figures = '{}' WHERE state = 'closed'")
    changed = demo("reconcile", *DAY, "--reopen", *BY, "--reason", "x")
    assert "Its figures are not those that were closed." in changed.stderr


def test_what_is_wrong_is_said_in_a_sentence(demo: Piga, tmp_path: Path) -> None:
    statement = tmp_path / "statement.csv"
    statement.write_text("txid,amount\n")
    run = ("reconcile", *DAY, "--statement", statement)
    assert "The statement has no column time." in demo(*run).stderr
    assert "OURS is one of txid" in demo(*run, "--column", "x=y").stderr
    assert "Say who: --by NAME." in demo(*run, "--close").stderr
    assert "A statement is needed" in demo("reconcile", *DAY).stderr
    late = ("reconcile", "2030-01-01", *DAY[1:], "--statement", statement)
    assert "That day is not over." in demo(*late).stderr
    never = ("reconcile", "2020-01-01", *DAY[1:], "--reopen", *BY, "--reason", "x")
    assert "That day is not closed." in demo(*never).stderr
