"""People: found by number, name or reference; looked at, and each look is recorded.

Names are short and numbers masked until somebody says why they need the whole of them.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from app.console.people import records
from app.console.people.who import (
    FOUND_MAXIMUM,
    WITHIN,
    NobodyHere,
    ids_of,
    is_within,
    person_of,
)
from core.analytics import replay
from core.audit.trail import record
from core.email import addresses, emails
from core.messaging import listing as messages
from core.messaging import optouts
from core.money import ledger
from core.money import listing as money_listing
from core.people import listing, numbers, people, pin_reset
from core.recovery.new_pin import NEW_PIN
from core.savings import groups
from core.sign_in import tokens
from core.staff.roles import Permission
from menus.texts import say
from values import phone
from values.messages import PURPOSES
from values.money import Money
from values.said import said

SHOWN = 10

LOOK = Permission(
    "people.look",
    "find people and look at what is theirs",
    ("company_admin", "operator", "organisation_staff", "treasurer", "auditor"),
)
REVEAL = Permission(
    "people.reveal", "see somebody's whole name and number", ("company_admin", "operator")
)
FREEZE = Permission(
    "people.freeze", "freeze somebody's money", ("company_admin", "operator"), changes=True
)
RESET = Permission(
    "people.reset_pin",
    "ask that somebody chooses a new PIN",
    ("company_admin", "operator"),
    changes=True,
)
SIGN_OUT = Permission(
    "people.sign_out",
    "end somebody's sign-ins with programs",
    ("company_admin", "operator"),
    changes=True,
)
EMAIL = Permission(
    "people.email",
    "say where somebody gets e-mail, and send statements there",
    ("company_admin", "operator"),
    changes=True,
)
WISHES = Permission(
    "people.wishes",
    "write down that somebody wants news, or none",
    ("company_admin", "operator"),
    changes=True,
)
ERASE = Permission(
    "people.erase",
    "ask that somebody is erased, or agree to it",
    ("company_admin",),
    changes=True,
)


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody in a list of who was found."""

    person: listing.Listed
    number: str


def find(visit: Visit) -> Response:
    """What is looked for comes as a form and not in an address, which a log or a history keeps."""
    return visit.show("people/find.html", found=None, asked="", day="")


def found(visit: Visit) -> Response:
    asked, day = visit.form.get("asked", "")[:80].strip(), visit.form.get("day", "")[:10]
    ids = ids_of(visit, asked, day) if asked else []
    rows = [_row(visit, person) for person in _listed(visit, ids) if is_within(visit, person.id)]
    record(
        visit.tx,
        visit.member.actor,
        "find people",
        None,
        {"found": [str(i.person.id) for i in rows]},
    )
    return visit.show("people/find.html", found=rows, asked=asked, day=day)


def one(visit: Visit, id: uuid.UUID) -> Response:
    person = person_of(visit, id)
    record(visit.tx, visit.member.actor, "look at person", id, {})
    accounts = [one for one in money_listing.accounts_of(visit.tx, id) if one.guarded]
    kinds = tuple({account.kind for account in accounts})
    return visit.show(
        "people/one.html",
        person=person,
        name=person.shown_name,
        numbers=[(masked(n.address), n) for n in numbers.numbers_of(visit.tx, visit.keys, id)],
        accounts=accounts,
        groups=groups.of_member(visit.tx, id),
        movements=ledger.receipts(visit.tx, id, kinds, SHOWN) if kinds else [],
        messages=messages.of_person(visit.tx, id, limit=SHOWN),
        sessions=replay.sessions_of(visit.tx, id, before=None, limit=SHOWN),
        pin=pin_reset.state_of(visit.tx, id),
        reveal=REVEAL,
        freeze=FREEZE,
        reset=RESET,
        erase=ERASE,
        wishes=WISHES,
        purposes=PURPOSES,
        consents=[
            (masked_address(one.channel, one.address), one)
            for one in optouts.of_person(visit.tx, visit.keys, id)
        ],
        email=EMAIL,
        email_address=masked_email(addresses.of_person(visit.tx, visit.keys, id)),
        emails=emails.of_person(visit.tx, id, limit=SHOWN),
        sign_out=SIGN_OUT,
        signed_in=tokens.open_of(visit.tx, id),
        is_erased=people.is_erased(visit.tx, id),
        records=records,
    )


