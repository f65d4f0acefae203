"""A shop's latest orders: what became of each; one that nobody brings yet can be cancelled."""

import uuid
from typing import Final

from core.orders import orders, placing, shopping
from core.orders.lifecycle import CANCELLED_BY_SHOP
from core.orders.shopping import Standing
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from flows.orders.words import items_text
from menus.screens import End, Menu, Option
from menus.texts import Text, _
from values.money import Money

LATEST: Final = 3
LINES_SHOWN: Final = 4


class OrderStatus(Flow):
    """latest three -> one of them -> cancelled, where it still can be."""

    name = "order_status"
    initial = "latest"
    transitions = [
        {"trigger": "answer", "source": "latest", "dest": "open", "conditions": "can_cancel"},
        ["answer", "latest", "shown"],
        {"trigger": "answer", "source": "open", "dest": "cancelled", "before": "cancel"},
    ]  # fmt: skip

    class Answers:
        latest: uuid.UUID

    answers: Answers

    def latest(self) -> Menu | End:
        found = self.read(orders.latest, self.caller_id, LATEST)
        if not found:
            return End(_("You have no orders yet."))
        options = (
            Option(
                key,
                _("{reference} {amount}", reference=one.reference, amount=one.total),
                str(one.id),
                one.reference,
            )
            for key, one in enumerate(found, start=1)
        )
        return Menu(_("Which order?"), tuple(options))

    def _standing(self) -> Standing:
        return self.read(shopping.standing, self.answers.latest, self.caller_id)

    def can_cancel(self) -> bool:
        return self._standing().order.state in CANCELLED_BY_SHOP

    def open(self) -> Menu:
        standing = self._standing()
        title = _(
            "{reference}: {state}\n{items}. Total {amount}",
            reference=standing.order.reference,
            state=_STATES[standing.order.state],
            items=items_text([(line.quantity, line.product) for line in standing.lines]),
            amount=standing.order.total,
        )
        return Menu(title, (Option(1, _("Cancel this order")),))

    def shown(self) -> End:
        return End(_said(self._standing()))

    @changes_what_no_intent_shows
    def cancel(self) -> None:
        self.write(placing.cancel_by_shop, self.answers.latest, self.caller_id)

    def cancelled(self) -> End:
        return End(_("The order is cancelled. Nothing is to pay."))


def _said(standing: Standing) -> Text:
    """What was ordered, where it is, and what came of each line once it came."""
    order, lines = standing.order, standing.lines
    text: Text = _("{reference}: {state}", reference=order.reference, state=_STATES[order.state])
    for line in lines[:LINES_SHOWN]:
        if line.delivered is None:
            text = _(
                "{before}\n{quantity} {product}",
                before=text,
                quantity=line.quantity,
                product=line.product,
            )
        else:
            text = _(
                "{before}\n{delivered} of {quantity} {product} came",
                before=text,
                delivered=line.delivered,
                quantity=line.quantity,
                product=line.product_delivered,
            )
    amount_minor = order.total_minor if order.delivered_minor is None else order.delivered_minor
    return _(
        "{before}\nTotal {amount}",
        before=text,
        amount=Money(amount_minor, order.currency),
    )


_STATES: Final[dict[str, Text]] = {
    **dict.fromkeys(("created", "reserved"), _("not confirmed yet")),
    "confirmed": _("confirmed"),
    **dict.fromkeys(("assigned", "picked"), _("on its way")),
    **dict.fromkeys(("delivered", "invoiced"), _("delivered, to pay")),
    "settled": _("delivered and paid"),
    "refused": _("not taken"),
    **dict.fromkeys(("cancelled", "expired"), _("cancelled")),
}
