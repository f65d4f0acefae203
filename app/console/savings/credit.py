"""A group's credit history for a bank: the consent that it stands on, and the history itself.

Every look at it is a row of the trail, with the bank it was for.
"""

import io
import uuid
from datetime import date
from typing import Final

from werkzeug.wrappers import Response

from app.console.page import Route, Visit
from app.console.savings.within import LOOK, WITHIN, group_of
from core.audit.trail import record
from core.documents.csv_file import write_csv
from core.documents.pdf_file import write_pdf
from core.documents.table import About
from core.loans import credit_history
from core.loans.credit_history import History
from core.loans.office import today_of
from core.savings import consents
from core.savings.consents import Consent, WrongConsent
from core.staff.roles import Permission

CONSENT: Final = Permission(
    "savings.consent",
    "write down that a group lets a bank see its credit history, or no longer",
    ("company_admin", "operator", "organisation_staff"),
    changes=True,
)


def listed(visit: Visit, id: uuid.UUID) -> Response:
    """What the group agreed to, and the votes that a consent can stand on."""
    group, today = group_of(visit, id), today_of(visit.tx)
    return visit.show(
        "savings/credit.html",
        group=group,
        consents=[(one, one.holds(today)) for one in consents.of_group(visit.tx, id)],
        votes=consents.carried(visit.tx, id),
        may_consent=visit.may(CONSENT),
        today=today,
    )


def grant(visit: Visit, id: uuid.UUID) -> Response:
    group_of(visit, id)
    try:
        vote_id = uuid.UUID(visit.form.get("vote", ""))
        until = date.fromisoformat(visit.form.get("until", ""))
    except ValueError:
        raise WrongConsent from None
    consents.grant(
        *(visit.tx, id),
        vote_id=vote_id,
        bank=visit.form.get("bank", ""),
        valid_until=until,
        today=today_of(visit.tx),
        by=visit.member.actor,
    )
    return visit.go(f"savings/{id}/credit", "The consent is written down.")


def revoke(visit: Visit, id: uuid.UUID, consent: uuid.UUID) -> Response:
    group_of(visit, id)
    consents.revoke(visit.tx, id, consent, by=visit.member.actor, reason=visit.reason())
    return visit.go(f"savings/{id}/credit", "The consent is taken back.")


def history(visit: Visit, id: uuid.UUID, consent: uuid.UUID) -> Response:
    """The history on a page, or as a file that is handed to the bank."""
    group = group_of(visit, id)
    today = today_of(visit.tx)
    agreed = consents.require(visit.tx, id, consent, today)
    found = credit_history.of_group(visit.tx, id, today=today, currency=visit.business.currency)
    wanted = visit.args.get("as", "")
    kind = wanted if wanted in ("csv", "pdf") else "page"
    detail = {"consent": str(agreed.id), "bank": agreed.bank, "as": kind}
    record(visit.tx, visit.member.actor, "look at credit history", id, detail)
    if kind == "page":
        return visit.show("savings/history.html", group=group, consent=agreed, found=found)
    return _file(visit, agreed, found, kind, today)


def _file(visit: Visit, agreed: Consent, found: History, kind: str, today: date) -> Response:
    about = About(
        f"Credit history of {found.group}",
        visit.business.name,
        (f"For {agreed.bank}, as on {today}", f"The group voted: {agreed.question}"),
        visit.business.zone,
    )
    into = io.BytesIO()
    if kind == "csv":
        write_csv(about, credit_history.by_month(found), into)
    else:
        write_pdf(about, [credit_history.figures(found), credit_history.by_month(found)], into)
    mimetype = "text/csv" if kind == "csv" else "application/pdf"
    answer = Response(into.getvalue(), mimetype=mimetype)
    name = f"credit-history-{today}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


ROUTES: Final = (
    Route("/<uuid:id>/credit", listed, LOOK, scopes=WITHIN),
    Route("/<uuid:id>/credit", grant, CONSENT, method="POST", scopes=WITHIN),
    Route("/<uuid:id>/credit/<uuid:consent>", history, LOOK, scopes=WITHIN),
    Route("/<uuid:id>/credit/<uuid:consent>/end", revoke, CONSENT, method="POST", scopes=WITHIN),
)
