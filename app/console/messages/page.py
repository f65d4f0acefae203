"""Messages and what became of them; one whose outcome is unknown is settled by hand."""

import uuid
from collections.abc import Iterable
from pathlib import Path

from werkzeug.wrappers import Response

from app.console.messages import sent_files
from app.console.messages.sent_files import SEE_FILES
from app.console.page import Page, Route, Visit
from core.db.database import Tx
from core.messaging import listing
from core.messaging.listing import LISTED, Unsettled
from core.security.keyring import Keyring
from core.staff import work
from core.staff.roles import Permission
from core.staff.work import Item, Work
from values.said import said

KIND = "message"
LOOK = Permission(
    "messages.look", "see messages and their states", ("company_admin", "operator", "auditor")
)
SETTLE = Permission(
    "messages.settle",
    "say what became of a message",
    ("company_admin", "operator"),
    changes=True,
)


def listed(visit: Visit) -> Response:
    asked = visit.args.get("state", "")
    state: Unsettled = "unknown" if asked == "unknown" else "sending" if asked == "sending" else ""
    found = listing.page(visit.tx, state=state, before=visit.asked_id("before"))
    return visit.show(
        "messages/list.html",
        messages=found,
        state=state,
        may_settle=visit.may(SETTLE),
        may_see_files=visit.may(SEE_FILES),
        older=found[-1].id if len(found) == LISTED else None,
    )


def settle(visit: Visit, id: uuid.UUID) -> Response:
    reason = visit.reason()
    work.require_free(visit.tx, KIND, id, by=visit.member)
    delivered = visit.form.get("became") == "delivered"
    done = listing.settle(
        visit.tx, id, delivered=delivered, actor=visit.member.actor, reason=reason
    )
    known = said("Its outcome is known by now: nothing was changed.")
    return visit.go("messages?state=unknown", said("It is settled.") if done else known)


def _waiting(tx: Tx, keys: Keyring) -> Iterable[Item]:
    for message in listing.page(tx, state="unknown"):
        what = said("Nobody knows whether {message} arrived", message=message.template)
        yield Item(KIND, message.id, what, message.at, "messages?state=unknown")


PAGE = Page(
    name="messages",
    title="Messages",
    folder=Path(__file__).parent,
    order=40,
    changes="messages",
    routes=(
        Route("", listed, LOOK),
        Route("/<uuid:id>/settle", settle, SETTLE, method="POST"),
        Route("/files", sent_files.listed, SEE_FILES),
        Route("/files/<uuid:id>", sent_files.opened, SEE_FILES),
    ),
    work=(Work(KIND, "A message's outcome is unknown", SETTLE, _waiting),),
)
