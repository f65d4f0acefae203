"""Texts that devices forward: stored once, sealed, and worked one after another.

    stored ──► set_aside       no money came by it: an advertisement, what we paid, a copy, unknown
       │  └──► credited        the money it tells of is booked, and whose it is is known
       └─────► in_question     it is booked or not, and an exception waits for a person

Twice the same words at the same time from a device are one text: forwarders repeat themselves for
hours. Nothing is thrown away; a wording that no format has is kept and counted.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from core.db.connection import Row
from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.money.ledger import AMOUNT_MAXIMUM_MINOR
from core.outbox import outbox
from core.payments.devices import Device
from core.payments.evidence.networks import catalogue
from core.payments.evidence.parser import read
from core.payments.evidence.reading import Confirmation, Reading
from core.security.keyring import Keyring
from values.currencies import minor_digits
from values.ids import uuid7

TEXT: Final = Lifecycle(
    "payment_text",
    initial="stored",
    transitions=[
        ["set_aside", "stored", "set_aside"],
        ["credit", ["stored", "in_question"], "credited"],
        ["question", "stored", "in_question"],
    ],
)
JOB: Final = "payment_text"
LISTED_MAXIMUM: Final = 500
TEXT_CHARS_MAXIMUM: Final = 4_000


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A text as a device got it. `received_at` is by the device's clock, or the network's."""

    sender: str = field(repr=False)
    text: str = field(repr=False)
    received_at: datetime


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text as it is worked. `amount_minor` and `balance_minor` are in the device's currency."""

    id: uuid.UUID
    reading: Reading = field(repr=False)
    received_at: datetime
    happened_at: datetime
    amount_minor: int | None
    balance_minor: int | None
    waited_s: float


def store(tx: Tx, keys: Keyring, device: Device, texts: Sequence[Forwarded]) -> list[bool]:
    """Store what a device forwarded, and have it worked. Answers for each whether it is new."""
    fresh = [_store(tx, keys, device, text) for text in texts]
    tx.execute(
        "UPDATE text_device SET seen_at = now() WHERE tenant_id = current_tenant() AND id = %s",
        (device.id,),
    )
    if any(fresh):
        outbox.write(tx, kind=JOB, subject_id=device.id)
    return fresh


def _store(tx: Tx, keys: Keyring, device: Device, text: Forwarded) -> bool:
    id, reading = uuid7(), read_as(device, text.sender, text.text)
    sent = f"{text.sender}\0{text.text}\0{int(text.received_at.timestamp())}"
    row = tx.one(
        "INSERT INTO payment_text (tenant_id, id, device_id, digest, body_sealed, received_at,"
        " happened_at, kind, direction, accept, parser, txid, amount_minor, balance_minor)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, device_id, digest) DO NOTHING RETURNING id",
        (
            *(id, device.id, keys.lookup(f"text:{device.id}", sent)),
            keys.seal(orjson.dumps([text.sender, text.text]).decode(), id.bytes),
            *(text.received_at, happened_at(reading, text.received_at)),
            *(reading.kind, reading.direction, reading.accept, reading.parser, reading.txid),
            *(in_minor(reading.amount, device), in_minor(reading.balance, device)),
        ),
    )
    return row is not None


def read_as(device: Device, sender: str, text: str) -> Reading:
    """What a text says, taken as one of the device's network."""
    network = next(one for one in catalogue().networks if one.name == device.network)
    return read(Confirmation(sender, text, network=network.name, country=network.country.code))


def happened_at(reading: Reading, received_at: datetime) -> datetime:
    """When it happened, as the text says by its network's clock; else when it came. A text that
    tells only the day, or of the future, tells nothing of the time."""
    if reading.timestamp is None or reading.timezone is None or "T" not in reading.timestamp:
        return received_at
    told = datetime.fromisoformat(reading.timestamp).replace(tzinfo=ZoneInfo(reading.timezone))
    return min(told, received_at)


def in_minor(amount: Decimal | None, device: Device) -> int | None:
    """An amount in minor units of the device's currency; None where it is none, has parts that the
    currency does not have, or is more than the ledger holds: anybody may text such a number."""
    if amount is None:
        return None
    minor = amount.scaleb(minor_digits(device.currency))
    whole = abs(minor) <= AMOUNT_MAXIMUM_MINOR and minor == minor.to_integral_value()
    return int(minor) if whole else None


