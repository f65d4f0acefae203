"""Long texts in parts that come in any order, each acknowledged by itself: kept till all are here.

A text is a row, and its parts stand in it by their numbers, so that two that come at once are one
after the other. A copy of a part changes nothing, also after the text is joined. What is not
complete after a while is given up: it is worked as it is, with a mark where something is missing.
"""

import uuid
from dataclasses import dataclass, field
from typing import Final

from core.db.database import Tx
from core.inbox.inbox import Incoming
from core.outbox import outbox
from core.security.keyring import Keyring
from values.ids import uuid7
from values.messages import Priority

GIVE_UP_LONG_TEXT: Final = "give_up_long_text"
GIVEN_UP_AFTER_S: Final = 300
# A phone counts its long texts up to 255 and begins again.
REFERENCE_KEPT_S: Final = 3_600
MISSING: Final = " […] "
PARTS_MAXIMUM: Final = 255


@dataclass(frozen=True, slots=True)
class LongText:
    """A text with all of its parts, or with marks for those that did not come."""

    id: uuid.UUID
    service_id: uuid.UUID
    provider: str
    address: str = field(repr=False)
    text: str = field(repr=False)
    had_pin: bool

    @property
    def provider_message_id(self) -> str:
        """What stands for the provider's id, which each part has its own of."""
        return f"parts:{self.id}"


_ADD = (
    "INSERT INTO long_text AS t (tenant_id, id, service_id, provider, address_lookup,"
    " address_sealed, reference, total, parts_sealed, had_pin)"
    " VALUES (current_tenant(), %(id)s, %(service)s, %(provider)s, %(lookup)s, %(sealed)s,"
    " %(reference)s, %(total)s, %(parts)s, %(had_pin)s)"
    " ON CONFLICT (tenant_id, service_id, address_lookup, reference, total) DO UPDATE"
    " SET parts_sealed[%(number)s::integer] = coalesce(t.parts_sealed[%(number)s::integer],"
    "  excluded.parts_sealed[%(number)s::integer]), had_pin = t.had_pin OR excluded.had_pin"
    " WHERE t.ended_at IS NULL RETURNING id, parts_sealed, had_pin"
)


def add(
    tx: Tx,
    keys: Keyring,
    service_id: uuid.UUID,
    part: Incoming,
    *,
    reference: str,
    total: int,
    number: int,
) -> LongText | None:
    """Keep a part, the `number`th of `total`; the whole text where it was the last that was
    missing, which is then to be received in this transaction.

    `reference` tells a text apart from others of the same person. Raises ValueError: no such part.
    """
    if not 1 <= number <= total <= PARTS_MAXIMUM:
        raise ValueError("no part of a text has this number")
    lookup = keys.lookup(part.channel, part.address)
    bound = _bound_to(lookup, reference)
    tx.execute(
        "DELETE FROM long_text WHERE tenant_id = current_tenant() AND service_id = %s"
        " AND address_lookup = %s AND reference = %s"
        " AND ended_at < now() - make_interval(secs => %s)",
        (service_id, lookup, reference, REFERENCE_KEPT_S),
    )
    new_id = uuid7()
    parts: list[bytes | None] = [None] * total
    parts[number - 1] = keys.seal(part.content.text, bound)
    row = tx.one(
        _ADD,
        {
            "id": new_id,
            "service": service_id,
            "provider": part.provider,
            "lookup": lookup,
            "sealed": keys.seal(part.address, bound),
            "reference": reference,
            "total": total,
            "number": number,
            "parts": parts,
            "had_pin": part.had_pin,
        },
    )
    if row is None:  # a copy: the text has ended
        return None
    id, kept, had_pin = row
    if any(one is None for one in kept):
        if id == new_id:
            outbox.write(
                tx,
                kind=GIVE_UP_LONG_TEXT,
                subject_id=id,
                delay_s=GIVEN_UP_AFTER_S,
                priority=Priority.PROMPT.value,
            )
        return None
    text = "".join(keys.open(one, bound) for one in kept)
    _end(tx, id)
    return LongText(id, service_id, part.provider, part.address, text, had_pin)


def give_up(tx: Tx, keys: Keyring, id: uuid.UUID) -> LongText | None:
    """What came of a text whose other parts nobody waits for any more; None where it has ended."""
    row = tx.one(
        "SELECT service_id, provider, address_lookup, address_sealed, reference, parts_sealed,"
        " had_pin FROM long_text WHERE tenant_id = current_tenant() AND id = %s"
        " AND ended_at IS NULL FOR UPDATE",
        (id,),
    )
    if row is None:
        return None
    service_id, provider, lookup, sealed, reference, parts, had_pin = row
    bound = _bound_to(lookup, reference)
    texts = [MISSING if one is None else keys.open(one, bound) for one in parts]
    _end(tx, id)
    text = "".join(texts)
    return LongText(id, service_id, provider, keys.open(sealed, bound), text, had_pin)


def _end(tx: Tx, id: uuid.UUID) -> None:
    tx.execute(
        "UPDATE long_text SET ended_at = now(), parts_sealed = '{}'"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (id,),
    )


def _bound_to(lookup: bytes, reference: str) -> bytes:
    """Whose a part is: it opens in no other text."""
    return bytes(lookup) + reference.encode()
