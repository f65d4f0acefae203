"""Money that people say is missing: what they know of it, and the answer that they are texted."""

import uuid
from collections.abc import Iterable
from pathlib import Path

from werkzeug.wrappers import Response

from app.console.messages import sent_files
from app.console.messages.sent_files import SEE_FILES
from app.console.page import Page, Route, Visit
from app.console.people.page import money
from core.audit.trail import record
from core.db.database import Tx
from core.payments import missing
from core.people import people
from core.security.keyring import Keyring
from core.staff import work
from core.staff.roles import Permission
from core.staff.work import Item, Work
from values.said import said

KIND = "missing"
LOOK = Permission(
    "missing.look",
    "see money that people say is missing",
    ("company_admin", "operator", "treasurer", "auditor"),
)
ANSWER = Permission(
    "missing.answer",
    "say what became of money that somebody misses",
    ("company_admin", "operator", "treasurer"),
    changes=True,
)


def listed(visit: Visit) -> Response:
    found = missing.waiting(visit.tx)
    record(visit.tx, visit.member.actor, "look at missing money", None, {"reports": len(found)})
    who = {one.subscriber_id for one in found}
    known = {id: people.get(visit.tx, visit.keys, id) for id in who}
    return visit.show(
        "missing/list.html",
        found=found,
        names={id: person.shown_name if person else "" for id, person in known.items()},
        file_link=sent_files.links(visit),
        may_answer=visit.may(ANSWER),
        may_see_files=visit.may(SEE_FILES),
    )


def answered(visit: Visit, id: uuid.UUID) -> Response:
    reason = visit.reason()
    work.require_free(visit.tx, KIND, id, by=visit.member)
    found = visit.form.get("became") == "found"
    done = missing.answer(visit.tx, id, found=found, actor=visit.member.actor, reason=reason)
    return visit.go("missing", "They are texted." if done else "Somebody answered before you.")


def _waiting(tx: Tx, keys: Keyring) -> Iterable[Item]:
    for one in missing.waiting(tx):
        amount = money(one.amount.amount_minor, one.amount.currency)
        what = said("{amount} is missing.", amount=amount)
        if one.exception_id:
            what = said("{amount} is missing. Money in question has this ID.", amount=amount)
        yield Item(
            *(KIND, one.id, what, one.created_at, "missing", one.answer_by), stake=one.amount
        )


PAGE = Page(
    name="missing",
    title="Missing money",
    folder=Path(__file__).parent,
    order=13,
    changes="work",
    routes=(
        Route("", listed, LOOK),
        Route("/<uuid:id>/answer", answered, ANSWER, method="POST"),
    ),
    work=(Work(KIND, "Somebody misses money", ANSWER, _waiting),),
    values={"money": money},
)