def whole(visit: Visit, id: uuid.UUID) -> Response:
    """The whole name and numbers, in this answer alone."""
    person, reason = person_of(visit, id), visit.reason()
    record(visit.tx, visit.member.actor, "see whole number", id, {"reason": reason})
    return visit.show(
        "people/whole.html", person=person, numbers=numbers.numbers_of(visit.tx, visit.keys, id)
    )


def statement(visit: Visit, id: uuid.UUID, account: uuid.UUID) -> Response:
    """A month of one of their accounts, or from a day to another, as a PDF in their language."""
    from app.operations import statements

    person_of(visit, id)
    if account not in {one.id for one in money_listing.accounts_of(visit.tx, id)}:
        raise NobodyHere
    written = statements.pdf(
        *(visit.tx, visit.keys, account),
        first=_asked_day(visit, "first"),
        last=_asked_day(visit, "last"),
        by=visit.member.actor,
        whole=visit.may(REVEAL),
    )
    answer = Response(written or b"", mimetype="application/pdf")
    name = f"statement-{account.hex[-6:]}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def email_statement(visit: Visit, id: uuid.UUID, account: uuid.UUID) -> Response:
    """The last month of one of their accounts, to their own address."""
    from app.operations import statements

    person_of(visit, id)
    if account not in {one.id for one in money_listing.accounts_of(visit.tx, id)}:
        raise NobodyHere
    statements.email(visit.tx, visit.keys, id, account, by=visit.member.actor)
    return visit.go(f"people/{id}", "The statement is on its way.")


def set_email(visit: Visit, id: uuid.UUID) -> Response:
    person_of(visit, id)
    typed, reason = visit.form.get("email", ""), visit.reason()
    addresses.give_person(visit.tx, visit.keys, id, typed, actor=visit.member.actor, reason=reason)
    return visit.go(f"people/{id}", "E-mail goes there from now on." if typed else "No e-mail.")


def _asked_day(visit: Visit, name: str) -> date | None:
    try:
        return date.fromisoformat(visit.args.get(name, ""))
    except ValueError:
        return None


def data(visit: Visit, id: uuid.UUID) -> Response:
    """All that is held of them, whole, as a file."""
    from app.operations import personal_data

    person_of(visit, id)
    form: personal_data.Form = "pdf" if visit.form.get("format") == "pdf" else "json"
    written = personal_data.held_of(
        *(visit.tx, visit.keys, id, form), by=visit.member.actor, reason=visit.reason()
    )
    answer = Response(written, mimetype=personal_data.MEDIA_TYPES[form])
    name = f"person-{id.hex[-6:]}.{form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def freeze(visit: Visit, id: uuid.UUID) -> Response:
    person, frozen = person_of(visit, id), visit.form.get("frozen") == "1"
    reason = visit.reason()
    people.freeze(visit.tx, id, frozen=frozen, actor=visit.member.actor, reason=reason)
    shut = said("No money moves from or to {name}.", name=person.shown_name)
    free = said("Money moves again for {name}.", name=person.shown_name)
    return visit.go(f"people/{id}", shut if frozen else free)


def new_pin(visit: Visit, id: uuid.UUID) -> Response:
    person_of(visit, id)
    asked = visit.ask_for(NEW_PIN, id)
    return visit.go(f"people/{id}", said("It waits for a second person: {id}.", id=asked.id))


