"""Days of wallets: ours beside the provider's statement, closed with a signed sheet."""

import io
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from app.console.people.page import money
from app.console.reconcile import documents
from core.approvals import requests
from core.audit.trail import record
from core.payments.reconciliation import days
from core.payments.reconciliation.compare import MATCHED, Pair
from core.payments.reconciliation.comparing import Said, compare
from core.payments.reconciliation.days import Closed, Day
from core.payments.reconciliation.sheet import Sheet
from core.payments.text_errors import BooksMoved, NotClosed, WrongStatement
from core.staff.roles import Permission
from values import clock

SHOWN_DAYS: Final = 31
SHOWN_DIFFERENCES: Final = 200
# More is for `piga reconcile`, which reads a file of any length.
STATEMENT_BYTES_MAXIMUM: Final = 2 * 1024 * 1024
COLUMN_CHARS_MAXIMUM: Final = 60
YEARS: Final = range(2000, 3000)
COLUMNS: Final = ("txid", "amount", "time")

LOOK = Permission(
    "reconcile.look", "see days and their sheets", ("company_admin", "treasurer", "auditor")
)
CLOSE = Permission(
    "reconcile.close",
    "compare a day with a statement and close it, or ask that it is opened again",
    ("company_admin", "treasurer"),
    changes=True,
)


def listed(visit: Visit) -> Response:
    wallets = days.wallets(visit.tx)
    asked = visit.args.get("wallet", "")
    wallet = asked if asked in wallets else next(iter(wallets), "")
    yesterday = clock.now(visit.business.zone).date() - timedelta(days=1)
    last = min(_date(visit.args.get("until", "")) or yesterday, yesterday)
    first = last - timedelta(days=SHOWN_DAYS - 1)
    ends = (days.of_tenant(visit.tx, wallet, day) for day in (first, last))
    return visit.show(
        "reconcile/list.html",
        wallets=wallets,
        wallet=wallet,
        shown=[last - timedelta(days=ago) for ago in range(SHOWN_DAYS)] if wallet else [],
        closed=days.closed_between(visit.tx, *ends),
        before=first - timedelta(days=1),
    )


def one(visit: Visit, wallet: str, day: str) -> Response:
    of = _day(visit, wallet, day)
    days.require_over(of)
    try:
        closed: Closed | None = days.find(visit.tx, of)
    except NotClosed:
        closed = None
    return visit.show(
        "reconcile/one.html",
        day=of,
        closed=closed,
        is_signed=closed is not None and days.is_signed(visit.keys, closed),
        waiting=requests.waiting_about(visit.tx, closed.id) if closed else [],
        close=CLOSE,
    )


def compared(visit: Visit, wallet: str, day: str) -> Response:
    """What differs. Nothing is kept: the statement goes along in the page, to close the day."""
    of = _day(visit, wallet, day)
    statement, differences = _statement(visit), list[Pair]()

    def note(pair: Pair) -> None:
        if pair.kind != MATCHED and len(differences) < SHOWN_DIFFERENCES:
            differences.append(pair)

    into = io.StringIO(newline="")
    made = compare(visit.tx, of, _said(visit, statement), into, seen=note)
    record(visit.tx, visit.member.actor, "compare day", None, {"wallet": wallet, "day": day})
    if visit.form.get("as") == "csv":
        return _file(into.getvalue().encode(), "text/csv", f"{wallet}-{day}-open.csv")
    return visit.show(
        "reconcile/compared.html",
        day=of,
        made=made,
        differences=differences,
        statement=statement,
        columns={name: visit.form.get(name, "")[:COLUMN_CHARS_MAXIMUM] for name in COLUMNS},
    )


def close(visit: Visit, wallet: str, day: str) -> Response:
    """Closed as it was shown: compared once more, it must come to the same sheet."""
    of = _day(visit, wallet, day)
    made = compare(visit.tx, of, _said(visit, _statement(visit)), io.StringIO(newline=""))
    if made.digest.hex() != visit.form.get("digest", ""):
        raise BooksMoved
    _close(visit, of, made)
    return visit.go(f"reconcile/{wallet}/{day}", "The day is closed.")


