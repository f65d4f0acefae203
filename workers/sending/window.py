"""The window of a channel, for one message: as it is, by a template, by SMS, later, or why not.

What holds is said by `core.messaging.ways`; here is what it is asked about. A service names its
templates and whether SMS may stand in (`templates` and `sms_instead` in its settings); what the
provider says of a template's state goes before what the settings say.
"""

from collections.abc import Mapping
from typing import Any

from core.db.database import Tx
from core.inbox import inbox
from core.messaging import prices, templates
from core.messaging.messages import Outgoing
from core.messaging.prices import Category
from core.messaging.ways import (
    Asked,
    BySms,
    ByTemplate,
    Later,
    NoWay,
    Template,
    Way,
    way_of,
)
from core.people.people import USSD
from core.tenants import directory
from core.tenants.directory import Service
from engine.wording import own_words
from menus.messages import places
from providers.contracts import chat
from values import clock
from values.messages import MissingValue, Priority
from workers.jobs.context import Context
from workers.sending.errors import CannotSay, NotYet


def has_window(service: Service) -> bool:
    """Whether the channel of a service closes to what is written freely."""
    return prices.table().rule(service.channel, clock.now()).window is not None


def out_of(
    context: Context, tx: Tx, service: Service, text: Outgoing
) -> tuple[Service, chat.Template | None]:
    """The service that a message goes out of, and the template that says it where what is written
    freely is not taken any more. Raises CannotSay with the reason, NotYet."""
    way = way_for(tx, service, text)
    match way:
        case NoWay():
            raise CannotSay(way.reason)
        case Later():
            raise NotYet
        case BySms():
            others = directory.texting_service(tx)
            instead = context.directory.by_id(others) if others else None
            if instead is None:
                raise CannotSay(way.reason)
            return instead, None
        case ByTemplate():
            return service, filled(context, service, text, way.template)
    return service, None


def filled(context: Context, service: Service, text: Outgoing, template: Template) -> chat.Template:
    """A template with the values that fill its places. Raises CannotSay."""
    language = template.language
    try:
        values = places(
            context.messages[text.template],
            text.params,
            language,
            service.tenant.zone,
            context.keys.approval_code,
            names=places_of(service, text.template, language),
            own=own_words(service.tenant, language),
        )
    except (KeyError, MissingValue):
        raise CannotSay("no_such_text") from None
    is_code = template.category is Category.AUTHENTICATION
    return chat.Template(template.name, language, values, is_code=is_code)


def way_for(tx: Tx, service: Service, text: Outgoing) -> Way:
    """How a message goes out of a service with a window."""
    contact = None
    if text.address_lookup is not None:
        contact = inbox.last_contact(tx, service.id, text.address_lookup)
    # What the provider says of a template goes before what the settings say.
    told = templates.states(tx, service.provider) if service.settings.get("templates") else {}
    # Whom we know by no conversation there, we know by a number.
    has_number = contact is None or contact.channel == USSD
    asked = Asked(
        channel=service.channel,
        kind=text.template,
        priority=Priority(text.claim.priority),
        language=text.language or service.tenant.languages[0],
        at=clock.now(),
        last_inbound_at=contact.at if contact else None,
        templates=templates_of(service, text.template, told),
        has_number=has_number,
        sms=bool(service.settings.get("sms_instead")),
    )
    return way_of(asked, prices.table())


def templates_of(
    service: Service, kind: str, told: Mapping[tuple[str, str], str]
) -> dict[str, Template]:
    """The templates that a service names for a kind of message, by language; `told` are the states
    that the provider told, by name and language."""
    return {
        one["language"]: Template(
            one["name"],
            one["language"],
            Category(one["category"]),
            told.get((one["name"], one["language"]), one.get("state", "approved")),
        )
        for one in service.settings.get("templates", ())
        if one["message"] == kind
    }


def places_of(service: Service, kind: str, language: str) -> list[str]:
    """The names of the values that fill a template's places, in their order."""
    found: list[dict[str, Any]] = [
        one
        for one in service.settings.get("templates", ())
        if one["message"] == kind and one["language"] == language
    ]
    return list(found[0].get("values", ())) if found else []
