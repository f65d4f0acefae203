"""Many people quickly, for tests of load: whole batches at once, and the ledger right after each.

Ids follow from the numbers, so that seeding again goes on where it stopped.
"""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from core.blueprint.shapes import id_of
from core.ids import reference_of, uuid7
from core.ledger import SAVINGS, SETTLEMENT, WALLET, account_id, savings_account_id
from core.people import USSD
from core.secrets import Keyring

BATCH = 20_000
ENTRY_LINES = 1_000  # people whose opening balances share one entry
NAME = "Seeded Person"
# Part of every seeded id: a millisecond long past, so that they sort before real ones.
SEED_MS = 1_700_000_000_000

_STAGE = (
    "CREATE TEMPORARY TABLE seeded (id uuid, wallet uuid, savings uuid, lookup bytea,"
    " name_sealed bytea, identifier_sealed bytea, place integer) ON COMMIT DROP"
)


@dataclass(frozen=True, slots=True)
class Seeding:
    """How the people are to be: all alike. Amounts in minor units of the tenant's currency.

    `first_number` in digits with its calling code; the others follow it. `group_id` makes all of
    them members of that group; without `pin` they have yet to register.
    """

    tenant_id: uuid.UUID
    currency: str
    first_number: int
    count: int
    language: str = "en"
    roles: tuple[str, ...] = ("customer",)
    pin: str = ""
    opening_minor: int = 0
    group_id: uuid.UUID | None = None

    def number(self, place: int) -> str:
        """The number of the person at that place, from 0, in E.164."""
        return f"+{self.first_number + place}"

    def person_id(self, place: int) -> uuid.UUID:
        return seeded_id(self.first_number + place)


def seeded_id(number: int) -> uuid.UUID:
    """The id of the seeded person with that number: a UUIDv7 that sorts as the numbers do."""
    return uuid.UUID(int=SEED_MS << 80 | 0x7 << 76 | 0x2 << 62 | number)


def seed_people(url: str, keys: Keyring, seeding: Seeding) -> int:
    """Add who is missing of the people described. Answers how many were added.

    `url` is the application's or the owner's. About 20 s for every 100,000 with money and group.
    """
    pin_hash = keys.hash_pin(seeding.pin) if seeding.pin else None
    with psycopg.connect(url, autocommit=True) as connection:
        start = _already(connection, seeding)
        for first in range(start, seeding.count, BATCH):
            places = range(first, min(first + BATCH, seeding.count))
            with connection.transaction():
                _set_tenant(connection, seeding)
                _stage(connection, keys, seeding, places)
                _insert(connection, seeding, pin_hash)
                if seeding.opening_minor:
                    _open(connection, seeding, places)
    return max(0, seeding.count - start)


def _set_tenant(connection: psycopg.Connection, seeding: Seeding) -> None:
    connection.execute("SELECT set_config('piga.tenant', %s, true)", (str(seeding.tenant_id),))


def _already(connection: psycopg.Connection, seeding: Seeding) -> int:
    with connection.transaction():
        _set_tenant(connection, seeding)
        row = connection.execute(
            "SELECT count(*) FROM subscriber"
            " WHERE tenant_id = current_tenant() AND id >= %s AND id < %s",
            (seeding.person_id(0), seeding.person_id(seeding.count)),
        ).fetchone()
    assert row is not None
    return int(row[0])


def _stage(connection: psycopg.Connection, keys: Keyring, seeding: Seeding, places: range) -> None:
    """COPY does not go through row-level security: into a table of our own first."""
    connection.execute(_STAGE)
    with connection.cursor().copy("COPY seeded FROM STDIN") as copy:
        for row in _rows(keys, seeding, places):
            copy.write_row(row)


def _rows(keys: Keyring, seeding: Seeding, places: range) -> Iterator[tuple[object, ...]]:
    currency, group_id = seeding.currency, seeding.group_id
    for place in places:
        number, id = seeding.number(place), seeding.person_id(place)
        yield (
            id,
            account_id(id, WALLET, currency),
            savings_account_id(group_id, id, currency) if group_id else None,
            keys.lookup(USSD, number),
            keys.seal(NAME, id.bytes),
            keys.seal(number, id.bytes),
            place,
        )


