"""Whom a broadcast is for: a closed set of filters over a tenant's people, or a list of numbers.

Recipients are written down as a broadcast is drafted. So who is counted is who is confirmed, and
who comes later is not sent what nobody meant for them.
"""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from core.broadcasts.errors import NobodyToSendTo, WrongAudience
from core.broadcasts.number_list import NumberList
from core.db.database import Tx
from core.people.people import USSD
from core.security.keyring import Keyring

BATCH: Final = 5_000
FILTERS: Final = ("role", "language", "group", "pin")


@dataclass(frozen=True, slots=True)
class Segment:
    """People of the tenant. `group` is a savings group's code; each field that is not set lets
    everybody through, and all that are set must fit."""

    group: str = ""
    roles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    has_pin: bool | None = None

    @property
    def described(self) -> str:
        parts = [f"group {self.group}"] if self.group else []
        parts += [f"role {'/'.join(self.roles)}"] if self.roles else []
        parts += [f"language {'/'.join(self.languages)}"] if self.languages else []
        if self.has_pin is not None:
            parts.append("with a PIN" if self.has_pin else "without a PIN")
        return ", ".join(parts) or "everyone"


@dataclass(frozen=True, slots=True)
class Listed:
    """Numbers of a list. `with_strangers`: also those that are nobody's here."""

    numbers: NumberList
    with_strangers: bool = False

    @property
    def described(self) -> str:
        return f"a list of {len(self.numbers.rows)} numbers"


Audience = Segment | Listed


class Strangers(WrongAudience):
    """Numbers of a list are nobody's here. `rows` are where they stand."""

    SAID_MAXIMUM = 20

    def __init__(self, rows: list[int]) -> None:
        self.rows = rows
        said = ", ".join(map(str, rows[: self.SAID_MAXIMUM]))
        more = " and more" if len(rows) > self.SAID_MAXIMUM else ""
        super().__init__(
            f"{len(rows)} numbers are nobody's here (rows {said}{more}). Nothing was made. Where"
            " they are to be sent to all the same, say --strangers."
        )


def read_filters(said: list[str], *, roles: tuple[str, ...], languages: tuple[str, ...]) -> Segment:
    """Filters as an officer writes them: role=member,agent language=rw group=KOP1 pin=no.

    Raises WrongAudience.
    """
    found: dict[str, tuple[str, ...]] = {}
    for each in said:
        name, _, raw = each.partition("=")
        values = tuple(value.strip() for value in raw.split(",") if value.strip())
        if name not in FILTERS or not values:
            raise WrongAudience(f"{each}: no such filter. There are {', '.join(FILTERS)}.")
        if name in found:
            raise WrongAudience(f"{name} stands there twice: several values are written a,b.")
        found[name] = values
    known_values = {"role": roles, "language": languages, "pin": ("yes", "no")}
    for name, known in known_values.items():
        unknown = [value for value in found.get(name, ()) if value not in known]
        if unknown:
            raise WrongAudience(f"{name}={unknown[0]}: there are {', '.join(known)}.")
    if len(found.get("group", ())) > 1:
        raise WrongAudience("One group at a time.")
    pin = set(found.get("pin", ()))
    return Segment(
        group=next(iter(found.get("group", ())), ""),
        roles=found.get("role", ()),
        languages=found.get("language", ()),
        has_pin=None if len(pin) != 1 else pin == {"yes"},
    )


def group_name(tx: Tx, segment: Segment) -> str:
    """The name of the segment's group, "" where it names none. Raises WrongAudience."""
    if not segment.group:
        return ""
    row = tx.one(
        "SELECT name FROM savings_group WHERE tenant_id = current_tenant() AND code = %s",
        (segment.group,),
    )
    if row is None:
        raise WrongAudience(f"There is no group {segment.group}.")
    return str(row[0])