def _close(visit: Visit, day: Day, made: Sheet) -> uuid.UUID:
    by = visit.member.officer
    return days.close(visit.tx, visit.keys, day, made.figures, made.digest, by=by, sheet=made.text)


def reopen(visit: Visit, wallet: str, day: str) -> Response:
    closed = days.find(visit.tx, _day(visit, wallet, day))
    visit.ask_for(days.REOPEN, closed.id)
    return visit.go(f"reconcile/{wallet}/{day}", "It waits for a second person.")


def sheet_csv(visit: Visit, wallet: str, day: str) -> Response:
    """The very sheet that was signed."""
    closed = days.find(visit.tx, _day(visit, wallet, day))
    if closed.sheet is None:
        raise NotFound
    record(visit.tx, visit.member.actor, "read sheet", closed.id, {"as": "csv"})
    return _file(closed.sheet.encode(), "text/csv", f"{wallet}-{day}.csv")


def sheet_pdf(visit: Visit, wallet: str, day: str) -> Response:
    of = _day(visit, wallet, day)
    closed, into = days.find(visit.tx, of), io.BytesIO()
    is_signed = days.is_signed(visit.keys, closed)
    documents.write(into, of, closed, visit.business.name, is_signed=is_signed)
    record(visit.tx, visit.member.actor, "read sheet", closed.id, {"as": "pdf"})
    return _file(into.getvalue(), "application/pdf", f"{wallet}-{day}.pdf")


def _day(visit: Visit, wallet: str, day: str) -> Day:
    found = _date(day)
    if found is None or wallet not in days.wallets(visit.tx):
        raise NotFound
    return days.of_tenant(visit.tx, wallet, found)


def _date(said: str) -> date | None:
    """A day as it is written in addresses; None for what is none of a wallet's."""
    try:
        found = date.fromisoformat(said) if len(said) == len("2026-11-27") else None
    except ValueError:
        return None
    return found if found and found.year in YEARS else None


def _statement(visit: Visit) -> str:
    """The statement's text: a file, or what a page of ours took along. Raises WrongStatement."""
    sent = visit.files.get("file")
    if sent is None or not sent.filename:
        return visit.form.get("statement", "")
    content: bytes = sent.read()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongStatement("The statement is no CSV in UTF-8: save it again as that.") from None


def _said(visit: Visit, statement: str) -> Said:
    columns = {name: visit.form.get(name, "")[:COLUMN_CHARS_MAXIMUM].strip() for name in COLUMNS}
    return Said(
        io.StringIO(statement, newline=""),
        columns={name: said for name, said in columns.items() if said},
    )


def _file(content: bytes, kind: str, name: str) -> Response:
    safe = "".join(char if char.isalnum() or char in "-." else "_" for char in name)
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response


def _where(pair: Pair) -> str:
    """Where a difference stands in the statement."""
    return pair.theirs.place if pair.theirs else ""


_ONE: Final = "/<wallet>/<day>"

PAGE = Page(
    name="reconcile",
    title="Days",
    folder=Path(__file__).parent,
    order=16,
    routes=(
        Route("", listed, LOOK),
        Route(_ONE, one, LOOK),
        Route(f"{_ONE}/sheet.csv", sheet_csv, LOOK),
        Route(f"{_ONE}/sheet.pdf", sheet_pdf, LOOK),
        Route(
            f"{_ONE}/compare", compared, CLOSE, method="POST", body_bytes=STATEMENT_BYTES_MAXIMUM
        ),
        Route(f"{_ONE}/close", close, CLOSE, method="POST", body_bytes=STATEMENT_BYTES_MAXIMUM),
        Route(f"{_ONE}/reopen", reopen, CLOSE, method="POST"),
    ),
    values={
        "money": money,
        "difference_kinds": documents.KINDS,
        "place_of": _where,
    },
)
