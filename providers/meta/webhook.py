"""A webhook's body: up to a thousand updates, for several business accounts and numbers at once.

One that cannot be read is named and passed over; all others are handed on, in their order.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from providers.contracts.errors import BadPayload
from providers.contracts.webhooks import Batch, Inbound
from providers.meta import notices, reading
from providers.meta.inbound import Envelope, parse_message
from providers.meta.reading import Object, part
from providers.meta.statuses import parse_status

BODY_BYTES_MAXIMUM = 3 * 1024 * 1024
OBJECT = "whatsapp_business_account"
FAULTS_MAXIMUM = 20

E = TypeVar("E", bound=Inbound)


def parse_webhook(body: bytes, content_type: str = "application/json") -> Batch:
    """All that a body says. Raises BadPayload: it is no JSON, or not of WhatsApp at all."""
    del content_type  # the signature is over the bytes; they are JSON or they are not
    found = reading.document(body)
    if found.get("object") != OBJECT:
        raise BadPayload("not_whatsapp", "object")
    reader = _Reader()
    for entry in reading.items(found, "entry"):
        if not isinstance(entry, dict):
            reader.fault("entry: not_an_object")
            continue
        account = reading.identifier(entry, "id")
        at = reading.moment(entry, "time")
        for change in reading.items(entry, "changes"):
            if isinstance(change, dict):
                reader.change(change, account, at)
            else:
                reader.fault("change: not_an_object")
    return Batch(reader.events, reader.faults, reader.unknown)


class _Reader:
    """What was found so far."""

    def __init__(self) -> None:
        self.events: list[Inbound] = []
        self.faults: list[str] = []
        self.unknown: list[str] = []
        self._seen: set[tuple[str, str]] = set()

    def fault(self, why: str) -> None:
        """Note why a part was passed over; of very many not each one."""
        if len(self.faults) < FAULTS_MAXIMUM:
            self.faults.append(why)

    def change(self, change: Object, account: str, at: datetime | None) -> None:
        """One change: messages and statuses of a number, or something else that has a field."""
        value = part(change, "value")
        field = reading.word(change, "field")
        contacts = [one for one in reading.items(value, "contacts") if isinstance(one, dict)]
        to = reading.identifier(part(value, "metadata"), "phone_number_id")
        envelope = Envelope(account, to, contacts)
        if field == "messages":
            self._messages(value, envelope)
        elif field == "user_preferences":
            for one in reading.items(value, "user_preferences"):
                self._read(one, lambda found: (notices.preference(found, envelope), ""))
        elif field == "message_template_status_update":
            self._read(value, lambda found: (notices.template_state(found, account, at), ""))
        elif field in notices.FIELDS:
            read = notices.FIELDS[field]
            self._read(value, lambda found: (read(found, account), ""))
        elif field not in notices.PASSED_OVER:
            self.unknown.append(f"field {field or '-'}")

    def _messages(self, value: Object, envelope: Envelope) -> None:
        for one in reading.items(value, "messages"):
            if not self._is_copy("message", one, "id"):
                self._read(one, lambda found: parse_message(found, envelope))
        for one in reading.items(value, "statuses"):
            # What became of a payment in a chat, whose words are those of a message.
            if isinstance(one, dict) and reading.word(one, "type") == "payment":
                continue
            # A status of a message comes once for each word, and in a group for each person.
            if not self._is_copy("status", one, "id", "status", "recipient_participant_id"):
                self._read(one, lambda found: parse_status(found, envelope.to))
        self.events += notices.error_notices(value, envelope)

    def _is_copy(self, kind: str, one: object, *names: str) -> bool:
        """Whether the same stood in this very body before."""
        if not isinstance(one, dict) or not isinstance(one.get(names[0]), str):
            return False
        key = (kind, "\0".join(str(one.get(name, "")) for name in names))
        if key in self._seen:
            return True
        self._seen.add(key)
        return False

    def _read(self, one: object, read: Callable[[Object], tuple[E | None, str]]) -> None:
        if not isinstance(one, dict):
            self.fault("not_an_object")
            return
        try:
            event, unknown = read(one)
        except BadPayload as fault:
            if fault.code == "unknown_kind":
                self.unknown.append(fault.field_name)
            else:
                self.fault(str(fault))
            return
        if event is not None:
            self.events.append(event)
        if unknown:
            self.unknown.append(unknown)