def _insert(connection: psycopg.Connection, seeding: Seeding, pin_hash: str | None) -> None:
    connection.execute(
        "INSERT INTO subscriber (tenant_id, id, name_sealed, language, roles, pin_hash, pin_set_at,"
        " registered_at) SELECT current_tenant(), id, name_sealed, %s, %s, %s::text,"
        " CASE WHEN %s::text IS NULL THEN NULL ELSE now() END, now() FROM seeded ORDER BY id",
        (seeding.language, list(seeding.roles), pin_hash, pin_hash),
    )
    connection.execute(
        "INSERT INTO address (tenant_id, channel, lookup, subscriber_id, identifier_sealed)"
        " SELECT current_tenant(), %s, lookup, id, identifier_sealed FROM seeded ORDER BY lookup",
        (USSD,),
    )
    _insert_accounts(connection, seeding, "wallet", WALLET)
    if seeding.group_id is not None:
        _insert_accounts(connection, seeding, "savings", SAVINGS)
        connection.execute(
            "INSERT INTO membership (tenant_id, group_id, subscriber_id, number,"
            " savings_account_id) SELECT current_tenant(), %s, id, 1, savings FROM seeded",
            (seeding.group_id,),
        )


def _insert_accounts(
    connection: psycopg.Connection, seeding: Seeding, column: str, kind: str
) -> None:
    opening_minor = seeding.opening_minor if kind == WALLET else 0
    connection.execute(
        "INSERT INTO account (tenant_id, id, kind, currency, owner_id, guarded, balance_minor)"
        f" SELECT current_tenant(), {column}, %s, %s, id, true, %s FROM seeded ORDER BY 2",
        (kind, seeding.currency, opening_minor),
    )


def _open(connection: psycopg.Connection, seeding: Seeding, places: range) -> None:
    """The opening balances of a batch, so many people an entry, against the settlement account."""
    settlement = account_id(seeding.tenant_id, SETTLEMENT, seeding.currency)
    for first in range(places.start, places.stop, ENTRY_LINES):
        stop = min(first + ENTRY_LINES, places.stop)
        entry_id, key = uuid7(), f"opening:seed:{seeding.first_number + first}"
        connection.execute(
            "INSERT INTO entry (tenant_id, id, kind, reference, key)"
            " VALUES (current_tenant(), %s, 'opening', %s, %s)",
            (entry_id, reference_of(entry_id), key),
        )
        connection.execute(
            "INSERT INTO idempotency (tenant_id, key, inputs_hash, entry_id)"
            " VALUES (current_tenant(), %s, %s, %s)",
            (key, hashlib.sha256(key.encode()).digest(), entry_id),
        )
        connection.execute(
            "INSERT INTO posting (tenant_id, entry_id, ordinal, account_id, amount_minor, currency)"
            " SELECT current_tenant(), %(entry)s, place - %(first)s + 1, wallet, %(each)s,"
            " %(currency)s FROM seeded WHERE place >= %(first)s AND place < %(stop)s"
            " UNION ALL SELECT current_tenant(), %(entry)s, 0, %(settlement)s, %(all)s,"
            " %(currency)s",
            {
                "entry": entry_id,
                "first": first,
                "stop": stop,
                "each": seeding.opening_minor,
                "all": -seeding.opening_minor * (stop - first),
                "settlement": settlement,
                "currency": seeding.currency,
            },
        )


def seed_group(connection: psycopg.Connection, tenant_id: uuid.UUID, code: str) -> uuid.UUID:
    """A savings group for seeded people, made when it is not there."""
    organisation, group = id_of(tenant_id, "organisation", "seed"), id_of(tenant_id, "group", code)
    with connection.transaction():
        connection.execute("SELECT set_config('piga.tenant', %s, true)", (str(tenant_id),))
        connection.execute(
            "INSERT INTO organisation (tenant_id, id, name) VALUES (current_tenant(), %s, 'Seeded')"
            " ON CONFLICT DO NOTHING",
            (organisation,),
        )
        connection.execute(
            "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
            " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (group, organisation, code, f"Group {code}"),
        )
    return group
