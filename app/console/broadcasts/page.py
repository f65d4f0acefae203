"""Broadcasts: drafted, counted, tried on one number, sent, watched and stopped."""

import uuid
from pathlib import Path

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.approvals import requests
from core.broadcasts import broadcasts, outcomes, sending
from core.broadcasts.audience import Audience, Listed, read_filters
from core.broadcasts.broadcasts import BROADCAST, Broadcast
from core.broadcasts.errors import NoServiceToSendFrom, WrongList
from core.broadcasts.estimate import estimate
from core.broadcasts.number_list import read_list
from core.broadcasts.words import WORDS_CHARS_MAXIMUM
from core.staff.roles import Permission
from core.tenants import directory
from core.tenants.directory import Service
from values.said import said
from workers.broadcasts.write import MEASURE

FILTERS = ("role", "language", "group", "pin")
VALUE_CHARS_MAXIMUM = 60

LOOK = Permission(
    "broadcasts.look", "see broadcasts and how far they are", ("company_admin", "auditor")
)
SEND = Permission(
    "broadcasts.send",
    "draft, send and stop broadcasts",
    ("company_admin",),
    changes=True,
)


def listed(visit: Visit) -> Response:
    return visit.show(
        "broadcasts/list.html",
        found=broadcasts.newest(visit.tx),
        services=_services(visit),
        roles=visit.console.domains.roles,
        languages=_languages(visit),
        words_maximum=WORDS_CHARS_MAXIMUM,
        send=SEND,
    )


def drafted(visit: Visit) -> Response:
    """Its recipients are written down; nothing is sent."""
    service = _service(visit)
    filters = [
        f"{name}={value}"
        for name in FILTERS
        if (value := visit.form.get(name, "").strip()[:VALUE_CHARS_MAXIMUM])
    ]
    whom = read_filters(
        filters, roles=visit.console.domains.roles, languages=service.tenant.languages
    )
    made = _draft(visit, service, whom, _words(visit, service))
    return visit.go(f"broadcasts/{made.id}", "It is drafted. Nothing is sent yet.")


def one(visit: Visit, id: uuid.UUID) -> Response:
    found = broadcasts.get(visit.tx, id)
    service, is_draft = _service_of(visit, found), found.state == BROADCAST.initial
    words = found.words(visit.keys)
    counted = None
    if is_draft:
        counted = estimate(visit.tx, found.writer(visit.keys, service), MEASURE, id)
    return visit.show(
        "broadcasts/one.html",
        found=found,
        words=words.by_language,
        service=service,
        counted=counted,
        outcomes={} if is_draft else outcomes.counts(visit.tx, id),
        done=0 if is_draft else outcomes.done_of(visit.tx, id),
        needs_two=found.people > sending.alone_maximum(service.tenant),
        waiting=requests.waiting_about(visit.tx, id),
        send=SEND,
    )


def test(visit: Visit, id: uuid.UUID) -> Response:
    """The same words to one number, as a broadcast of its own, at once."""
    found = broadcasts.get(visit.tx, id)
    service, words = _service_of(visit, found), found.words(visit.keys)
    numbers = read_list(visit.form.get("number", "")[:24], visit.business.country)
    if len(numbers.rows) != 1:
        raise WrongList(["Give one number."])
    whom = Listed(numbers, with_strangers=not words.names_people)
    made = _draft(visit, service, whom, dict(words.by_language), again=True)
    sending.send(
        visit.tx, visit.keys, service.tenant, made.id, by=visit.member.officer, reason="a test"
    )
    return visit.go(f"broadcasts/{id}", "The test is on its way.")


def send(visit: Visit, id: uuid.UUID) -> Response:
    """At once, or once another has agreed where it goes to many."""
    found, reason = broadcasts.get(visit.tx, id), visit.reason()
    tenant = _service_of(visit, found).tenant
    asked = sending.send(visit.tx, visit.keys, tenant, id, by=visit.member.officer, reason=reason)
    waits, goes = said("It waits for a second person."), said("It goes out from now on.")
    return visit.go(f"broadcasts/{id}", waits if asked else goes)


def pause(visit: Visit, id: uuid.UUID) -> Response:
    count = broadcasts.pause(visit.tx, id, by=visit.member.officer)
    return visit.go(
        f"broadcasts/{id}", said("It is paused. {count} texts were taken back.", count=count)
    )


def resume(visit: Visit, id: uuid.UUID) -> Response:
    broadcasts.resume(visit.tx, id, by=visit.member.officer)
    return visit.go(f"broadcasts/{id}", "It goes on.")


def cancel(visit: Visit, id: uuid.UUID) -> Response:
    count = broadcasts.cancel(visit.tx, id, by=visit.member.officer)
    return visit.go(
        f"broadcasts/{id}",
        said("It is ended for good. {count} texts were taken back.", count=count),
    )


def _draft(
    visit: Visit,
    service: Service,
    whom: Audience,
    words: dict[str, str],
    *,
    again: bool = False,
) -> Broadcast:
    again = again or visit.form.get("again") == "1"
    by = visit.member.officer
    return broadcasts.draft(visit.tx, visit.keys, service, whom, words, by=by, again=again)


def _services(visit: Visit) -> list[Service]:
    """Those that texts go out from, by SMS first."""
    found = [one for one in directory.services_of(visit.tx) if one.channel in ("sms", "ussd")]
    return sorted(found, key=lambda one: (one.channel, one.code))


def _service(visit: Visit) -> Service:
    """The service that a form names. Raises NoServiceToSendFrom."""
    asked = visit.form.get("service", "")
    for service in _services(visit):
        if str(service.id) == asked:
            return service
    raise NoServiceToSendFrom("Choose the service that the texts go out from.")


def _service_of(visit: Visit, found: Broadcast) -> Service:
    for service in directory.services_of(visit.tx):
        if service.id == found.service_id:
            return service
    raise NoServiceToSendFrom("The service that it was drafted for is not there any more.")


def _languages(visit: Visit) -> tuple[str, ...]:
    services = _services(visit)
    return services[0].tenant.languages if services else ()


def _words(visit: Visit, service: Service) -> dict[str, str]:
    said = {one: visit.form.get(f"words_{one}", "").strip() for one in service.tenant.languages}
    # A form's line ends are those of HTTP; a text's are one letter.
    return {one: words.replace("\r\n", "\n") for one, words in said.items() if words}


PAGE = Page(
    name="broadcasts",
    title="Broadcasts",
    folder=Path(__file__).parent,
    order=45,
    routes=(
        Route("", listed, LOOK),
        Route("", drafted, SEND, method="POST"),
        Route("/<uuid:id>", one, LOOK),
        Route("/<uuid:id>/test", test, SEND, method="POST"),
        Route("/<uuid:id>/send", send, SEND, method="POST"),
        Route("/<uuid:id>/pause", pause, SEND, method="POST"),
        Route("/<uuid:id>/resume", resume, SEND, method="POST"),
        Route("/<uuid:id>/cancel", cancel, SEND, method="POST"),
    ),
)
