"""Organisations, savings groups and people of a tenant's folder.

A person is known by a `key` in the folder, not by a phone: one has several, and one phone may
serve several people.
"""

import re
import uuid
from collections import Counter
from dataclasses import dataclass

from core.manifest import limits
from core.manifest.money import amount, amount_of
from core.manifest.nodes import Fields, Place
from core.manifest.shapes import AgentPlan, GroupPlan, Opening, OrganisationPlan, PersonPlan, id_of
from core.people.people import PEOPLE_A_PHONE_MAXIMUM

KEY = "[a-z0-9][a-z0-9_-]{0,39}"
CODE = "[A-Z0-9]{1,12}"
PHONE = r"\+[1-9][0-9]{7,14}"
PIN = "[0-9]{4,6}"
_KEY_SAYS = "a key of small letters, digits and dashes"
_CODE_SAYS = "a code of capital letters and digits"


def read_groups(
    start: Place, tenant_id: uuid.UUID
) -> tuple[tuple[OrganisationPlan, ...], tuple[GroupPlan, ...]]:
    fields = start.fields("organisations", "groups")
    organisations: dict[str, OrganisationPlan] = {}
    for item in fields.items("organisations"):
        inner = item.fields(needed=("key", "name"))
        key = inner.read("key", lambda p: p.matching(KEY, _KEY_SAYS), "")
        if key in organisations:
            item.fault("this key stands here twice")
        organisations[key] = OrganisationPlan(
            id_of(tenant_id, "organisation", key), inner.read("name", _name, "")
        )
    groups: dict[str, GroupPlan] = {}
    for item in fields.items("groups"):
        inner = item.fields(needed=("code", "name", "organisation"))
        code = inner.read("code", lambda p: p.matching(CODE, _CODE_SAYS), "")
        owner = inner.text("organisation")
        if owner and owner not in organisations:
            item.fault("organisation: there is none with this key")
        if code in groups:
            item.fault("this code stands here twice")
        groups[code] = GroupPlan(
            id=id_of(tenant_id, "group", code),
            organisation_id=id_of(tenant_id, "organisation", owner),
            code=code,
            name=inner.read("name", _name, ""),
            place=item,
        )
    return tuple(organisations.values()), tuple(groups.values())


def read_people(
    start: Place,
    *,
    tenant_id: uuid.UUID,
    currency: str,
    languages: tuple[str, ...],
    groups: tuple[GroupPlan, ...],
    pins: bool,
) -> tuple[PersonPlan, ...]:
    items = start.items()
    if len(items) > limits.PEOPLE_MAXIMUM:
        start.fault(f"at most {limits.PEOPLE_MAXIMUM} people")
        return ()
    reader = _PeopleReader(
        tenant_id, currency, languages, {group.code: group.id for group in groups}, pins
    )
    people = tuple(reader.person(item) for item in items)
    reader.check_together(people)
    return people


def _name(place: Place) -> str:
    value = place.text()
    if len(value) > limits.NAME_CHARS_MAXIMUM:
        place.fault(f"at most {limits.NAME_CHARS_MAXIMUM} characters")
    return value


def _reason(place: Place) -> str:
    return place.text()[: limits.REASON_CHARS_MAXIMUM]


