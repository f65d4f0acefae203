"""Providers of texts: how many failed, how long each takes to answer, its templates, and the last
texts with what was answered. Payments have a page of their own."""

from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.messaging import provider_report, templates
from core.staff.roles import Permission
from core.tenants.directory import services_of

LOOK = Permission(
    "providers.look",
    "see how providers answer",
    ("company_admin", "operator", "auditor"),
)


def listed(visit: Visit) -> Response:
    return visit.show("providers/list.html", providers=provider_report.states(visit.tx))


def one(visit: Visit, name: str) -> Response:
    services = [one for one in services_of(visit.tx) if one.provider == name]
    if not services:
        raise NotFound
    found = {one.provider: one for one in provider_report.states(visit.tx)}
    return visit.show(
        "providers/one.html",
        name=name,
        services=services,
        state=found.get(name),
        templates=sorted(templates.states(visit.tx, name).items()),
        exchanges=provider_report.exchanges(visit.tx, name),
    )


PAGE = Page(
    name="providers",
    title="Providers",
    folder=Path(__file__).parent,
    order=69,
    routes=(Route("", listed, LOOK), Route("/<name>", one, LOOK)),
)
