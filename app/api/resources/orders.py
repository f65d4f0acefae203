"""Orders: a promised price becomes one, is looked at, and is cancelled while it can be."""

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from app.api.call import Call, Endpoint
from app.api.listing import Page, Paging, cursor_of
from app.api.problems import ProblemError
from app.api.resources.people import require_person
from core.orders import board, orders, placing
from core.orders.errors import OrderUnknown, QuoteUnknown
from core.orders.orders import OrderLine as Line

READ = "orders:read"
WRITE = "orders:write"
CHANNEL = "api"

State = Literal[
    "created",
    "reserved",
    "confirmed",
    "assigned",
    "picked",
    "delivered",
    "invoiced",
    "settled",
    "refused",
    "cancelled",
    "expired",
]
Reason = Annotated[str, Field(min_length=3, max_length=200, pattern=r"^[^\x00]*$")]


class OrderToPlace(BaseModel, extra="forbid"):
    """What becomes of a promised price: it is ordered at once, or not at all."""

    quote_id: uuid.UUID = Field(description="Of a price that was promised to this person.")
    person_id: uuid.UUID
    payment: Literal["cash", "wallet", "credit"]


class OrderToCancel(BaseModel, extra="forbid"):
    """Why: the shop is told."""

    reason: Reason


class Order(BaseModel):
    """An order. `delivered_minor` is null until its goods are handed over; `reference` is how
    people call it."""

    id: uuid.UUID
    reference: str
    person_id: uuid.UUID
    quote_id: uuid.UUID
    warehouse: str
    channel: str
    payment: str
    state: State
    currency: str
    total_minor: int
    delivered_minor: int | None
    paid_minor: int
    reason: str | None
    created_at: datetime
    ended_at: datetime | None


class OrderedLine(BaseModel):
    """One line: `delivered` may be 0; `substitute` came in its place."""

    number: int
    product: str
    quantity: int
    total_minor: int
    delivered: int | None
    substitute: str | None


class StepTaken(BaseModel):
    """A step and when it was taken."""

    step: str
    at: datetime


class WholeOrder(Order):
    """An order with its lines and its steps."""

    lines: list[OrderedLine]
    steps: list[StepTaken]


class OrdersPage(Page[Order]):
    """A page of orders."""


class OrdersQuery(Paging):
    """Which orders, and which page of them."""

    state: State | None = None


class OrderPath(BaseModel):
    """Which order."""

    order_id: uuid.UUID


def place_order(call: Call, body: OrderToPlace) -> WholeOrder:
    """Order what was promised, reserve its goods and confirm it. Where the goods, the money or the
    credit are too little, nothing is ordered."""
    require_person(call, body.person_id)
    try:
        order = placing.place(
            call.tx,
            body.quote_id,
            body.person_id,
            payment=body.payment,
            channel=CHANNEL,
            actor=call.client.actor,
        )
    except QuoteUnknown:
        raise ProblemError("not_found") from None
    placing.confirm(call.tx, order.id, actor=call.client.actor)
    return _whole(call, order.id)


def list_orders(call: Call, query: OrdersQuery) -> OrdersPage:
    """List orders, the newest first."""
    rows = board.listed(call.tx, state=query.state or "", before=query.after, limit=query.limit)
    return OrdersPage(
        items=[Order(**_fields(row)) for row in rows],
        next_cursor=cursor_of([row.id for row in rows], query.limit),
    )


def get_order(call: Call, path: OrderPath) -> WholeOrder:
    """One order, with what came of each line and every step."""
    return _whole(call, path.order_id)


def cancel_order(call: Call, path: OrderPath, body: OrderToCancel) -> WholeOrder:
    """Cancel an order whose goods are not picked: goods, money and coupon are given back."""
    try:
        placing.cancel_by_staff(call.tx, path.order_id, reason=body.reason, actor=call.client.actor)
    except OrderUnknown:
        raise ProblemError("not_found") from None
    return _whole(call, path.order_id)


def _whole(call: Call, order_id: uuid.UUID) -> WholeOrder:
    try:
        order = orders.get(call.tx, order_id)
    except OrderUnknown:
        raise ProblemError("not_found") from None
    return WholeOrder(
        **_fields(order),
        lines=[_line(line) for line in orders.lines(call.tx, order_id)],
        steps=[StepTaken(step=one.step, at=one.at) for one in orders.steps(call.tx, order_id)],
    )


def _fields(order: orders.Order) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(order, name, None) for name in Order.model_fields}
    return fields | {"person_id": order.subscriber_id}


def _line(line: Line) -> OrderedLine:
    return OrderedLine(**{name: getattr(line, name) for name in OrderedLine.model_fields})


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/orders",
        view=place_order,
        scope=WRITE,
        answer=WholeOrder,
        body_model=OrderToPlace,
        status=201,
        problems=("not_found", "refused"),
        tags=("orders",),
    ),
    Endpoint(
        method="GET",
        path="/orders",
        view=list_orders,
        scope=READ,
        answer=OrdersPage,
        query_model=OrdersQuery,
        tags=("orders",),
    ),
    Endpoint(
        method="GET",
        path="/orders/<order_id>",
        view=get_order,
        scope=READ,
        answer=WholeOrder,
        path_model=OrderPath,
        problems=("not_found",),
        tags=("orders",),
    ),
    Endpoint(
        method="POST",
        path="/orders/<order_id>/cancel",
        view=cancel_order,
        scope=WRITE,
        answer=WholeOrder,
        path_model=OrderPath,
        body_model=OrderToCancel,
        problems=("not_found", "refused"),
        tags=("orders",),
    ),
)
