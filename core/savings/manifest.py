"""groups.yaml: organisations and savings groups; and who of people.yaml is a member of which."""

import uuid
from collections.abc import Iterator
from functools import partial
from typing import Final

from pydantic import Field, TypeAdapter

from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry
from core.manifest.ids import id_of
from core.manifest.section import PricedOperation, Reading, Role, Section
from core.manifest.values import Amount, Code, Key, Name, Text
from core.money import ledger, opening
from core.people.manifest import PEOPLE, OpeningPart, PersonEntry, PersonPart
from core.savings import groups, meeting_manifest
from core.savings.meeting_manifest import ConstitutionEntry, OfficeEntry

GROUPS_A_PERSON_MAXIMUM: Final = 97  # keys of a list go from 1 to 97


class OrganisationEntry(Entry):
    key: Key
    name: Name

    @property
    def id(self) -> uuid.UUID:
        return id_of(self.reading.tenant_id, "organisation", self.key)


class GroupEntry(Entry):
    """A savings group; its code is what people type, its name what they see. A group that meets
    has a constitution for each of its cycles."""

    code: Code
    name: Name
    organisation: Text
    constitutions: list[ConstitutionEntry] = Field(default_factory=list)

    @property
    def id(self) -> uuid.UUID:
        return id_of(self.reading.tenant_id, "group", self.code)

    @property
    def organisation_id(self) -> uuid.UUID:
        return id_of(self.reading.tenant_id, "organisation", self.organisation)


class GroupsEntry(Entry):
    """The whole file."""

    organisations: list[OrganisationEntry] = Field(default_factory=list)
    groups: list[GroupEntry] = Field(default_factory=list)


class Member(PersonPart):
    """What a person has in savings groups: their codes, in the order of the person's own list; and
    offices of their committees."""

    groups: list[Text] = Field(default_factory=list)
    offices: list[OfficeEntry] = Field(default_factory=list)

    def group_ids(self) -> list[uuid.UUID]:
        return [id_of(self.reading.tenant_id, "group", code) for code in self.groups]


class SavingsOpening(OpeningPart):
    """What a member brings along, by the code of the group."""

    savings: dict[str, Amount] = Field(default_factory=dict)


def _adapter(_reading: Reading) -> TypeAdapter[GroupsEntry]:
    return TypeAdapter(GroupsEntry)


def _check(reading: Reading) -> None:
    said = reading.of(SAVINGS)
    assert said is not None
    keys: set[str] = set()
    for organisation in said.organisations:
        if organisation.key in keys:
            organisation.place().fault("this key stands here twice")
        keys.add(organisation.key)
    codes: set[str] = set()
    for group in said.groups:
        if group.organisation not in keys:
            group.place("organisation").fault("there is none with this key")
        if group.code in codes:
            group.place().fault("this code stands here twice")
        codes.add(group.code)
        meeting_manifest.check_constitutions(group.constitutions)
    for person in reading.of(PEOPLE) or []:
        _check_member(person, codes)


def _check_member(person: PersonEntry, codes: set[str]) -> None:
    member = person.part(Member)
    for number, code in enumerate(member.groups):
        if code not in codes:
            member.place("groups", number).fault("there is no group with this code")
    most = GROUPS_A_PERSON_MAXIMUM
    if len(set(member.groups)) != len(member.groups) or len(member.groups) > most:
        member.place("groups").fault(f"each once, and at most {most}")
    meeting_manifest.check_offices(member.offices, member.groups)
    brings = person.opening_part(SavingsOpening)
    for code in brings.savings if brings else ():
        if code not in member.groups:
            assert brings is not None
            brings.place("savings", code).fault("the person is not a member of this group")


def _changes(site: Site) -> Iterator[Change]:
    said, tx = site.manifest.of(SAVINGS), site.tx
    organisations: dict[uuid.UUID, str] = dict(
        tx.all("SELECT id, name FROM organisation WHERE tenant_id = current_tenant()")
    )
    for one in said.organisations:
        if organisations.get(one.id) != one.name:
            verb = "changed" if one.id in organisations else "added"
            yield Change(
                *(verb, "organisations", one.key, partial(_write_organisation, one)), Stage.PEOPLE
            )
    known = {
        id: tuple(rest)
        for id, *rest in tx.all(
            "SELECT id, organisation_id, code, name FROM savings_group"
            " WHERE tenant_id = current_tenant()"
        )
    }
    owners = {code: id for id, (_, code, _) in known.items()}
    for group in said.groups:
        if owners.get(group.code, group.id) != group.id:
            group.place("code").fault("another group has this code")
        if known.get(group.id) != (group.organisation_id, group.code, group.name):
            verb = "changed" if group.id in known else "added"
            yield Change(verb, "groups", group.code, partial(_write_group, group), Stage.PEOPLE)
    yield from _memberships(site)
    yield from meeting_manifest.constitution_changes(
        site, {group.id: (group.code, group.constitutions) for group in said.groups}
    )
    yield from meeting_manifest.office_changes(
        site,
        {one.id: (one.key, one.part(Member).offices) for one in site.manifest.of(PEOPLE)},
    )
    yield from opening.changes(site, list(_openings(site)))


def _memberships(site: Site) -> Iterator[Change]:
    everybody = site.manifest.of(PEOPLE)
    members = {
        (group, member)
        for group, member in site.tx.all(
            "SELECT group_id, subscriber_id FROM membership"
            " WHERE tenant_id = current_tenant() AND subscriber_id = ANY (%s)",
            ([person.id for person in everybody],),
        )
    }
    for person in everybody:
        for group_id in person.part(Member).group_ids():
            if (group_id, person.id) not in members:
                write = partial(_join, site, group_id, person.id)
                yield Change("added", "members", person.key, write, Stage.PEOPLE)


def _openings(site: Site) -> Iterator[opening.Opening]:
    currency = site.manifest.currency
    for person in site.manifest.of(PEOPLE):
        brings = person.opening_part(SavingsOpening)
        for code, amount_minor in brings.savings.items() if brings else ():
            assert brings is not None
            group_id = id_of(site.manifest.id, "group", code)
            yield opening.Opening(
                person_id=person.id,
                key=person.key,
                name=f"{ledger.SAVINGS}:{group_id}",
                account_id=ledger.savings_account_id(group_id, person.id, currency),
                amount_minor=amount_minor,
                place=brings.place("savings", code),
            )


def _write_organisation(one: OrganisationEntry, tx: Tx) -> None:
    tx.execute(
        "INSERT INTO organisation (tenant_id, id, name) VALUES (current_tenant(), %s, %s)"
        " ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name",
        (one.id, one.name),
    )


def _write_group(group: GroupEntry, tx: Tx) -> None:
    tx.execute(
        "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
        " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT (tenant_id, id)"
        " DO UPDATE SET organisation_id = excluded.organisation_id, name = excluded.name",
        (group.id, group.organisation_id, group.code, group.name),
    )


def _join(site: Site, group_id: uuid.UUID, person_id: uuid.UUID, tx: Tx) -> None:
    currency = site.manifest.currency
    groups.join(tx, group_id=group_id, subscriber_id=person_id, currency=currency)


SAVINGS: Section[GroupsEntry] = Section(
    name="savings",
    file="groups.yaml",
    adapter=_adapter,
    empty=GroupsEntry,
    extends={"person": Member, "opening": SavingsOpening},
    roles=(Role("member", self_registered=True),),
    operations=(PricedOperation("contribute"),),
    check=_check,
    changes=_changes,
)