@dataclass(frozen=True, slots=True)
class _PeopleReader:
    tenant_id: uuid.UUID
    currency: str
    languages: tuple[str, ...]
    groups: dict[str, uuid.UUID]
    pins: bool

    def person(self, item: Place) -> PersonPlan:
        fields = item.fields(
            *("roles", "pin", "birth_year", "frozen", "groups", "opening", "agent"),
            needed=("key", "name", "phones", "language"),
        )
        key = fields.read("key", lambda p: p.matching(KEY, _KEY_SAYS), "")
        pin = fields.read("pin", self._pin, "")
        year = fields.get("birth_year")
        agent = fields.read("agent", self._agent, None)
        roles = self._roles(fields, agent)
        group_ids = self._groups(fields)
        return PersonPlan(
            id=id_of(self.tenant_id, "person", key),
            key=key,
            name=fields.read("name", _name, ""),
            phones=self._phones(fields),
            language=fields.read("language", lambda p: p.one_of(self.languages), ""),
            roles=roles,
            pin=pin,
            birth_year=year.whole(1900, 2100) if year else None,
            frozen_because=fields.read("frozen", _reason, ""),
            group_ids=group_ids,
            openings=fields.read("opening", lambda p: self._openings(p, agent, group_ids), ()),
            agent=agent,
            place=item,
        )

    def check_together(self, people: tuple[PersonPlan, ...]) -> None:
        """What only shows between people."""
        keys: set[str] = set()
        codes: set[str] = set()
        phones: Counter[str] = Counter()
        agents = {person.id: person.agent for person in people if person.agent}
        for person in people:
            if person.key in keys:
                person.place.fault(f'key: "{person.key}" stands here twice')
            keys.add(person.key)
            phones.update(set(person.phones))
            if any(phones[phone] > PEOPLE_A_PHONE_MAXIMUM for phone in person.phones):
                most = PEOPLE_A_PHONE_MAXIMUM
                person.place.fault(f"phones: more than {most} people share this number")
            if person.agent is None:
                continue
            if person.agent.code in codes:
                person.place.fault(f"agent: the code {person.agent.code} stands here twice")
            codes.add(person.agent.code)
            _check_parent(person.agent, agents)

    def _phones(self, fields: Fields) -> tuple[str, ...]:
        places = fields.items("phones")
        if fields.get("phones") and not 1 <= len(places) <= limits.PHONES_A_PERSON_MAXIMUM:
            fields.of.fault(f"phones: 1 to {limits.PHONES_A_PERSON_MAXIMUM} numbers")
        says = "a number with its calling code, such as +250788000001,"
        phones = tuple(place.matching(PHONE, says) for place in places)
        return tuple(dict.fromkeys(phone for phone in phones if phone))

    def _roles(self, fields: Fields, agent: AgentPlan | None) -> tuple[str, ...]:
        places = fields.items("roles")
        roles = {place.one_of(limits.ROLES) for place in places} - {""}
        given = set(limits.LEVELS) & roles
        if agent and given - {agent.level}:
            fields.of.fault("roles: the level of an agent is said under agent alone")
        elif given and not agent:
            fields.of.fault("roles: an agent needs the field agent, with level and code")
        return tuple(sorted(roles | ({agent.level} if agent and agent.level else set())))

    def _pin(self, place: Place) -> str:
        if not self.pins:
            place.fault("PINs are given in the demo only; people choose their own")
            return ""
        value = place.text()
        if value and not re.fullmatch(PIN, value, re.ASCII):  # and never repeated in a fault
            place.fault("a PIN has 4 to 6 digits")
        return value

    def _groups(self, fields: Fields) -> tuple[uuid.UUID, ...]:
        found = []
        for place in fields.items("groups"):
            code = place.text()
            if code in self.groups:
                found.append(self.groups[code])
            elif code:
                place.fault("there is no group with this code")
        if len(set(found)) != len(found) or len(found) > limits.GROUPS_A_PERSON_MAXIMUM:
            most = limits.GROUPS_A_PERSON_MAXIMUM
            fields.of.fault(f"groups: each once, and at most {most}")
        return tuple(dict.fromkeys(found))

    def _agent(self, place: Place) -> AgentPlan | None:
        fields = place.fields("parent", "frozen", needed=("level", "code"))
        parent = fields.read("parent", lambda p: p.matching(KEY, "a person's key"), "")
        level = fields.read("level", lambda p: p.one_of(limits.LEVELS), "")
        if not level:
            return None
        return AgentPlan(
            level=level,
            code=fields.read("code", lambda p: p.matching(CODE, _CODE_SAYS), ""),
            parent_id=id_of(self.tenant_id, "person", parent) if parent else None,
            frozen_because=fields.read("frozen", _reason, ""),
            place=place,
        )

    def _openings(
        self, place: Place, agent: AgentPlan | None, group_ids: tuple[uuid.UUID, ...]
    ) -> tuple[Opening, ...]:
        fields = place.fields("wallet", "wallet_minor", "float", "float_minor", "savings")
        found = []
        for kind in ("wallet", "float"):
            minor = amount(fields, kind, self.currency)
            if minor is None:
                continue
            if kind == "float" and agent is None:
                place.fault("float: only an agent has one")
            found.append(Opening(kind, None, minor, place))
        savings = fields.get("savings")
        for code, inner in savings.entries() if savings else ():
            group_id = self.groups.get(code)
            if group_id is None or group_id not in group_ids:
                inner.fault("the person is not a member of this group")
            else:
                minor = amount_of(inner, self.currency)
                found.append(Opening("savings", group_id, minor, inner))
        return tuple(opening for opening in found if opening.amount_minor)


def _check_parent(agent: AgentPlan, agents: dict[uuid.UUID, AgentPlan]) -> None:
    """An assistant works for an agent, an agent for a super-agent or nobody: so no rings."""
    rank = {level: number for number, level in enumerate(limits.LEVELS)}
    if agent.level == "assistant" and agent.parent_id is None:
        agent.place.fault("parent: an assistant works for an agent")
    if agent.parent_id is None:
        return
    parent = agents.get(agent.parent_id)
    if parent is None:
        agent.place.fault("parent: there is no agent with this key")
    elif rank[parent.level] >= rank[agent.level]:
        agent.place.fault("parent: must be of a higher level")
