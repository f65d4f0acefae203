"""A broadcast's recipients, read in batches: in which language, at which number, or why not."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.broadcasts.words import GROUP, NAME, TENANT, Words
from core.db.database import Tx
from core.messaging.optouts import opted_out
from core.people import numbers
from core.security.keyring import Keyring
from core.tenants.directory import Service
from values import names
from values.messages import NEWS

BATCH: Final = 1_000
OPTED_OUT: Final = "opted_out"
NO_NUMBER: Final = "no_number"
FROZEN: Final = "frozen"

NEWS_SQL: Final = f"'{NEWS}'"
_ROWS = (
    "SELECT r.number, r.subscriber_id, r.address_sealed, n.identifier_sealed,"
    " coalesce(r.address_lookup, n.lookup), s.name_sealed, coalesce(s.language, ''),"
    " coalesce(s.status = 'frozen', false),"
    f" {opted_out('coalesce(r.address_lookup, n.lookup)', '%(sender)s::text', NEWS_SQL)}"
    " FROM broadcast_recipient r"
    " LEFT JOIN subscriber s ON s.tenant_id = r.tenant_id AND s.id = r.subscriber_id"
    f" LEFT JOIN LATERAL ({numbers.in_use('r.subscriber_id')}) n ON r.address_sealed IS NULL"
    " WHERE r.tenant_id = current_tenant() AND r.broadcast_id = %(broadcast)s"
    " AND r.number > %(after)s AND r.state = 'waiting' ORDER BY r.number LIMIT %(limit)s"
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One of them, by now. `lookup` is the keyed hash of the number; None where they have none.
    What is sealed is bound to `bound_to`."""

    number: int
    subscriber_id: uuid.UUID | None
    number_sealed: bytes | None = field(repr=False)
    bound_to: uuid.UUID
    lookup: bytes | None = field(repr=False)
    name_sealed: bytes | None = field(repr=False)
    language: str
    is_frozen: bool
    is_opted_out: bool

    @property
    def why_not(self) -> str:
        """Why nothing is sent; "" where it is."""
        if self.lookup is None:
            return NO_NUMBER
        if self.is_opted_out:
            return OPTED_OUT
        return FROZEN if self.is_frozen else ""

    def address(self, keys: Keyring) -> str:
        """The number in E.164. Raises ValueError where it cannot be read."""
        assert self.number_sealed is not None, "only who has a number is written to"
        return keys.open(self.number_sealed, self.bound_to.bytes)

    def name(self, keys: Keyring) -> str:
        """As screens show it. Raises ValueError where it cannot be read."""
        assert self.subscriber_id is not None
        assert self.name_sealed is not None
        return names.shown(keys.open(self.name_sealed, self.subscriber_id.bytes))


def sender_of(service: Service) -> str | None:
    """Under which name a service's texts go out: who does not want those is not sent to."""
    own = service.code if service.channel == "sms" else None
    return own or service.tenant.settings.get("sms_sender")


def waiting(
    tx: Tx, broadcast_id: uuid.UUID, sender: str | None, *, after: int = 0, limit: int = BATCH
) -> list[Recipient]:
    """The next of those who are not written to yet, by their number."""
    rows = tx.all(
        _ROWS, {"broadcast": broadcast_id, "after": after, "limit": limit, "sender": sender}
    )
    return [
        Recipient(
            number,
            who,
            listed if listed is not None else in_use,
            broadcast_id if listed is not None or who is None else who,
            *rest,
        )
        for number, who, listed, in_use, *rest in rows
    ]


def all_waiting(tx: Tx, broadcast_id: uuid.UUID, sender: str | None) -> Iterator[Recipient]:
    """All of them, a batch in memory at a time."""
    after = 0
    while some := waiting(tx, broadcast_id, sender, after=after):
        yield from some
        after = some[-1].number


@dataclass(frozen=True, slots=True)
class Writer:
    """Makes each recipient's text of a broadcast's words."""

    words: Words
    service: Service
    group_name: str
    keys: Keyring = field(repr=False)

    def text(self, recipient: Recipient) -> str:
        """The words for a recipient, in their language. Raises ValueError where their name cannot
        be read."""
        language = self.words.language_of(recipient.language)
        values: Mapping[str, str] = {
            TENANT: self.service.tenant.name_in(language),
            GROUP: self.group_name,
            NAME: recipient.name(self.keys) if self.words.names_people else "",
        }
        return self.words.fill(language, values)
