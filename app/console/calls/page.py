"""Calls that somebody was promised, because a menu did not understand them."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.audit.trail import record
from core.db.database import Tx
from core.people import call_backs
from core.security.keyring import Keyring
from core.staff import work
from core.staff.roles import Permission
from core.staff.work import Item, Work
from values.said import said

KIND = "call"
DUE_AFTER = timedelta(hours=4)
LOOK = Permission("calls.look", "see who is to be called", ("company_admin", "operator"))
MAKE = Permission("calls.make", "call people back", ("company_admin", "operator"), changes=True)


def waiting(visit: Visit) -> Response:
    """With whole numbers, since they are to be called."""
    calls = call_backs.waiting(visit.tx, visit.keys)
    record(visit.tx, visit.member.actor, "look at calls", None, {"calls": len(calls)})
    return visit.show("calls/list.html", calls=calls, may_make=visit.may(MAKE))


def made(visit: Visit, id: uuid.UUID) -> Response:
    work.require_free(visit.tx, KIND, id, by=visit.member)
    done = call_backs.done(visit.tx, id, actor=visit.member.actor)
    return visit.go("calls", "It is off the list." if done else "Somebody called before you.")


def _waiting(tx: Tx, keys: Keyring) -> Iterable[Item]:
    for call in call_backs.waiting(tx, keys):
        what, due = (
            said("Call back: gave up at {place}", place=call.place),
            call.asked_at + DUE_AFTER,
        )
        yield Item(KIND, call.id, what, call.asked_at, "calls", due)


PAGE = Page(
    name="calls",
    title="Calls",
    folder=Path(__file__).parent,
    order=30,
    changes="work",
    routes=(
        Route("", waiting, LOOK),
        Route("/<uuid:id>/made", made, MAKE, method="POST"),
    ),
    work=(Work(KIND, "A call was promised", MAKE, _waiting),),
)
