"""Fees and limits: dated tables; a new one is drafted by one and published by two."""

from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from app.console.tariffs import form
from core.approvals import requests
from core.manifest.section import PricedOperation
from core.money import tariff_publishing
from core.money.tariff_publishing import FEE, KINDS, LIMIT, DatedTable, Publish
from core.staff.roles import Permission
from values import clock
from values.said import said

LOOK = Permission(
    "tariffs.look",
    "see tables of fees and limits",
    ("company_admin", "operator", "treasurer", "auditor", "government"),
)
PUBLISH = Permission(
    "tariffs.publish",
    "ask that a table of fees or limits is published",
    ("company_admin",),
    changes=True,
)


def listed(visit: Visit) -> Response:
    now, tables = clock.now(), tariff_publishing.all_of_tenant(visit.tx)
    shown = []
    for table in tables:
        holds = tariff_publishing.in_force(tables, table.key, now) is table
        state = "to come" if table.valid_from > now else "in force" if holds else "over"
        said = tariff_publishing.described(table.body, visit.business.currency)
        shown.append((table, state, said))
    asked = [one for one in requests.waiting(visit.tx) if one.kind == Publish.name]
    return visit.show(
        "tariffs/list.html",
        shown=shown,
        waiting=asked,
        operations=_operations(visit).values(),
        publish=PUBLISH,
    )


def drafted(visit: Visit) -> Response:
    """A form that begins with what is in force."""
    about, kind, level = _about(visit)
    tables = tariff_publishing.all_of_tenant(visit.tx)
    before = tariff_publishing.in_force(tables, (about.name, kind, level), clock.now())
    return visit.show(
        "tariffs/draft.html",
        about=about,
        kind=kind,
        level=level,
        bands=form.rows_of(visit, before) if kind == FEE else [],
        limits=form.limits_of(visit, about, before) if kind == LIMIT else [],
    )


def preview(visit: Visit) -> Response:
    """The draft beside what it takes the place of. Nothing is asked for yet."""
    about, kind, level = _about(visit)
    table = form.read(visit, about, kind, level)
    before = tariff_publishing.check(visit.tx, _operations(visit), table)
    currency = visit.business.currency
    return visit.show(
        "tariffs/preview.html",
        table=table,
        before=tariff_publishing.described(before.body, currency) if before else {},
        after=tariff_publishing.described(table.body, currency),
        fields=[
            (name, value)
            for name, value in visit.form.items(multi=True)
            if name not in ("form_token", "reason")
        ],
    )


def ask(visit: Visit) -> Response:
    """Asked for by one; another decides. The same again, by a double click, is the same request."""
    about, kind, level = _about(visit)
    table = form.read(visit, about, kind, level)
    subject = tariff_publishing.subject_of(visit.business.id, table)
    asked = visit.ask_for(visit.console.domains.approvals[Publish.name], subject, table.to_data())
    if DatedTable.of(asked.params) != table:
        raise tariff_publishing.WrongTariff(
            said(
                "{name} asked for another table from then on: it is decided first.",
                name=asked.requested_by,
            )
        )
    return visit.go("tariffs", "It waits for a second person.")


def _operations(visit: Visit) -> tariff_publishing.Operations:
    found: tariff_publishing.Operations = visit.console.domains.priced_operations
    return found


def _about(visit: Visit) -> tuple[PricedOperation, str, str]:
    """Of what a table is to be: `what` is operation, kind and level, as the list offers them."""
    said = visit.form.get("what") or visit.args.get("what", "")
    name, kind, level = (*said.split(":"), "", "", "")[:3]
    about = _operations(visit).get(name)
    if about is None or kind not in KINDS or (level and level not in about.levels):
        raise NotFound
    return about, kind, level


PAGE = Page(
    name="tariffs",
    title="Tariffs",
    folder=Path(__file__).parent,
    order=60,
    routes=(
        Route("", listed, LOOK),
        Route("/draft", drafted, LOOK),
        Route("/preview", preview, PUBLISH, method="POST"),
        Route("/ask", ask, PUBLISH, method="POST"),
    ),
)
