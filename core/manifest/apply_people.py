"""Applying the people of a tenant's folder: only ever more of them, and money is posted once."""

import uuid
from collections import Counter
from typing import Any

from core.agents import agents
from core.db.database import Tx
from core.manifest import limits
from core.manifest.nodes import FolderFaults
from core.manifest.shapes import Blueprint, Opening, PersonPlan
from core.money import ledger
from core.money.errors import Frozen
from core.people import people
from core.people.people import USSD
from core.savings import groups
from core.security.keyring import Keyring

ACTOR = "tenant apply"


class PeopleWriter:
    """Organisations, groups, people, agents and opening balances.

    Language, PIN, birth year and being frozen are written with a new person only: later they are
    the person's own, or staff's, to change.
    """

    def __init__(self, tx: Tx, keys: Keyring, blueprint: Blueprint, changes: Counter[str]) -> None:
        self._tx = tx
        self._keys = keys
        self._plan = blueprint
        self._changes = changes
        self._organisations: dict[uuid.UUID, str] = {}
        self._groups: dict[uuid.UUID, tuple[Any, ...]] = {}
        self._people: dict[uuid.UUID, tuple[bytes, list[str]]] = {}
        self._phones: set[tuple[bytes, uuid.UUID]] = set()
        self._members: set[tuple[uuid.UUID, uuid.UUID]] = set()
        self._agents: dict[uuid.UUID, tuple[Any, ...]] = {}
        self._opened: dict[str, int] = {}

    def look(self) -> None:
        """Read what there is of what the folder names."""
        tx = self._tx
        ids = [person.id for person in self._plan.people]
        self._organisations = dict(
            tx.all("SELECT id, name FROM organisation WHERE tenant_id = current_tenant()")
        )
        for id, *rest in tx.all(
            "SELECT id, organisation_id, code, name FROM savings_group"
            " WHERE tenant_id = current_tenant()"
        ):
            self._groups[id] = tuple(rest)
        for id, sealed, roles in tx.all(
            "SELECT id, name_sealed, roles FROM subscriber"
            " WHERE tenant_id = current_tenant() AND id = ANY (%s)",
            (ids,),
        ):
            self._people[id] = sealed, roles
        self._phones = {
            (bytes(lookup), id)
            for lookup, id in tx.all(
                "SELECT lookup, subscriber_id FROM address WHERE tenant_id = current_tenant()"
                " AND channel = %s AND subscriber_id = ANY (%s)",
                (USSD, ids),
            )
        }
        self._members = {
            (group, member)
            for group, member in tx.all(
                "SELECT group_id, subscriber_id FROM membership"
                " WHERE tenant_id = current_tenant() AND subscriber_id = ANY (%s)",
                (ids,),
            )
        }
        for id, *rest in tx.all(
            "SELECT subscriber_id, level, code, parent_id FROM agent"
            " WHERE tenant_id = current_tenant()"
        ):
            self._agents[id] = tuple(rest)
        openings = [(person, one) for person in self._plan.people for one in person.openings]
        keys = [_key(person, opening) for person, opening in openings]
        accounts = [_account(*opening, self._plan.currency) for opening in openings]
        self._opened = dict(
            tx.all(
                "SELECT e.key, coalesce(p.amount_minor, 0) FROM entry e LEFT JOIN posting p"
                " ON p.tenant_id = e.tenant_id AND p.entry_id = e.id AND p.amount_minor > 0"
                " AND p.account_id = ANY (%s)"
                " WHERE e.tenant_id = current_tenant() AND e.key = ANY (%s)",
                (accounts, keys),
            )
        )

    def check(self) -> None:
        codes = {known[1]: id for id, known in self._groups.items()}
        for group in self._plan.groups:
            if codes.get(group.code, group.id) != group.id:
                group.place.fault("code: another group has this code")
        codes = {known[1]: id for id, known in self._agents.items()}
        for person in self._plan.people:
            agent = person.agent
            if agent and codes.get(agent.code, person.id) != person.id:
                agent.place.fault(f"code: somebody else is the agent {agent.code}")
            for opening in person.openings:
                posted = self._opened.get(_key(person, opening))
                if posted is not None and posted != opening.amount_minor:
                    opening.place.fault(
                        "an opening balance is posted once: what was posted differs,"
                        " and only another entry corrects it"
                    )

    def write(self) -> None:
        self._write_groups()
        # In the order of the folder: who comes first on a shared phone is its first.
        for person in self._plan.people:
            if person.id in self._people:
                self._change(person)
            else:
                self._add(person)
            self._add_phones(person)
            self._join(person)
        for person in sorted(self._plan.people, key=_rank):  # an agent's parent first
            self._write_agent(person)
        for person in self._plan.people:
            for opening in person.openings:
                self._open(person, opening)
        for person in self._plan.people:
            if person.id not in self._people:
                self._freeze(person)

    def _write_groups(self) -> None:
        tx = self._tx
        for organisation in self._plan.organisations:
            if self._organisations.get(organisation.id) == organisation.name:
                continue
            tx.execute(
                "INSERT INTO organisation (tenant_id, id, name) VALUES (current_tenant(), %s, %s)"
                " ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name",
                (organisation.id, organisation.name),
            )
            self._count("organisations", organisation.id not in self._organisations)
        for group in self._plan.groups:
            wanted = (group.organisation_id, group.code, group.name)
            if self._groups.get(group.id) == wanted:
                continue
            tx.execute(
                "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
                " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT (tenant_id, id)"
                " DO UPDATE SET organisation_id = excluded.organisation_id, name = excluded.name",
                (group.id, *wanted),
            )
            self._count("groups", group.id not in self._groups)

    def _add(self, person: PersonPlan) -> None:
        people.register(
            self._tx,
            self._keys,
            id=person.id,
            address=person.phones[0],
            name=person.name,
            language=person.language,
            roles=person.roles,
            currency=self._plan.currency,
            pin_hash=self._keys.hash_pin(person.pin) if person.pin else None,
            by_phone=False,
        )
        self._phones.add((self._keys.lookup(USSD, person.phones[0]), person.id))
        if person.birth_year is not None:
            self._tx.execute(
                "UPDATE subscriber SET birth_year = %s"
                " WHERE tenant_id = current_tenant() AND id = %s",
                (person.birth_year, person.id),
            )
        self._count("people", True)

    def _change(self, person: PersonPlan) -> None:
        sealed, roles = self._people[person.id]
        name = self._keys.open(sealed, person.id.bytes)
        if (name, sorted(roles)) == (person.name, sorted(person.roles)):
            return
        self._tx.execute(
            "UPDATE subscriber SET name_sealed = %s, roles = %s"
            " WHERE tenant_id = current_tenant() AND id = %s",
            (self._keys.seal(person.name, person.id.bytes), list(person.roles), person.id),
        )
        self._count("people", False)

    def _add_phones(self, person: PersonPlan) -> None:
        for phone in person.phones:
            if (self._keys.lookup(USSD, phone), person.id) not in self._phones:
                people.add_address(self._tx, self._keys, person.id, phone)
                self._count("phones", True)

    def _write_agent(self, person: PersonPlan) -> None:
        agent = person.agent
        if agent is None:
            return
        wanted = (agent.level, agent.code, agent.parent_id)
        if self._agents.get(person.id) == wanted:
            return
        self._tx.execute(
            "INSERT INTO agent (tenant_id, subscriber_id, level, code, parent_id)"
            " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT (tenant_id, subscriber_id)"
            " DO UPDATE SET level = excluded.level, code = excluded.code,"
            " parent_id = excluded.parent_id",
            (person.id, *wanted),
        )
        currency = self._plan.currency
        ledger.open_account(
            self._tx,
            id=ledger.account_id(person.id, ledger.FLOAT, currency),
            kind=ledger.FLOAT,
            currency=currency,
            owner_id=person.id,
            frozen=people.is_frozen(self._tx, person.id),
        )
        self._count("agents", person.id not in self._agents)

    def _join(self, person: PersonPlan) -> None:
        for group_id in person.group_ids:
            if (group_id, person.id) not in self._members:
                groups.join(
                    self._tx,
                    group_id=group_id,
                    subscriber_id=person.id,
                    currency=self._plan.currency,
                )
                self._count("members", True)

    def _open(self, person: PersonPlan, opening: Opening) -> None:
        key = _key(person, opening)
        if key in self._opened:
            return
        currency = self._plan.currency
        account = _account(person, opening, currency)
        settlement = ledger.account_id(self._plan.id, ledger.SETTLEMENT, currency)
        try:
            ledger.post(
                self._tx,
                key=key,
                kind="opening",
                lines=[
                    ledger.Line(settlement, -opening.amount_minor),
                    ledger.Line(account, opening.amount_minor),
                ],
                currency=currency,
                actor_id=None,
            )
        except Frozen:
            opening.place.fault("the account is on hold: nothing is posted to it")
            raise FolderFaults(self._plan.faults.found) from None
        self._count("opening balances", True)

    def _freeze(self, person: PersonPlan) -> None:
        if person.frozen_because:
            reason = person.frozen_because
            people.freeze(self._tx, person.id, frozen=True, actor=ACTOR, reason=reason)
        if person.agent and person.agent.frozen_because:
            reason = person.agent.frozen_because
            agents.freeze(self._tx, person.id, frozen=True, actor=ACTOR, reason=reason)

    def _count(self, what: str, is_new: bool) -> None:
        self._changes[f"{what} {'added' if is_new else 'changed'}"] += 1


def _key(person: PersonPlan, opening: Opening) -> str:
    return f"opening:{person.id}:{opening.name}"


def _account(person: PersonPlan, opening: Opening, currency: str) -> uuid.UUID:
    if opening.group_id is not None:
        return ledger.savings_account_id(opening.group_id, person.id, currency)
    return ledger.account_id(person.id, opening.kind, currency)


def _rank(person: PersonPlan) -> int:
    return limits.LEVELS.index(person.agent.level) if person.agent else len(limits.LEVELS)
