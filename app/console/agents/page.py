"""Day sheets: each agent's float, whose sums open to their entries. They name nobody."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from app.console.people.page import money
from core.agents import commission, day_sheet, float_offers, sale_reversal
from core.agents.day_sheet import LISTED, Day, Sheet
from core.staff.roles import Permission
from values import clock

LOOK = Permission(
    "agents.look",
    "see agents' day sheets",
    ("company_admin", "operator", "treasurer", "auditor", "government"),
)
ASK = Permission(
    "agents.ask",
    "ask that an agent's commission is paid out, or that a sale is reversed",
    ("company_admin", "operator", "treasurer"),
    changes=True,
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
    sheet, lines = found
    return visit.show(
        "agents/one.html",
        day=f"{day.begins:%Y-%m-%d}",
        sheet=sheet,
        lines=lines,
        earns=commission.standing(visit.tx, sheet.agent_id, sheet.currency),
        waiting=float_offers.waiting_of(visit.tx, sheet.agent_id),
        reversals=sale_reversal.open_of_agent(visit.tx, sheet.agent_id),
        reversible=sale_reversal.KINDS,
        ask=ASK,
    )


def pay_out(visit: Visit, code: str) -> Response:
    """Asked for by one; another decides."""
    found = _agent(visit, code)
    visit.ask_for(commission.PAY_OUT, found.agent_id, {"currency": found.currency})
    return visit.go(f"agents/{code}", "It waits for a second person.")


def reverse(visit: Visit, code: str, id: uuid.UUID) -> Response:
    """Asked for by one; another decides."""
    visit.ask_for(sale_reversal.REVERSE, id)
    return visit.go(f"agents/{code}", "It waits for a second person.")


def contest(visit: Visit, code: str, id: uuid.UUID) -> Response:
    done = sale_reversal.contest(visit.tx, id, visit.reason(), actor=visit.member.actor)
    said = "Whoever decides reads it." if done else "It was contested or decided before."
    return visit.go(f"agents/{code}", said)


def _agent(visit: Visit, code: str) -> Sheet:
    found = day_sheet.sheet(visit.tx, _day(visit), code)
    if found is None:
        raise NotFound
    return found[0]


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
    routes=(
        Route("", listed, LOOK),
        Route("/<code>", one, LOOK),
        Route("/<code>/pay-out", pay_out, ASK, method="POST"),
        Route("/<code>/reverse/<uuid:id>", reverse, ASK, method="POST"),
        Route("/<code>/contest/<uuid:id>", contest, ASK, method="POST"),
    ),
    values={"money": money},
)
