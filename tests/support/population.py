"""People with money and a group to pay into, agents with float and customers without anything, made
straight in the database of a running Piga."""

import uuid
from dataclasses import dataclass

from core.db.database import Database, Deadline, Tx
from core.money import ledger
from core.people import people
from core.savings import groups
from core.security.keyring import Keyring

PIN = "2739"
OPENING_MINOR = 1_000_000
FLOAT_MINOR = 10_000_000


@dataclass(frozen=True)
class Population:
    """Everybody's phone numbers, by what they are."""

    tenant_id: uuid.UUID
    members: tuple[str, ...]
    agents: tuple[str, ...]
    customers: tuple[str, ...]


def populate(
    database: Database,
    keys: Keyring,
    slug: str,
    *,
    members: int,
    agents: int = 0,
    customers: int = 0,
) -> Population:
    """Members of a group of their own, agents and customers, all with the same PIN."""
    with database.transaction(None) as tx:
        row = tx.one("SELECT find_tenant(%s)", (slug,))
    assert row is not None
    assert row[0] is not None, f"no tenant {slug}"
    made = Population(
        row[0],
        *(
            tuple(f"+25079{kind}{index:06d}" for index in range(count))
            for kind, count in enumerate((members, agents, customers))
        ),
    )
    with database.transaction(made.tenant_id, Deadline(60)) as tx:
        _Builder(tx, keys, made).build()
    return made


class _Builder:
    def __init__(self, tx: Tx, keys: Keyring, made: Population) -> None:
        self._tx = tx
        self._keys = keys
        self._made = made
        self._pin_hash = keys.hash_pin(PIN)
        self._settlement = ledger.account_id(made.tenant_id, ledger.SETTLEMENT, "RWF")

    def build(self) -> None:
        tx, made = self._tx, self._made
        organisation, group = uuid.uuid4(), uuid.uuid4()
        tx.execute(
            "INSERT INTO organisation VALUES (current_tenant(), %s, 'Fault Group')", (organisation,)
        )
        tx.execute(
            "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
            " VALUES (current_tenant(), %s, %s, 'FAULT', 'Fault Group')",
            (group, organisation),
        )
        ledger.open_account(
            tx,
            id=self._settlement,
            kind=ledger.SETTLEMENT,
            currency="RWF",
            owner_id=made.tenant_id,
        )
        for number in made.members:
            member = self._person(number, "Member Ofthetown", "customer", "member")
            groups.join(tx, group_id=group, subscriber_id=member, currency="RWF")
            self._give(member, ledger.WALLET, OPENING_MINOR)
        for index, number in enumerate(made.agents):
            self._agent(self._person(number, "Agent Ofthetown", "agent"), f"F{index:05d}")
        for number in made.customers:
            self._person(number, "Customer Ofthetown", "customer")

    def _person(self, number: str, name: str, *roles: str) -> uuid.UUID:
        return people.register(
            self._tx,
            self._keys,
            address=number,
            name=name,
            language="en",
            roles=roles,
            currency="RWF",
            pin_hash=self._pin_hash,
        ).id

    def _agent(self, subscriber_id: uuid.UUID, code: str) -> None:
        self._tx.execute(
            "INSERT INTO agent (tenant_id, subscriber_id, level, code)"
            " VALUES (current_tenant(), %s, 'agent', %s)",
            (subscriber_id, code),
        )
        ledger.open_account(
            self._tx,
            id=ledger.account_id(subscriber_id, ledger.FLOAT, "RWF"),
            kind=ledger.FLOAT,
            currency="RWF",
            owner_id=subscriber_id,
        )
        self._give(subscriber_id, ledger.FLOAT, FLOAT_MINOR)

    def _give(self, subscriber_id: uuid.UUID, kind: str, amount_minor: int) -> None:
        ledger.post(
            self._tx,
            key=f"population:{subscriber_id}",
            kind="opening",
            lines=[
                ledger.Line(self._settlement, -amount_minor),
                ledger.Line(ledger.account_id(subscriber_id, kind, "RWF"), amount_minor),
            ],
            currency="RWF",
            actor_id=None,
        )
