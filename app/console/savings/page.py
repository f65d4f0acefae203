"""Savings groups: found, looked at, and given their members from a file; what is saved and at risk.

Who has an organisation sees its groups alone; another's is not there for them.
"""

import base64
import binascii
import tempfile
import uuid
from pathlib import Path
from typing import Final

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from app.console.people.page import masked, money
from app.console.savings import credit, kin, meeting
from app.console.savings.within import LOOK, WITHIN, group_of, within
from app.operations import share_out_files
from core.audit.trail import record
from core.loans import portfolio
from core.loans.office import today_of
from core.loans.portfolio import AGES
from core.savings import areas, member_file, member_import, member_plan, overview
from core.savings.errors import ImportNotReady, NoShareOut
from core.savings.member_file import MemberFile
from core.savings.member_plan import WORDS, Word
from core.savings.overview import GroupRow
from core.spreadsheets.errors import SpreadsheetError
from core.staff.errors import StaffError
from core.staff.roles import Permission
from menus.languages import LANGUAGES
from values import names
from values.said import said

# A page waits for its answer; larger files are brought by the command.
ROWS_MAXIMUM: Final = 500
FILE_BYTES_MAXIMUM: Final = 1_000_000
# The file comes back with the preview's form, as letters.
BODY_BYTES_MAXIMUM: Final = 2_000_000
ASKED_CHARS_MAXIMUM: Final = 60

IMPORT = Permission(
    "savings.import",
    "bring members into a group from a file",
    ("company_admin", "operator", "organisation_staff"),
    changes=True,
)


class NothingSharedOut(StaffError):
    """The group has not shared out yet."""


class WrongFile(StaffError):
    """The file cannot be taken. The text says why."""

    def __init__(self, text: str) -> None:
        Exception.__init__(self, text)


def listed(visit: Visit) -> Response:
    asked = visit.args.get("asked", "")[:ASKED_CHARS_MAXIMUM].strip()
    after = visit.args.get("after", "")[:ASKED_CHARS_MAXIMUM]
    found = overview.groups(visit.tx, asked=asked, after=after, within=within(visit))
    more = found[-1].code if len(found) == overview.PAGE else ""
    return visit.show("savings/list.html", found=found, asked=asked, more=more)


def figures(visit: Visit) -> Response:
    """Coverage, savings and portfolio at risk of each organisation, and of the areas of a level."""
    seen, today = within(visit), today_of(visit.tx)
    levels = areas.levels(visit.tx)
    asked = visit.args.get("level", "")
    level = asked if asked in levels else next(iter(levels), "")
    return visit.show(
        "savings/figures.html",
        levels=levels,
        level=level,
        areas=areas.figures(visit.tx, level, within=seen) if level else (),
        lent_in=portfolio.by_area(visit.tx, today, level, within=seen) if level else {},
        organisations=overview.organisations(visit.tx, within=seen),
        lent=portfolio.by_organisation(visit.tx, today, within=seen),
        states=portfolio.by_state(visit.tx, within=seen),
        ages=AGES,
    )


def one(visit: Visit, id: uuid.UUID) -> Response:
    group = group_of(visit, id)
    record(visit.tx, visit.member.actor, "look at group", id, {})
    return visit.show(
        "savings/one.html",
        group=group,
        members=overview.members(visit.tx, visit.keys, id),
        meetings=overview.meetings(visit.tx, id),
        loans=portfolio.of_group(visit.tx, id, today_of(visit.tx)),
        bring=IMPORT,
        may_name=visit.may(kin.KIN),
    )


def share_out(visit: Visit, id: uuid.UUID) -> Response:
    """The newest share-out of the group as a PDF, in the language that is asked for."""
    group_of(visit, id)
    asked = visit.args.get("language", "")
    language = asked if asked in LANGUAGES else "en"
    try:
        content = share_out_files.pdf(
            visit.tx, visit.keys, id, language=language, by=visit.member.actor
        )
    except NoShareOut:
        raise NothingSharedOut from None
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="share-out-{language}.pdf"'
    return answer


