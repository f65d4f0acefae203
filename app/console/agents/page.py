"""Day sheets: each agent's float, whose sums open to their entries. They name nobody."""

from datetime import datetime, timedelta
from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from app.console.people.page import money
from core.agents import day_sheet
from core.agents.day_sheet import LISTED, Day
from core.staff.roles import Permission
from values import clock

LOOK = Permission(
    "agents.look",
    "see agents' day sheets",
    ("company_admin", "operator", "treasurer", "auditor", "government"),
)
CODE_CHARS_MAXIMUM = 40


def listed(visit: Visit) -> Response:
    day = _day(visit)
    found = day_sheet.sheets(visit.tx, day, after=visit.args.get("after", "")[:CODE_CHARS_MAXIMUM])
    return visit.show(
        "agents/list.html",
        day=f"{day.begins:%Y-%m-%d}",
        sheets=found,
        on=found[-1].code if len(found) == LISTED else "",
    )


def one(visit: Visit, code: str) -> Response:
    day = _day(visit)
    found = day_sheet.sheet(visit.tx, day, code)
    if found is None:
        raise NotFound
    return visit.show(
        "agents/one.html", day=f"{day.begins:%Y-%m-%d}", sheet=found[0], lines=found[1]
    )


def _day(visit: Visit) -> Day:
    """The day that is asked for, in the business's own time; else today."""
    zone = visit.business.zone
    try:
        begins = datetime.strptime(visit.args.get("day", "")[:10], "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError:
        begins = clock.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return Day(begins, begins + timedelta(days=1))


PAGE = Page(
    name="agents",
    title="Agents",
    folder=Path(__file__).parent,
    order=50,
    routes=(Route("", listed, LOOK), Route("/<code>", one, LOOK)),
    values={"money": money},
)
