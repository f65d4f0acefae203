"""Exceptions: money whose owner only a person can say. One clerk asks, and another decides.

Names are short and numbers hidden until somebody says why they need the whole of the text.
"""

import uuid
from collections.abc import Iterable
from pathlib import Path

from werkzeug.wrappers import Response

from app.console.exceptions import parts, words
from app.console.page import Page, Route, Visit
from app.console.people.page import money
from core.approvals import requests
from core.audit.trail import record
from core.db.database import Tx
from core.payments import allocations, exceptions, movements, text_evidence
from core.payments.text_errors import CannotPost
from core.security.keyring import Keyring
from core.staff.roles import Member, Permission
from core.staff.work import Item, Work
from values.money import Money
from values.said import said

KIND = "exception"
LISTED = 50
ROWS = 3

LOOK = Permission(
    "exceptions.look",
    "see money whose owner is not known",
    ("company_admin", "operator", "treasurer", "auditor"),
)
WORK = Permission(
    "exceptions.work",
    "take on an exception, and ask whose it is",
    ("company_admin", "operator", "treasurer"),
    changes=True,
)
REVEAL = Permission(
    "exceptions.reveal", "see the whole of a money text", ("company_admin", "treasurer")
)
TAKE_BACK = Permission(
    "exceptions.take_back",
    "put an exception that another has into the queue again",
    ("company_admin",),
    changes=True,
)


def listed(visit: Visit) -> Response:
    asked = visit.args.get("show", "")
    show = asked if asked in ("mine", "settled") else ""
    found = exceptions.listed(
        visit.tx,
        settled=show == "settled",
        owner=visit.member.handle if show == "mine" else "",
        beyond=visit.asked_id("beyond"),
        limit=LISTED,
    )
    on = found[-1].id if len(found) == LISTED else None
    return visit.show("exceptions/list.html", found=found, show_only=show, on=on, work=WORK)


def one(visit: Visit, id: uuid.UUID) -> Response:
    found = exceptions.get(visit.tx, id)
    record(visit.tx, visit.member.actor, "look at exception", id, {})
    purposes = visit.console.domains.purposes
    text = text_evidence.of_text(visit.tx, visit.keys, found.text_id) if found.text_id else None
    booked = found.movement_id
    wrote = movements.words_of(visit.tx, visit.keys, booked) if booked else ""
    return visit.show(
        "exceptions/one.html",
        found=found,
        text=text,
        against=[said for flag in text.against if (said := words.against(flag))] if text else [],
        wrote=text_evidence.with_numbers_hidden(wrote),
        movement=movements.find(visit.tx, wallet=found.wallet, provider_txid=found.provider_txid),
        candidates=parts.candidates(visit, found, purposes),
        kinds=list(purposes),
        rows=ROWS,
        waiting=requests.waiting_about(visit.tx, id),
        is_mine=found.owner == visit.member.handle,
        is_free=found.owner is None,
        can_be_worked=found.state in ("open", "claimed"),
        work=WORK,
        reveal=REVEAL,
        take_back=TAKE_BACK,
    )


def whole(visit: Visit, id: uuid.UUID) -> Response:
    """The text as it came, in this answer alone."""
    found, reason = exceptions.get(visit.tx, id), visit.reason()
    text = text_evidence.of_text(visit.tx, visit.keys, found.text_id) if found.text_id else None
    record(visit.tx, visit.member.actor, "see whole text", id, {"reason": reason})
    return visit.show("exceptions/whole.html", found=found, text=text)


def claim(visit: Visit, id: uuid.UUID) -> Response:
    exceptions.claim(visit.tx, id, by=visit.member.officer)
    return visit.go(f"exceptions/{id}", "It is yours until you let it go.")


def release(visit: Visit, id: uuid.UUID) -> Response:
    exceptions.release(visit.tx, id, by=visit.member.officer)
    return visit.go("exceptions", "It is in the queue again.")


def take_back(visit: Visit, id: uuid.UUID) -> Response:
    exceptions.take_back(visit.tx, id, by=visit.member.officer, reason=visit.reason())
    return visit.go(f"exceptions/{id}", "It is in the queue again.")


def allocate(visit: Visit, id: uuid.UUID) -> Response:
    """Asked for by one; another decides. The same again, by a double click, is the same request."""
    found = exceptions.require_mine(visit.tx, id, visit.member.officer)
    wanted = [part.to_data() for part in parts.of_form(visit, found)]
    kind = visit.console.domains.approvals[allocations.Allocate.name]
    asked = visit.ask_for(kind, id, {"parts": wanted})
    if asked.requested_by != visit.member.handle or asked.params["parts"] != wanted:
        raise CannotPost(
            said("{name} asked for another allocation of it before.", name=asked.requested_by)
        )
    return visit.go(f"exceptions/{id}", "It waits for a second person.")


def pay_back(visit: Visit, id: uuid.UUID) -> Response:
    visit.ask_for(allocations.PAY_BACK, id)
    return visit.go(f"exceptions/{id}", "It waits for a second person.")


def paid_back(visit: Visit, id: uuid.UUID) -> Response:
    said = visit.form.get("txid", "")[:80]
    allocations.paid_back(visit.tx, id, said, by=visit.member.officer)
    return visit.go(f"exceptions/{id}", "It is booked: the money went back.")


def dismiss(visit: Visit, id: uuid.UUID) -> Response:
    reason = visit.reason()
    allocations.dismiss(visit.tx, id, by=visit.member.officer, reason=reason)
    return visit.go("exceptions", "It is off the list.")


def _waiting(tx: Tx, keys: Keyring) -> Iterable[Item]:
    for found in exceptions.listed(tx):
        amount = money(found.amount_minor, found.currency)
        is_promised = found.state == "to_pay_back"
        promised = said("Is to be sent back to the payer.")
        why = promised if is_promised else words.reason(found.reason)
        what = said("{amount} on {wallet}. {why}", amount=amount, wallet=found.wallet, why=why)
        path, stake = f"exceptions/{found.id}", Money(found.amount_minor, found.currency)
        yield Item(
            KIND, found.id, what, found.created_at, path, owner=found.owner or "", stake=stake
        )


def _take(tx: Tx, id: uuid.UUID, by: Member) -> object:
    return exceptions.claim(tx, id, by=by.officer)


def _let_go(tx: Tx, id: uuid.UUID, by: Member) -> object:
    return exceptions.release(tx, id, by=by.officer)


PAGE = Page(
    name="exceptions",
    title="Exceptions",
    folder=Path(__file__).parent,
    order=12,
    changes="work",
    routes=(
        Route("", listed, LOOK),
        Route("/<uuid:id>", one, LOOK),
        Route("/<uuid:id>/whole", whole, REVEAL, method="POST"),
        Route("/<uuid:id>/claim", claim, WORK, method="POST"),
        Route("/<uuid:id>/release", release, WORK, method="POST"),
        Route("/<uuid:id>/take-back", take_back, TAKE_BACK, method="POST"),
        Route("/<uuid:id>/allocate", allocate, WORK, method="POST"),
        Route("/<uuid:id>/pay-back", pay_back, WORK, method="POST"),
        Route("/<uuid:id>/paid-back", paid_back, WORK, method="POST"),
        Route("/<uuid:id>/dismiss", dismiss, WORK, method="POST"),
    ),
    work=(Work(KIND, "Money in question", WORK, _waiting, _take, _let_go),),
    values={"reason_of": words.reason, "why": words.why, "money": money},
)
