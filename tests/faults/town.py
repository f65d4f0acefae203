"""People with money and a group to pay into, made straight in the database of a running Piga."""

import uuid
from dataclasses import dataclass

from core import groups, ledger, people
from core.db import Database, Deadline
from core.secrets import Keyring

PIN = "2739"
OPENING_MINOR = 1_000_000


@dataclass(frozen=True)
class Town:
    tenant_id: uuid.UUID
    numbers: tuple[str, ...]


def build(database: Database, keys: Keyring, slug: str, count: int) -> Town:
    """`count` members of a group of their own, all with the same PIN."""
    with database.transaction(None) as tx:
        row = tx.one("SELECT find_tenant(%s)", (slug,))
    assert row is not None
    assert row[0] is not None, f"no tenant {slug}"
    tenant_id: uuid.UUID = row[0]
    pin_hash = keys.hash_pin(PIN)
    numbers = tuple(f"+25079{index:07d}" for index in range(count))
    with database.transaction(tenant_id, Deadline(60)) as tx:
        organisation, group = uuid.uuid4(), uuid.uuid4()
        tx.execute(
            "INSERT INTO organisation VALUES (current_tenant(), %s, 'Fault Town')", (organisation,)
        )
        tx.execute(
            "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
            " VALUES (current_tenant(), %s, %s, 'FAULT', 'Fault Town')",
            (group, organisation),
        )
        settlement = ledger.account_id(tenant_id, ledger.SETTLEMENT, "RWF")
        ledger.open_account(
            tx, id=settlement, kind=ledger.SETTLEMENT, currency="RWF", owner_id=tenant_id
        )
        for number in numbers:
            person = people.register(
                tx,
                keys,
                address=number,
                name="Member Ofthetown",
                language="en",
                roles=("customer", "member"),
                currency="RWF",
                pin_hash=pin_hash,
            )
            groups.join(tx, group_id=group, subscriber_id=person.id, currency="RWF")
            wallet = ledger.account_id(person.id, ledger.WALLET, "RWF")
            ledger.post(
                tx,
                key=f"fault-town:{person.id}",
                kind="opening",
                lines=[
                    ledger.Line(settlement, -OPENING_MINOR),
                    ledger.Line(wallet, OPENING_MINOR),
                ],
                currency="RWF",
                actor_id=None,
            )
    return Town(tenant_id, numbers)