def write_recipients(tx: Tx, keys: Keyring, broadcast_id: uuid.UUID, audience: Audience) -> int:
    """Write down whom a new broadcast goes to, each once; answers how many they are.

    Raises NobodyToSendTo, Strangers.
    """
    if isinstance(audience, Segment):
        count = _write_segment(tx, broadcast_id, audience)
    else:
        count = _write_listed(tx, keys, broadcast_id, audience)
    if not count:
        raise NobodyToSendTo
    return count


def _write_segment(tx: Tx, broadcast_id: uuid.UUID, segment: Segment) -> int:
    conditions, params = ["s.tenant_id = current_tenant()"], list[Any]()
    if segment.group:
        conditions.append(
            "EXISTS (SELECT FROM membership m JOIN savings_group g ON g.tenant_id = m.tenant_id"
            " AND g.id = m.group_id WHERE m.tenant_id = s.tenant_id AND m.subscriber_id = s.id"
            " AND m.left_at IS NULL AND g.code = %s)"
        )
        params.append(segment.group)
    if segment.roles:
        conditions.append("s.roles && %s::text[]")
        params.append(list(segment.roles))
    if segment.languages:
        conditions.append("s.language = ANY (%s)")
        params.append(list(segment.languages))
    if segment.has_pin is not None:
        conditions.append("(s.pin_hash IS NOT NULL) = %s")
        params.append(segment.has_pin)
    return tx.execute(
        "INSERT INTO broadcast_recipient (tenant_id, broadcast_id, number, subscriber_id)"
        " SELECT s.tenant_id, %s, row_number() OVER (ORDER BY s.id), s.id FROM subscriber s"
        f" WHERE {' AND '.join(conditions)}",
        (broadcast_id, *params),
    ).rowcount


def _write_listed(tx: Tx, keys: Keyring, broadcast_id: uuid.UUID, listed: Listed) -> int:
    """Everybody who has a number of the list, there; of numbers that are nobody's, the number."""
    seen: set[uuid.UUID] = set()
    strangers: list[int] = []
    place = 0
    numbers = list(listed.numbers.rows)
    for start in range(0, len(numbers), BATCH):
        lookups = {keys.lookup(USSD, number): number for number in numbers[start : start + BATCH]}
        owners: dict[bytes, list[uuid.UUID]] = {}
        for lookup, who in tx.all(
            "SELECT lookup, subscriber_id FROM address WHERE tenant_id = current_tenant()"
            " AND channel = %s AND lookup = ANY (%s) AND detached_at IS NULL"
            " ORDER BY created_at, subscriber_id",
            (USSD, list(lookups)),
        ):
            owners.setdefault(lookup, []).append(who)
        rows: list[tuple[int, uuid.UUID | None, bytes, bytes]] = []
        for lookup, number in lookups.items():
            here: list[uuid.UUID | None] = [*owners.get(lookup, ())]
            if not here:
                strangers.append(listed.numbers.rows[number])
            sealed = keys.seal(number, broadcast_id.bytes)
            for who in here or [None]:
                if who is None or who not in seen:
                    place += 1
                    rows.append((place, who, sealed, lookup))
                if who is not None:
                    seen.add(who)
        if not strangers or listed.with_strangers:
            _insert(tx, broadcast_id, rows)
    if strangers and not listed.with_strangers:
        raise Strangers(strangers)
    return place


def _insert(
    tx: Tx, broadcast_id: uuid.UUID, rows: list[tuple[int, uuid.UUID | None, bytes, bytes]]
) -> None:
    if not rows:
        return
    numbers, who, sealed, lookups = (list(column) for column in zip(*rows, strict=True))
    tx.execute(
        "INSERT INTO broadcast_recipient (tenant_id, broadcast_id, number, subscriber_id,"
        " address_sealed, address_lookup) SELECT current_tenant(), %s, u.* FROM"
        " unnest(%s::integer[], %s::uuid[], %s::bytea[], %s::bytea[]) u",
        (broadcast_id, numbers, who, sealed, lookups),
    )
