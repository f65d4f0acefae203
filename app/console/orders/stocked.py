"""What lies in the warehouses: received, counted, and what runs low."""

from typing import Final

from werkzeug.wrappers import Response

from app.console.orders.refused import OrderRefused, refusals
from app.console.page import Visit
from core.audit.trail import record
from core.orders import stock
from core.staff.roles import Permission
from values.said import said

COUNT: Final = Permission(
    "orders.stock",
    "count what lies in a warehouse, and receive goods",
    ("company_admin", "operator"),
    changes=True,
)
CODE_CHARS_MAXIMUM: Final = 12


def stocked(visit: Visit) -> Response:
    rows = stock.listed(visit.tx)
    low = [row for row in rows if row.is_low]
    return visit.show("orders/stock.html", rows=rows, low=low, count=COUNT)


def change(visit: Visit) -> Response:
    """Goods came in, or somebody counted what lies there."""
    warehouse = visit.form.get("warehouse", "")[:CODE_CHARS_MAXIMUM]
    product = visit.form.get("product", "")[:CODE_CHARS_MAXIMUM]
    is_count = visit.form.get("do") == "count"
    quantity = _whole(visit, "quantity", 0 if is_count else 1)
    actor = visit.member.actor
    with refusals():
        if is_count:
            version = _whole(visit, "version", 0)
            stock.count(visit.tx, warehouse, product, quantity, version=version, actor=actor)
        else:
            stock.receive(visit.tx, warehouse, product, quantity, actor=actor)
    detail = {"warehouse": warehouse, "product": product, "quantity": quantity}
    record(visit.tx, actor, "count stock" if is_count else "receive stock", None, detail)
    return visit.go("orders/stock", said("{product} in {warehouse} is right now.", **detail))


def _whole(visit: Visit, name: str, least: int) -> int:
    typed = visit.form.get(name, "").strip()
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > len(str(stock.COUNT_MAXIMUM)):
        raise OrderRefused(said("That is no whole number."))
    if not least <= int(typed) <= stock.COUNT_MAXIMUM:
        raise OrderRefused(said("That is no whole number."))
    return int(typed)