def note_wish(visit: Visit, id: uuid.UUID) -> Response:
    person_of(visit, id)
    is_out = visit.form.get("wanted") != "1"
    purpose, channel = visit.form.get("purpose", ""), visit.form.get("channel", "")
    optouts.note_for_person(
        *(visit.tx, visit.keys, id),
        is_out=is_out,
        actor=visit.member.actor,
        reason=visit.reason(),
        purpose=purpose if purpose in PURPOSES else optouts.EVERY_PURPOSE,
        channel=channel or None,
    )
    none, again = said("It is noted: they want none."), said("It is noted: they want it.")
    return visit.go(f"people/{id}", none if is_out else again)


def end_sign_ins(visit: Visit, id: uuid.UUID) -> Response:
    person_of(visit, id)
    ended = tokens.end_all(visit.tx, id, actor=visit.member.actor, reason=visit.reason())
    return visit.go(f"people/{id}", said("Ended: {count}.", count=ended))


def erase(visit: Visit, id: uuid.UUID) -> Response:
    from app import domains

    person_of(visit, id)
    asked = visit.ask_for(domains.load().approvals["erase_person"], id)
    return visit.go(f"people/{id}", said("It waits for a second person: {id}.", id=asked.id))


# --- who it is ------------------------------------------------------------------------------------


def _listed(visit: Visit, ids: list[uuid.UUID]) -> list[listing.Listed]:
    """Those of them who are people, in the order of `ids`: an account may be an organisation's."""
    found = listing.page(visit.tx, visit.keys, after=None, limit=len(ids), ids=ids)
    return sorted(found, key=lambda person: ids.index(person.id))[:FOUND_MAXIMUM]


def _row(visit: Visit, person: listing.Listed) -> Found:
    known = numbers.numbers_of(visit.tx, visit.keys, person.id)
    in_use = next((one.address for one in known if one.is_in_use), "")
    return Found(person, masked(in_use))


def masked(number: str) -> str:
    """A number with its middle hidden; who has it knows it again."""
    return phone.masked(number) or "–"


def masked_address(channel: str, address: str) -> str:
    """An address on any channel, as who has it knows it again."""
    return masked_email(address) if channel == addresses.EMAIL else masked(address)


def masked_email(address: str) -> str:
    """An e-mail address that who has it knows again: u…@example.org; '' for none."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}" if address else ""


def money(amount_minor: int, currency: str) -> str:
    """An amount as phones show it."""
    return say(Money(amount_minor, currency), "en")


PAGE = Page(
    name="people",
    title="People",
    folder=Path(__file__).parent,
    order=20,
    routes=(
        Route("", find, LOOK, scopes=WITHIN),
        Route("", found, LOOK, method="POST", scopes=WITHIN),
        Route("/<uuid:id>", one, LOOK, scopes=WITHIN),
        Route("/<uuid:id>/statement/<uuid:account>", statement, LOOK, scopes=WITHIN),
        Route("/<uuid:id>/whole", whole, REVEAL, method="POST", scopes=WITHIN),
        # Their data is the whole tenant's, and no organisation's.
        Route("/<uuid:id>/data", data, REVEAL, method="POST"),
        Route("/<uuid:id>/end-sign-ins", end_sign_ins, SIGN_OUT, method="POST", scopes=WITHIN),
        Route(
            "/<uuid:id>/statement/<uuid:account>/email",
            email_statement,
            EMAIL,
            method="POST",
            scopes=WITHIN,
        ),
        Route("/<uuid:id>/email", set_email, EMAIL, method="POST", scopes=WITHIN),
        Route("/<uuid:id>/wishes", note_wish, WISHES, method="POST", scopes=WITHIN),
        Route("/<uuid:id>/erase", erase, ERASE, method="POST"),
        Route("/<uuid:id>/freeze", freeze, FREEZE, method="POST", scopes=WITHIN),
        Route("/<uuid:id>/new-pin", new_pin, RESET, method="POST", scopes=WITHIN),
        *records.ROUTES,
    ),
    values={"money": money},
)
