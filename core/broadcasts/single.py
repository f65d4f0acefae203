"""The tenant's own words to one person or number, because a program of the tenant says so."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson

from core.broadcasts import words as own_words
from core.broadcasts.errors import NoServiceToSendFrom, NoSuchPerson, WrongWords
from core.broadcasts.words import NAME, SEGMENTS_MAXIMUM, TENANT, Measure
from core.db.database import Tx
from core.messaging.delivery import SEND_TEXT
from core.people import numbers, people
from core.people.people import USSD, Person
from core.security.keyring import Keyring
from core.tenants.directory import Service
from values.ids import uuid7
from values.messages import Priority

TEMPLATE: Final = "program"


@dataclass(frozen=True, slots=True)
class To:
    """Whom it is for: somebody of the tenant at the number in use, or a number in E.164, which may
    be nobody's here. One of the two."""

    person_id: uuid.UUID | None = None
    number: str = field(default="", repr=False)


def write(
    tx: Tx,
    keys: Keyring,
    services: list[Service],
    to: To,
    by_language: Mapping[str, str],
    *,
    measure: Measure,
    priority: Priority,
) -> uuid.UUID:
    """Record that words are to be sent by SMS, in this transaction: in the person's language, else
    in the tenant's first. Opt-outs and quiet hours hold for what is BULK. Answers the message's id.

    Raises NoServiceToSendFrom, NoSuchPerson, WrongWords.
    """
    service = texting(services)
    number, person = _addressee(tx, keys, to)
    said = own_words.check(
        by_language,
        languages=service.tenant.languages,
        has_group=False,
        has_strangers=person is None,
    )
    language = said.language_of(person.language if person else "")
    values = {
        TENANT: service.tenant.name_in(language),
        NAME: person.shown_name if person else "",
    }
    text = measure.form(said.fill(language, values))
    if measure.segments(text) > SEGMENTS_MAXIMUM:
        raise WrongWords(f"{language}: longer than {SEGMENTS_MAXIMUM} text messages.")
    return _write(tx, keys, service, number, text=text, priority=priority)


def texting(services: list[Service]) -> Service:
    """What texts go out from: the number for texts, else one that is dialled. Raises
    NoServiceToSendFrom."""
    found = [one for one in services if one.channel in ("sms", "ussd")]
    if not found:
        raise NoServiceToSendFrom("There is no service to send texts from.")
    return min(found, key=lambda one: (one.channel != "sms", one.id))


def _addressee(tx: Tx, keys: Keyring, to: To) -> tuple[str, Person | None]:
    """The number, and who has it: nobody where several do, or none."""
    if to.person_id is None:
        found = people.identify(tx, keys, to.number)
        return to.number, found[0] if len(found) == 1 else None
    person = people.get(tx, keys, to.person_id)
    in_use = [one for one in numbers.numbers_of(tx, keys, to.person_id) if one.is_in_use]
    if person is None or not in_use:
        raise NoSuchPerson
    return in_use[0].address, person


def _write(
    tx: Tx, keys: Keyring, service: Service, number: str, *, text: str, priority: Priority
) -> uuid.UUID:
    conversation_id, message_id = uuid.uuid4(), uuid7()
    row = tx.one(
        "INSERT INTO conversation (tenant_id, id, service_id, address_channel, address_lookup,"
        f" address_sealed) VALUES (current_tenant(), %s, %s, '{USSD}', %s, %s)"
        " ON CONFLICT (tenant_id, service_id, address_lookup) DO UPDATE"
        " SET address_lookup = excluded.address_lookup RETURNING id",
        (
            *(conversation_id, service.id, keys.lookup(USSD, number)),
            keys.seal(number, conversation_id.bytes),
        ),
    )
    assert row is not None
    sealed = keys.seal(orjson.dumps({"text": text}).decode(), message_id.bytes)
    tx.execute(
        "WITH m AS (INSERT INTO message (tenant_id, id, conversation_id, service_id, template,"
        f"  params, content_sealed) VALUES (current_tenant(), %s, %s, %s, '{TEMPLATE}', '{{}}',"
        "  %s)) INSERT INTO outbox (tenant_id, id, kind, priority, subject_id)"
        f" VALUES (current_tenant(), %s, '{SEND_TEXT}', %s, %s)",
        (message_id, row[0], service.id, sealed, message_id, priority.value, message_id),
    )
    return message_id
