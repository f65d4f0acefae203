"""The audit trail as it was written, and whether its chain is whole."""

from pathlib import Path

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.audit import chain
from core.staff.roles import Permission

LISTED = 50
READ = Permission("audit.read", "read who did what", ("company_admin", "auditor"))


def entries(visit: Visit) -> Response:
    """By place in the chain, the newest first; of one object where it is named."""
    before, object_id = visit.args.get("before", ""), visit.asked_id("object")
    found = chain.page(
        visit.tx,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
        object_id=object_id,
        limit=LISTED,
    )
    return visit.show(
        "audit/list.html",
        entries=found,
        object_id=object_id,
        older=found[-1].seq if len(found) == LISTED else None,
    )


def verify(visit: Visit) -> Response:
    count, faults = chain.verify_in(visit.tx, visit.keys.audit_seal)
    return visit.show("audit/verify.html", count=count, faults=faults)


PAGE = Page(
    name="audit",
    title="Audit",
    folder=Path(__file__).parent,
    order=90,
    routes=(Route("", entries, READ), Route("/verify", verify, READ)),
)
