"""Orders: the board, one order with its steps, the stock, and list prices published by two."""

import uuid
from pathlib import Path
from typing import Final

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.orders import credit, moving, priced, stocked
from app.console.page import Page, Route, Visit
from app.console.people.page import money
from core.audit.trail import record
from core.orders import board, orders
from core.orders.errors import OrderUnknown
from core.orders.lifecycle import CANCELLED_BY_STAFF
from core.orders.orders import Order
from core.staff.roles import Permission

LOOK: Final = Permission(
    "orders.look",
    "see orders, stock and list prices",
    ("company_admin", "operator", "treasurer", "auditor"),
)
ASKED_CHARS_MAXIMUM: Final = 20


def listed(visit: Visit) -> Response:
    asked = visit.args.get("state", "")[:ASKED_CHARS_MAXIMUM]
    state = asked if asked in (*board.OPEN, *board.ENDED) else ""
    reference = visit.args.get("reference", "")[:ASKED_CHARS_MAXIMUM].strip()
    if reference:
        try:
            return visit.go(f"orders/{orders.by_reference(visit.tx, reference.upper()).id}")
        except OrderUnknown:
            pass
    before = visit.asked_id("before")
    found = board.page(visit.tx, visit.keys, state=state, before=before)
    return visit.show(
        "orders/board.html",
        lanes=board.lanes(visit.tx),
        found=found,
        state=state,
        ended=board.ENDED,
        missed=reference,
        behind=found[-1].order.id if len(found) == board.PAGE else "",
        currency=visit.business.currency,
    )


def one(visit: Visit, id: uuid.UUID) -> Response:
    order = _order(visit, id)
    record(visit.tx, visit.member.actor, "look at order", id, {})
    return visit.show(
        "orders/one.html",
        order=order,
        lines=orders.lines(visit.tx, id),
        steps=orders.steps(visit.tx, id),
        products=board.products(visit.tx) if order.state == "picked" else [],
        may_move=visit.may(moving.MOVE),
        can_cancel=order.state in CANCELLED_BY_STAFF,
    )


def _order(visit: Visit, id: uuid.UUID) -> Order:
    try:
        return orders.get(visit.tx, id)
    except OrderUnknown:
        raise NotFound from None


PAGE = Page(
    name="orders",
    title="Orders",
    folder=Path(__file__).parent,
    order=44,
    routes=(
        Route("", listed, LOOK),
        Route("/stock", stocked.stocked, LOOK),
        Route("/stock", stocked.change, stocked.COUNT, method="POST"),
        Route("/prices", priced.prices, LOOK),
        Route(
            "/prices/preview",
            priced.preview,
            priced.PUBLISH,
            method="POST",
            body_bytes=priced.FILE_BYTES_MAXIMUM + 64 * 1024,
        ),
        Route("/prices/ask", priced.ask, priced.PUBLISH, method="POST", body_bytes=1024 * 1024),
        Route("/credit", credit.listed, LOOK),
        Route("/credit/<uuid:id>/approve", credit.approve, credit.DECIDE, method="POST"),
        Route("/credit/<uuid:id>/refuse", credit.refuse, credit.DECIDE, method="POST"),
        Route("/credit/<uuid:id>/turn", credit.turn, credit.DECIDE, method="POST"),
        Route("/<uuid:id>", one, LOOK),
        Route("/<uuid:id>/assign", moving.assign, moving.MOVE, method="POST"),
        Route("/<uuid:id>/take-back", moving.take_back, moving.MOVE, method="POST"),
        Route("/<uuid:id>/pick", moving.pick, moving.MOVE, method="POST"),
        Route("/<uuid:id>/deliver", moving.deliver, moving.MOVE, method="POST"),
        Route("/<uuid:id>/cash", moving.take_cash, moving.MOVE, method="POST"),
        Route("/<uuid:id>/cancel", moving.cancel, moving.MOVE, method="POST"),
    ),
    work=(credit.WORK,),
    values={"amount": money},
)
