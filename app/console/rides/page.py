"""The board of rides: what is under way and who is on duty, as it changes; one ride with all that
happened to it, and a driver for it by hand."""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import BY_ITSELF, Page, Route, Visit
from app.console.rides import fares, papers, reports
from app.console.rides.rights import FARES, FILES, GIVE, LOOK, PAPERS, REPORTS, SEE_FARES
from core.audit.trail import record
from core.rides import board, desk, rides, stops
from core.staff.work import Work
from values import clock


def listed(visit: Visit) -> Response:
    asked = {name: visit.args.get(name, "")[:40] for name in ("state", "stop", "words")}
    return visit.show(
        "rides/list.html",
        **_board(visit),
        asked=asked,
        states=board.STATES,
        stops=stops.all_stops(visit.tx),
        live="/console/rides/now?" + urlencode({**asked, BY_ITSELF: "1"}),
    )


def now(visit: Visit) -> Response:
    """The part of the board that changes, by itself."""
    return visit.show("rides/now.html", **_board(visit))


def _board(visit: Visit) -> Mapping[str, Any]:
    state = visit.args.get("state", "")
    found = board.under_way(
        visit.tx,
        state=state if state in board.STATES else "",
        stop_id=visit.asked_id("stop"),
        words=visit.args.get("words", "")[:40],
    )
    return {"rides": found, "drivers": board.on_duty(visit.tx)}


def one(visit: Visit, id: uuid.UUID) -> Response:
    ride = rides.find(visit.tx, id)
    if ride is None:
        raise NotFound
    record(visit.tx, visit.member.actor, "look at ride", id, {})
    names = {
        who: rides.name_of(visit.tx, visit.keys, person)
        for who, person in (("customer", ride.customer_id), ("driver", ride.driver_id))
        if person is not None
    }
    return visit.show(
        "rides/one.html",
        ride=ride,
        names=names,
        steps=board.steps_of(visit.tx, id),
        may_give=visit.may(GIVE) and ride.state in desk.NOT_BEGUN,
    )


def give(visit: Visit, id: uuid.UUID) -> Response:
    reason = visit.reason()
    if rides.find(visit.tx, id) is None:
        raise NotFound
    desk.reassign(
        *(visit.tx, visit.keys, id),
        plate=visit.form.get("plate", "")[:20],
        today=clock.now(visit.business.zone).date(),
        actor=visit.member.actor,
        reason=reason,
    )
    return visit.go(f"rides/{id}", "It is theirs. Both are texted.")


PAGE = Page(
    name="rides",
    title="Rides",
    folder=Path(__file__).parent,
    order=8,
    routes=(
        Route("", listed, LOOK),
        Route("/now", now, LOOK),
        Route("/<uuid:id>", one, LOOK),
        Route("/<uuid:id>/give", give, GIVE, method="POST"),
        Route("/fares", fares.listed, SEE_FARES),
        Route("/fares/draft", fares.drafted, SEE_FARES),
        Route("/fares/preview", fares.preview, FARES, method="POST"),
        Route("/fares/ask", fares.ask, FARES, method="POST"),
        Route("/reports", reports.looked_at, REPORTS),
        Route("/reports/file", reports.taken, REPORTS),
        Route("/papers", papers.listed, LOOK),
        Route("/papers/<uuid:id>", papers.decided, PAPERS, method="POST"),
    ),
    more=(FILES,),
    work=(Work(papers.KIND, "A driver's papers wait", PAPERS, papers.waiting),),
)
