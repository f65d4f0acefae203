"""Providers: how many requests failed, how long each takes to answer, what an account has left, its
templates, the last texts with what became of them, and what crossed the wire last."""

from functools import cache
from pathlib import Path

from redis import RedisError
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.audit.trail import record
from core.broadcasts import single
from core.broadcasts.errors import WrongList
from core.broadcasts.number_list import read_list
from core.broadcasts.single import To
from core.messaging import provider_report, templates
from core.staff.roles import Permission
from core.tenants.directory import Service, services_of
from values.messages import Priority
from workers.broadcasts.write import MEASURE
from workers.wire_log import WireLog, health

LOOK = Permission(
    "providers.look",
    "see how providers answer",
    ("company_admin", "operator", "auditor"),
)
TRY = Permission(
    "providers.try",
    "send a test text, and ask what an account has left",
    ("company_admin", "operator"),
    changes=True,
)
WORDS_CHARS_MAXIMUM = 160
NUMBER_CHARS_MAXIMUM = 24


def listed(visit: Visit) -> Response:
    known = {one.provider: one for one in provider_report.states(visit.tx)}
    names = sorted({*known, *(one.provider for one in services_of(visit.tx))})
    log, tenant_id = _log(visit.console.settings.redis_url), visit.member.tenant_id
    try:
        asked = {name: health(log.last(tenant_id, name)) for name in names}
    except RedisError:
        asked = {}
    return visit.show("providers/list.html", names=names, texts=known, asked=asked)


def one(visit: Visit, name: str) -> Response:
    services = _services(visit, name)
    found = {one.provider: one for one in provider_report.states(visit.tx)}
    log, tenant_id = _log(visit.console.settings.redis_url), visit.member.tenant_id
    try:
        logged, balances, is_away = (
            log.last(tenant_id, name),
            log.balances(tenant_id, name),
            False,
        )
    except RedisError:
        logged, balances, is_away = [], [], True
    return visit.show(
        "providers/one.html",
        name=name,
        services=services,
        state=found.get(name),
        templates=sorted(templates.states(visit.tx, name).items()),
        exchanges=provider_report.exchanges(visit.tx, name),
        logged=logged,
        health=health(logged),
        balances=balances,
        is_away=is_away,
        texts=bool(_texting(services)),
        may_try=visit.may(TRY),
    )


def test(visit: Visit, name: str) -> Response:
    """Words of ours to one number, by this provider, at once."""
    services = _texting(_services(visit, name))
    numbers = read_list(visit.form.get("number", "")[:NUMBER_CHARS_MAXIMUM], visit.business.country)
    if len(numbers.rows) != 1:
        raise WrongList(["Give one number."])
    words = " ".join(visit.form.get("words", "")[:WORDS_CHARS_MAXIMUM].split())
    message_id = single.write(
        *(visit.tx, visit.keys, services, To(number=next(iter(numbers.rows)))),
        {services[0].tenant.languages[0]: words} if services else {},
        measure=MEASURE,
        priority=Priority.RECEIPT,
    )
    record(visit.tx, visit.member.actor, "send test text", message_id, {"provider": name})
    return visit.go(f"providers/{name}", "The test is on its way.")


def balance(visit: Visit, name: str) -> Response:
    _services(visit, name)
    provider_report.ask_balances(visit.tx, name, actor=visit.member.actor)
    return visit.go(f"providers/{name}", "It is asked now. Look again in a moment.")


def _services(visit: Visit, name: str) -> list[Service]:
    found = [one for one in services_of(visit.tx) if one.provider == name]
    if not found:
        raise NotFound
    return found


def _texting(services: list[Service]) -> list[Service]:
    return [one for one in services if one.channel in ("sms", "ussd")]


@cache
def _log(url: str) -> WireLog:
    """One for the process: it keeps its connections."""
    return WireLog.at(url)


PAGE = Page(
    name="providers",
    title="Providers",
    folder=Path(__file__).parent,
    order=69,
    routes=(
        Route("", listed, LOOK),
        Route("/<name>", one, LOOK),
        Route("/<name>/test", test, TRY, method="POST"),
        Route("/<name>/balance", balance, TRY, method="POST"),
    ),
)
