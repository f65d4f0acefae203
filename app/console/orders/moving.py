"""An order's steps, as staff take them: who brings it, picked, handed over, paid in cash."""

import uuid
from typing import Final

from werkzeug.wrappers import Response

from app.console.orders.refused import OrderRefused, refusals
from app.console.page import Visit
from app.errors import OperatorError
from app.operations.payees import minor_of
from core.audit.trail import record
from core.orders import billing, board, delivering, orders, placing
from core.orders.delivering import Handed
from core.staff.roles import Permission
from values.said import Said, said

MOVE: Final = Permission(
    "orders.move",
    "say who brings an order, what was handed over and paid",
    ("company_admin", "operator"),
    changes=True,
)
NAME_CHARS_MAXIMUM: Final = 40
COUNT_CHARS_MAXIMUM: Final = 9


def assign(visit: Visit, id: uuid.UUID) -> Response:
    deliverer = " ".join(visit.form.get("deliverer", "")[:NAME_CHARS_MAXIMUM].split())
    if not deliverer:
        raise OrderRefused(said("Say who brings it."))
    with refusals():
        delivering.assign(visit.tx, id, deliverer=deliverer, actor=visit.member.actor)
    return _moved(visit, id, "assign order", said("{who} brings it.", who=deliverer))


def take_back(visit: Visit, id: uuid.UUID) -> Response:
    with refusals():
        delivering.take_back(visit.tx, id, actor=visit.member.actor)
    return _moved(visit, id, "take order back", said("It waits for somebody else."))


def pick(visit: Visit, id: uuid.UUID) -> Response:
    with refusals():
        delivering.pick(visit.tx, id, actor=visit.member.actor)
    return _moved(visit, id, "pick order", said("It is picked: nobody cancels it any more."))


def deliver(visit: Visit, id: uuid.UUID) -> Response:
    """What came of each line, and what came in its place."""
    with refusals():
        lines = orders.lines(visit.tx, id)
        sold = board.products(visit.tx)
        handed = [_handed(visit, line.number, line.product, sold) for line in lines]
        done = delivering.deliver(visit.tx, id, handed, actor=visit.member.actor)
    told = said("It is handed over: the invoice follows at once.")
    if done.state == "refused":
        told = said("Nothing was taken: everything is given back.")
    return _moved(visit, id, "deliver order", told)


def _handed(visit: Visit, number: int, product: str, sold: list[str]) -> Handed:
    count = visit.form.get(f"came_{number}", "").strip()
    if not (count.isascii() and count.isdecimal()) or len(count) > COUNT_CHARS_MAXIMUM:
        raise OrderRefused(said("How many came is a whole number, and 0 is one."))
    other = visit.form.get(f"other_{number}", "")
    if other and other not in sold:
        raise OrderRefused(said("That product is not sold here."))
    return Handed(number, int(count), "" if other == product else other)


def take_cash(visit: Visit, id: uuid.UUID) -> Response:
    key = visit.form.get("key", "")[:NAME_CHARS_MAXIMUM].strip()
    if not key:
        raise OrderRefused(said("Say the number of the receipt: it counts the money once."))
    try:
        amount = minor_of(visit.tx, visit.form.get("amount", "")[:20].strip())
    except OperatorError:
        raise OrderRefused(said("That is no amount.")) from None
    if amount.amount_minor <= 0:
        raise OrderRefused(said("That is no amount."))
    with refusals():
        billing.take_cash(visit.tx, id, amount.amount_minor, key=key, actor=visit.member.actor)
    return _moved(visit, id, "take cash for order", said("It is counted."))


def cancel(visit: Visit, id: uuid.UUID) -> Response:
    reason = visit.reason()
    with refusals():
        placing.cancel_by_staff(visit.tx, id, reason=reason, actor=visit.member.actor)
    return _moved(visit, id, "cancel order", said("It is cancelled, and the shop is told."))


def _moved(visit: Visit, id: uuid.UUID, action: str, told: Said) -> Response:
    record(visit.tx, visit.member.actor, action, id, {})
    return visit.go(f"orders/{id}", told)