def next_stored(tx: Tx, keys: Keyring, device: Device) -> StoredText | None:
    """The oldest text of a device that waits, by the time that it tells itself."""
    row = tx.one(
        "SELECT id, body_sealed, received_at, happened_at, amount_minor, balance_minor,"
        " extract(epoch FROM now() - created_at) FROM payment_text"
        " WHERE tenant_id = current_tenant() AND device_id = %s AND state = 'stored'"
        " ORDER BY happened_at, id LIMIT 1",
        (device.id,),
    )
    return _stored(row, keys, device) if row else None


def _stored(row: Row, keys: Keyring, device: Device) -> StoredText:
    id, sealed, *times, amount_minor, balance_minor, waited_s = row
    sender, text = orjson.loads(keys.open(sealed, id.bytes))
    reading = read_as(device, sender, text)
    return StoredText(id, reading, times[0], times[1], amount_minor, balance_minor, float(waited_s))


def was_told_before(tx: Tx, device: Device, text: StoredText) -> bool:
    """Whether another text of the device, one that was worked, told of the same movement: the same
    id, or the same amount and balance at the same second."""
    row = tx.one(
        "SELECT 1 FROM payment_text WHERE tenant_id = current_tenant() AND device_id = %(device)s"
        " AND id <> %(id)s AND state <> 'stored' AND NOT 'copy' = ANY (flags)"
        " AND amount_minor = %(amount)s AND direction = %(direction)s AND (txid = %(txid)s OR"
        "  (balance_minor = %(balance)s AND happened_at = %(at)s)) LIMIT 1",
        {
            **{"device": device.id, "id": text.id, "amount": text.amount_minor},
            **{"direction": text.reading.direction, "txid": text.reading.txid},
            **{"balance": text.balance_minor, "at": text.happened_at},
        },
    )
    return row is not None


def has_other_content(tx: Tx, device: Device, text: StoredText) -> bool:
    """Whether its id came before with another amount or direction: one of the two is forged."""
    row = tx.one(
        "SELECT 1 FROM payment_text WHERE tenant_id = current_tenant() AND device_id = %s"
        " AND id <> %s AND txid = %s AND state <> 'stored' AND accept"
        " AND (amount_minor, direction) IS DISTINCT FROM (%s, %s) LIMIT 1",
        (device.id, text.id, text.reading.txid, text.amount_minor, text.reading.direction),
    )
    return row is not None


def end(tx: Tx, text_id: uuid.UUID, trigger: str, flags: Sequence[str]) -> None:
    """Take a step of a text's, with why."""
    step = TEXT.advance(trigger, sets="flags = %s, ended_at = now()", where="id = %s")
    tx.execute(step, (list(flags), text_id))


@dataclass(frozen=True, slots=True)
class ListedText:
    """A text as staff see it in a list: the digits of its words are hidden."""

    id: uuid.UUID
    device: str
    received_at: datetime
    kind: str
    state: str
    flags: tuple[str, ...]
    words: str = field(repr=False)


def unread(tx: Tx, keys: Keyring) -> list[ListedText]:
    """Texts in wordings that no format has, the newest first, with their digits hidden: what a
    format is written from."""
    rows = tx.all(
        "SELECT t.id, d.name, t.received_at, t.kind, t.state, t.flags, t.body_sealed"
        " FROM payment_text t JOIN text_device d ON d.tenant_id = t.tenant_id"
        " AND d.id = t.device_id WHERE t.tenant_id = current_tenant() AND t.kind = 'unknown'"
        f" ORDER BY t.id DESC LIMIT {LISTED_MAXIMUM}"
    )
    return [
        ListedText(id, device, at, kind, state, tuple(flags), _masked(keys.open(sealed, id.bytes)))
        for id, device, at, kind, state, flags, sealed in rows
    ]


def words_of(tx: Tx, keys: Keyring, text_id: uuid.UUID) -> str | None:
    """A text as it came, for the person who decides about it; None once it is forgotten."""
    row = tx.one(
        "SELECT body_sealed FROM payment_text WHERE tenant_id = current_tenant() AND id = %s",
        (text_id,),
    )
    return str(orjson.loads(keys.open(row[0], text_id.bytes))[1]) if row else None


def _masked(body: str) -> str:
    _, text = orjson.loads(body)
    return "".join("#" if character.isdigit() else character for character in text)