def preview(visit: Visit, id: uuid.UUID) -> Response:
    """What a file would do. Nothing is changed."""
    group = group_of(visit, id)
    sent = visit.files.get("file")
    content = sent.read(FILE_BYTES_MAXIMUM + 1) if sent is not None else b""
    return _previewed(visit, group, content)


def bring(visit: Visit, id: uuid.UUID) -> Response:
    """All of the file's members, or nobody: then what is wrong is shown again."""
    group = group_of(visit, id)
    try:
        content = base64.b64decode(visit.form.get("content", ""), validate=True)
    except binascii.Error:
        raise WrongFile("Choose the file again.") from None
    file, words = _read(visit, content), _words(visit)
    try:
        made = member_import.apply(
            visit.tx,
            visit.keys,
            visit.business,
            file,
            by=visit.member.actor,
            group_code=group.code,
            words=words,
            within=within(visit),
        )
    except ImportNotReady:
        return _previewed(visit, group, content)
    counted = ", ".join(f"{count} {decision}" for decision, count in made.counts.items())
    return visit.go(f"savings/{id}", said("Members: {counted}.", counted=counted))


def _previewed(visit: Visit, group: GroupRow, content: bytes) -> Response:
    file, words = _read(visit, content), _words(visit)
    made = member_plan.plan(
        visit.tx,
        visit.keys,
        file,
        group_code=group.code,
        words=words,
        within=within(visit),
    )
    return visit.show(
        "savings/preview.html",
        group=group,
        plan=made,
        rows=[(one, names.shown(one.row.name), masked(one.row.number)) for one in made.rows],
        problems=[(member_plan.place_of(one), one) for one in made.problems],
        ignored=file.ignored,
        words=words,
        content=base64.b64encode(content).decode(),
    )


def _read(visit: Visit, content: bytes) -> MemberFile:
    """Raises WrongFile."""
    if not content:
        raise WrongFile("Choose a file.")
    if len(content) > FILE_BYTES_MAXIMUM:
        raise WrongFile("The file has more than 1 MB: bring it with `piga savings members import`.")
    with tempfile.NamedTemporaryFile(prefix="piga-members-") as kept:
        kept.write(content)
        kept.flush()
        try:
            today = today_of(visit.tx)
            found = member_file.read(Path(kept.name), country=visit.business.country, today=today)
        except SpreadsheetError as error:
            raise WrongFile(str(error)) from None
    if found.read > ROWS_MAXIMUM:
        raise WrongFile(
            f"The file has more than {ROWS_MAXIMUM} members: bring it with"
            " `piga savings members import`."
        )
    return found


def _words(visit: Visit) -> dict[str, Word]:
    """What the form says of rows: `row_4` is same, new or skip."""
    return {
        name.removeprefix("row_"): word
        for name, said in visit.form.items()
        if name.startswith("row_")
        for word in WORDS
        if word == said
    }


PAGE = Page(
    name="savings",
    title="Savings",
    folder=Path(__file__).parent,
    order=22,
    routes=(
        Route("", listed, LOOK, scopes=WITHIN),
        Route("/figures", figures, LOOK, scopes=WITHIN),
        Route("/<uuid:id>", one, LOOK, scopes=WITHIN),
        Route("/<uuid:id>/share-out.pdf", share_out, LOOK, scopes=WITHIN),
        *meeting.ROUTES,
        *credit.ROUTES,
        *kin.ROUTES,
        Route(
            "/<uuid:id>/preview",
            preview,
            IMPORT,
            method="POST",
            scopes=WITHIN,
            body_bytes=BODY_BYTES_MAXIMUM,
        ),
        Route(
            "/<uuid:id>/members",
            bring,
            IMPORT,
            method="POST",
            scopes=WITHIN,
            body_bytes=BODY_BYTES_MAXIMUM,
        ),
    ),
    values={"amount": money},
)
