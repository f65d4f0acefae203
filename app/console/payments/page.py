"""Payments by mobile money: lists, one payment's history, and what providers take at the moment."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from app.console.payments import words
from app.console.people.page import masked, money
from core.approvals import requests
from core.audit.trail import record
from core.db.database import Tx
from core.payments import listing, payments
from core.payments.listing import Sought
from core.payments.payments import OPEN, Payment
from core.payments.settling import OUTCOMES, REVIEW, Settle, Settlement
from core.payments.text_errors import CannotPost, NoSuchPayment
from core.payments.undoing import REFUND_PAID, REVERSAL
from core.people import people
from core.security.keyring import Keyring
from core.staff import work
from core.staff.roles import Permission
from core.staff.work import Item, Work
from values.money import Money
from values.said import said

KIND = "payment"
STATES: Final = {
    "": (),
    "open": OPEN,
    REVIEW: (REVIEW,),
    "paid": ("paid", "reversed", "refunded"),
    "not_paid": ("failed", "expired"),
}
AGES: Final = {
    "": None,
    "10min": timedelta(minutes=10),
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
}

LOOK = Permission(
    "payments.look",
    "see payments and what became of them",
    ("company_admin", "operator", "treasurer", "auditor"),
)
ASK = Permission(
    "payments.ask",
    "have a provider asked at once what became of a payment",
    ("company_admin", "operator", "treasurer"),
    changes=True,
)
SETTLE = Permission(
    "payments.settle",
    "ask that a payment in review ends as paid or as failed",
    ("company_admin", "operator", "treasurer"),
    changes=True,
)

UNDO = Permission(
    "payments.undo",
    "ask that a paid payment is paid back, or that its provider's reversal is booked",
    ("company_admin", "operator", "treasurer"),
    changes=True,
)


def listed(visit: Visit) -> Response:
    asked = {name: visit.args.get(name, "") for name in ("state", "wallet", "kind", "age")}
    asked["state"] = asked["state"] if asked["state"] in STATES else ""
    asked["kind"] = asked["kind"] if asked["kind"] in listing.KINDS else ""
    asked["age"] = asked["age"] if asked["age"] in AGES else ""
    wallet = visit.asked_id("wallet")
    asked["wallet"] = str(wallet) if wallet else ""
    sought = Sought(STATES[asked["state"]], wallet, asked["kind"], AGES[asked["age"]])
    found = listing.page(visit.tx, sought, before=visit.asked_id("before"))
    return visit.show(
        "payments/list.html",
        found=found.payments,
        asked=asked,
        wallets=listing.wallet_states(visit.tx),
        query="".join(f"{name}={value}&" for name, value in asked.items() if value),
        older=found.older,
    )


def one(visit: Visit, id: uuid.UUID) -> Response:
    payment = _payment(visit, id)
    record(visit.tx, visit.member.actor, "look at payment", id, {})
    person = people.get(visit.tx, visit.keys, payment.subscriber_id)
    return visit.show(
        "payments/one.html",
        payment=payment,
        name=person.shown_name if person else "",
        number=masked(payment.party(visit.keys)),
        events=listing.history(visit.tx, payment),
        lines=listing.entry_lines(visit.tx, payment),
        waiting=requests.waiting_about(visit.tx, id),
        is_in_review=payment.state == REVIEW,
        can_be_asked=payment.is_open or payment.state == REVIEW,
        ask=ASK,
        settle=SETTLE,
        is_paid=payment.state == "paid",
        undo=UNDO,
    )


def ask_now(visit: Visit, id: uuid.UUID) -> Response:
    payment = _payment(visit, id)
    if not payment.is_open and payment.state != REVIEW:
        return visit.go(f"payments/{id}", "It has ended: nothing is asked.")
    payments.ask_now(visit.tx, id)
    record(visit.tx, visit.member.actor, "ask provider of payment", id, {})
    return visit.go(f"payments/{id}", "The provider is asked now. Look again in a minute.")


def settle(visit: Visit, id: uuid.UUID) -> Response:
    """Asked for by one; another decides. The same again, by a double click, is the same request."""
    work.require_free(visit.tx, KIND, id, by=visit.member)
    outcome = visit.form.get("outcome", "")
    if outcome not in OUTCOMES:
        raise CannotPost(said("Say whether it was paid or not."))
    txid = visit.form.get("txid", "").strip()[:80]
    wanted = Settlement(outcome, txid, to_wallet=visit.form.get("to_wallet") == "1")
    asked = visit.ask_for(visit.console.domains.approvals[Settle.name], id, wanted.to_data())
    if asked.requested_by != visit.member.handle or dict(asked.params) != wanted.to_data():
        raise CannotPost(
            said("{name} asked for another end of it before.", name=asked.requested_by)
        )
    return visit.go(f"payments/{id}", "It waits for a second person.")


def undo(visit: Visit, id: uuid.UUID) -> Response:
    """Asked for by one; another decides. With a transaction, its provider has done it already."""
    payment, txid = _payment(visit, id), visit.form.get("txid", "").strip()[:80]
    params = {"txid": txid} if txid else {}
    asked = visit.ask_for(REVERSAL if txid else REFUND_PAID, payment.id, params)
    if asked.requested_by != visit.member.handle or dict(asked.params) != params:
        raise CannotPost(said("{name} asked for it before.", name=asked.requested_by))
    return visit.go(f"payments/{id}", "It waits for a second person.")


def _payment(visit: Visit, id: uuid.UUID) -> Payment:
    payment = payments.get(visit.tx, id)
    if payment is None:
        raise NoSuchPayment
    return payment


def _waiting(tx: Tx, keys: Keyring) -> Iterable[Item]:
    for payment in payments.in_states(tx, (REVIEW,)):
        amount = money(payment.amount_minor, payment.currency)
        why = words.reason(payment.reason or "")
        what = said("{amount} by {wallet}. {why}", amount=amount, wallet=payment.wallet, why=why)
        stake = Money(payment.amount_minor, payment.currency)
        path = f"payments/{payment.id}"
        yield Item(KIND, payment.id, what, payment.created_at, path, stake=stake)


PAGE = Page(
    name="payments",
    title="Payments",
    folder=Path(__file__).parent,
    order=14,
    changes="payments",
    routes=(
        Route("", listed, LOOK),
        Route("/<uuid:id>", one, LOOK),
        Route("/<uuid:id>/ask", ask_now, ASK, method="POST"),
        Route("/<uuid:id>/settle", settle, SETTLE, method="POST"),
        Route("/<uuid:id>/undo", undo, UNDO, method="POST"),
    ),
    work=(Work(KIND, "A payment waits for a decision", SETTLE, _waiting),),
    values={
        "review_reason": words.reason,
        "direction": words.direction,
        "happened": words.happened,
        "money": money,
        "payment_states": {
            "": "any",
            "open": "not ended yet",
            REVIEW: "waits for people",
            "paid": "paid",
            "not_paid": "not paid",
        },
        "payment_ages": {
            "": "any",
            "10min": "over 10 minutes",
            "1h": "over an hour",
            "1d": "over a day",
            "7d": "over a week",
        },
        "payment_kinds": listing.KINDS,
    },
)
