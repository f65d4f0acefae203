"""Agents in people.yaml: a person's level, code and parent, and the float that they bring along."""

import uuid
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Final

from core.agents import agents
from core.agents.commission import COMMISSION_OF_CASH_OUT, COMMISSION_OF_TOPUP
from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry
from core.manifest.ids import id_of
from core.manifest.section import PricedOperation, Reading, Role, Section
from core.manifest.values import Code, Key, OptionalAmount, Reason, Text, one_of
from core.money import ledger, opening
from core.people import people
from core.people.manifest import ACTOR, PEOPLE, OpeningPart, PersonEntry, PersonPart

# The highest first: who sells float to whom.
LEVELS: Final = ("super_agent", "agent", "assistant")


class AgentEntry(Entry):
    """An agent's standing. `parent` is the key of the person whom they work for."""

    level: Annotated[Text, one_of(LEVELS)]
    code: Code
    parent: Key = ""
    frozen: Reason = ""

    @property
    def parent_id(self) -> uuid.UUID | None:
        return id_of(self.reading.tenant_id, "person", self.parent) if self.parent else None


class MaybeAgent(PersonPart):
    """A person who may be an agent; the level is a role, too."""

    agent: AgentEntry | None = None

    def more_roles(self) -> frozenset[str]:
        return super().more_roles() | ({self.agent.level} if self.agent else set())


class FloatOpening(OpeningPart):
    float: OptionalAmount = None


def agent_of(person: PersonEntry) -> AgentEntry | None:
    """The agent that somebody is."""
    return person.part(MaybeAgent).agent


def _check(reading: Reading) -> None:
    everybody = reading.of(PEOPLE) or []
    by_key = {person.key: agent for person in everybody if (agent := agent_of(person))}
    codes: set[str] = set()
    for person in everybody:
        agent = agent_of(person)
        _check_roles(person, agent)
        if agent is None:
            brings = person.opening_part(FloatOpening)
            if brings and brings.float is not None:
                brings.place("float").fault("only an agent has one")
            continue
        if agent.code in codes:
            person.place("agent").fault(f"the code {agent.code} stands here twice")
        codes.add(agent.code)
        _check_parent(agent, by_key)


def _check_roles(person: PersonEntry, agent: AgentEntry | None) -> None:
    given = set(LEVELS).intersection(person.roles)
    if agent and given - {agent.level}:
        person.place("roles").fault("the level of an agent is said under agent alone")
    elif given and not agent:
        person.place("roles").fault("an agent needs the field agent, with level and code")


def _check_parent(agent: AgentEntry, by_key: dict[str, AgentEntry]) -> None:
    """An assistant works for an agent, an agent for a super-agent or nobody: so no rings."""
    if not agent.parent:
        if agent.level == "assistant":
            agent.place().fault("parent: an assistant works for an agent")
        return
    parent = by_key.get(agent.parent)
    if parent is None:
        agent.place("parent").fault("there is no agent with this key")
    elif LEVELS.index(parent.level) >= LEVELS.index(agent.level):
        agent.place("parent").fault("must be of a higher level")


def _changes(site: Site) -> Iterator[Change]:
    known = {
        id: tuple(rest)
        for id, *rest in site.tx.all(
            "SELECT subscriber_id, level, code, parent_id FROM agent"
            " WHERE tenant_id = current_tenant()"
        )
    }
    owners = {code: id for id, (_, code, _) in known.items()}
    found = [
        (person, agent)
        for person in site.manifest.of(PEOPLE)
        if (agent := agent_of(person)) is not None
    ]
    for person, agent in sorted(found, key=lambda one: LEVELS.index(one[1].level)):
        if owners.get(agent.code, person.id) != person.id:
            agent.place("code").fault(f"somebody else is the agent {agent.code}")
        if known.get(person.id) != (agent.level, agent.code, agent.parent_id):
            verb = "changed" if person.id in known else "added"
            write = partial(_write, site, person.id, agent)
            yield Change(verb, "agents", agent.code, write, Stage.PEOPLE)
        if agent.frozen and person.id not in known:
            write = partial(_freeze, person.id, agent)
            yield Change("added", "freezes", agent.code, write, Stage.FREEZES)
    yield from opening.changes(
        site,
        [
            opening.Opening(
                person_id=person.id,
                key=person.key,
                name=ledger.FLOAT,
                account_id=ledger.account_id(person.id, ledger.FLOAT, site.manifest.currency),
                amount_minor=brings.float or 0,
                place=brings.place("float"),
            )
            for person, _ in found
            if (brings := person.opening_part(FloatOpening)) is not None
        ],
    )


def _write(site: Site, person_id: uuid.UUID, agent: AgentEntry, tx: Tx) -> None:
    tx.execute(
        "INSERT INTO agent (tenant_id, subscriber_id, level, code, parent_id)"
        " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT (tenant_id, subscriber_id)"
        " DO UPDATE SET level = excluded.level, code = excluded.code,"
        " parent_id = excluded.parent_id",
        (person_id, agent.level, agent.code, agent.parent_id),
    )
    currency = site.manifest.currency
    ledger.open_account(
        tx,
        id=ledger.account_id(person_id, ledger.FLOAT, currency),
        kind=ledger.FLOAT,
        currency=currency,
        owner_id=person_id,
        frozen=people.is_frozen(tx, person_id),
    )


def _freeze(person_id: uuid.UUID, agent: AgentEntry, tx: Tx) -> None:
    agents.freeze(tx, person_id, frozen=True, actor=ACTOR, reason=agent.frozen)


AGENTS: Section[None] = Section(
    name="agents",
    extends={"person": MaybeAgent, "opening": FloatOpening},
    roles=tuple(Role(level) for level in LEVELS),
    operations=(
        PricedOperation(
            "topup",
            limits=("minimum", "maximum", "day_maximum", "approval_above_day", "float_low"),
            levels=LEVELS,
            fee_included=True,
        ),
        PricedOperation(
            "float_sale",
            limits=("minimum", "maximum", "day_maximum", "float_low"),
            levels=LEVELS,
        ),
        PricedOperation("float_return", levels=LEVELS),
        PricedOperation("float_purchase", levels=LEVELS),
        PricedOperation("cash_out"),
        PricedOperation(COMMISSION_OF_TOPUP, limits=(), levels=LEVELS),
        PricedOperation(COMMISSION_OF_CASH_OUT, limits=()),
    ),
    check=_check,
    changes=_changes,
)
