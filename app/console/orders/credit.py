"""Credit decisions: what the scorecard referred to staff, and whose credit is stopped."""

import uuid
from collections.abc import Iterable
from typing import Final

from werkzeug.wrappers import Response

from app.console.orders.refused import OrderRefused
from app.console.page import Visit
from app.errors import OperatorError
from app.operations.payees import minor_of
from core.db.database import Tx
from core.orders.credit import accounts, applying
from core.orders.credit.errors import ApplicationGone, NoCreditHere
from core.security.keyring import Keyring
from core.staff import work
from core.staff.roles import Permission
from core.staff.work import Item, Work
from values.currencies import written
from values.said import said

KIND: Final = "credit_application"
DECIDE: Final = Permission(
    "orders.credit",
    "give credit to shops, or stop it",
    ("company_admin", "treasurer"),
    changes=True,
)


def listed(visit: Visit) -> Response:
    try:
        most_minor = accounts.terms(visit.tx).limit_maximum_minor
    except NoCreditHere:
        most_minor = None
    return visit.show(
        "orders/credit.html",
        waiting=applying.waiting(visit.tx, visit.keys),
        shops=accounts.listed(visit.tx, visit.keys),
        most_minor=most_minor,
        may_decide=visit.may(DECIDE),
        currency=visit.business.currency,
    )


def approve(visit: Visit, id: uuid.UUID) -> Response:
    work.require_free(visit.tx, KIND, id, by=visit.member)
    reason, limit_minor = visit.reason(), _limit(visit)
    try:
        applying.approve(visit.tx, id, limit_minor, actor=visit.member.actor, reason=reason)
    except ApplicationGone:
        raise OrderRefused(said("Somebody has decided this.")) from None
    return visit.go("orders/credit", "It is given, and the shop is told.")


def refuse(visit: Visit, id: uuid.UUID) -> Response:
    work.require_free(visit.tx, KIND, id, by=visit.member)
    try:
        applying.refuse(visit.tx, id, actor=visit.member.actor, reason=visit.reason())
    except ApplicationGone:
        raise OrderRefused(said("Somebody has decided this.")) from None
    return visit.go("orders/credit", "It is refused, and the shop is told.")


def turn(visit: Visit, id: uuid.UUID) -> Response:
    """Stop a shop's credit, or let it go on."""
    reason = visit.reason()
    change = accounts.block if visit.form.get("do") == "stop" else accounts.unblock
    if not change(visit.tx, id, actor=visit.member.actor, reason=reason):
        raise OrderRefused(said("It is so already."))
    return visit.go("orders/credit", "It is done.")


def _limit(visit: Visit) -> int:
    """Raises OrderRefused."""
    try:
        amount = minor_of(visit.tx, visit.form.get("limit", "")[:20].strip())
        most_minor = accounts.terms(visit.tx).limit_maximum_minor
    except (OperatorError, NoCreditHere):
        raise OrderRefused(said("That is no amount.")) from None
    if not 0 < amount.amount_minor <= most_minor:
        most = written(most_minor, amount.currency)
        raise OrderRefused(said("A limit is above nothing, and at most {most}.", most=most))
    return amount.amount_minor


def _waiting(tx: Tx, keys: Keyring) -> Iterable[Item]:
    for one in applying.waiting(tx, keys):
        asked = one.application
        what = said("A shop asks for credit: {score} points of 100", score=asked.score)
        yield Item(KIND, asked.id, what, asked.created_at, "orders/credit", stake=asked.limit)


WORK: Final = Work(KIND, "A shop asks for credit", DECIDE, _waiting)
