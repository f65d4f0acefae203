"""Where the business is reached: services, their webhook addresses, and open alarms."""

import uuid
from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from app.operations.servers import Core
from app.webhooks.addresses import list_hooks
from core.alarms import alarms
from core.audit.trail import record
from core.staff.roles import Permission
from core.tenants.changes import rotate_hook_secret
from core.tenants.directory import services_of

LOOK = Permission(
    "services.look", "see services and alarms", ("company_admin", "operator", "auditor")
)
SECRETS = Permission("services.secrets", "see webhook addresses, which are secrets", ())
ROTATE = Permission("services.rotate", "make new webhook addresses", (), changes=True)


def listed(visit: Visit) -> Response:
    return visit.show(
        "services/list.html",
        services=services_of(visit.tx),
        alarms=alarms.open_of_tenant(visit.tx),
        secrets=SECRETS,
        rotate=ROTATE,
    )


def addresses(visit: Visit) -> Response:
    """In this answer alone: who knows an address can speak for its provider."""
    console = visit.console
    core = Core(console.settings, console.database, visit.keys)
    found = [hook for hook in list_hooks(core) if hook["tenant"] == visit.business.slug]
    record(visit.tx, visit.member.actor, "see webhook addresses", None, {})
    return visit.show("services/addresses.html", hooks=found)


def rotate(visit: Visit, id: uuid.UUID) -> Response:
    if id not in {service.id for service in services_of(visit.tx)}:
        raise NotFound
    rotate_hook_secret(visit.tx, id)
    record(visit.tx, visit.member.actor, "rotate hooks", id, {})
    return visit.go(
        "services", "There are new addresses. Those of before go on until the next time."
    )


PAGE = Page(
    name="services",
    title="Services",
    folder=Path(__file__).parent,
    order=70,
    routes=(
        Route("", listed, LOOK),
        Route("/addresses", addresses, SECRETS, method="POST"),
        Route("/<uuid:id>/rotate", rotate, ROTATE, method="POST"),
    ),
)
