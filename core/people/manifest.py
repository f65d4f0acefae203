"""people.yaml: who is known to a tenant from the beginning.

A person is known by a `key` in the folder, not by a phone: one has several, and one phone may
serve several people. Language, PIN, birth year and a freeze are for a new person only: from then on
they are the person's own, or staff's, to change.
"""

import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any, Final, TypeVar, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationInfo,
    create_model,
)

from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry, reading_of, wrong
from core.manifest.faults import FolderFaults
from core.manifest.ids import id_of
from core.manifest.section import Reading, Role, Section
from core.manifest.tenant import FIRST_USES
from core.manifest.values import Key, OptionalAmount, PersonName, Phone, Reason, Text, one_of, whole
from core.money import ledger, opening
from core.people import names_found, numbers, people
from core.people.first_use import Challenge, ask_first_use
from core.people.people import PEOPLE_A_PHONE_MAXIMUM, USSD
from values.refusals import BusinessError

PartT = TypeVar("PartT")

ACTOR = "tenant apply"
PEOPLE_MAXIMUM: Final = 200_000
PHONES_A_PERSON_MAXIMUM: Final = 5
BIRTH_YEARS: Final = (1900, 2100)


def _phones(value: list[str]) -> list[str]:
    if not 1 <= len(value) <= PHONES_A_PERSON_MAXIMUM:
        raise wrong(f"1 to {PHONES_A_PERSON_MAXIMUM} numbers")
    return list(dict.fromkeys(value))


def _pin(value: Any, info: ValidationInfo) -> str:
    if not reading_of(info).rules.pins:
        raise wrong("PINs are given in the demo only; people choose their own")
    if not isinstance(value, str) or not re.fullmatch("[0-9]{4,6}", value, re.ASCII):
        raise wrong("a PIN has 4 to 6 digits")  # and it is never repeated in a fault
    return value


class PersonPart(Entry):
    """Fields of a person; a domain adds its own by extending "person" with a class like this."""

    def more_roles(self) -> frozenset[str]:
        """Roles that follow from these fields."""
        return frozenset()


class OpeningPart(Entry):
    """Kinds of opening balances; a domain adds its own by extending "opening"."""


class WalletOpening(OpeningPart):
    wallet: OptionalAmount = None


class PersonEntry(PersonPart):
    """Somebody known to the tenant."""

    key: Key
    name: PersonName
    phones: Annotated[list[Phone], AfterValidator(_phones)]
    language: Annotated[Text, one_of(lambda reading: reading.languages)]
    roles: list[Annotated[str, one_of(lambda reading: [role.name for role in reading.roles])]] = (
        Field(default_factory=list)
    )
    pin: Annotated[str, BeforeValidator(_pin)] = Field(default="", repr=False)
    birth_year: Annotated[int, whole(*BIRTH_YEARS)] | None = None
    frozen: Reason = ""
    first_use: Annotated[str, one_of(FIRST_USES)] = ""

    @property
    def asked_first(self) -> str:
        """What is asked at the first use: what the person's entry says, or the tenant's, or a
        code. "none" for somebody whose PIN is given."""
        return "none" if self.pin else self.first_use or self.reading.first_use or "code"

    @property
    def id(self) -> uuid.UUID:
        return id_of(self.reading.tenant_id, "person", self.key)

    @property
    def all_roles(self) -> tuple[str, ...]:
        """The roles that are given, and those that follow from other fields; sorted."""
        return tuple(sorted({*self.roles, *self.more_roles()}))

    def opening_part(self, kind: type[PartT]) -> PartT | None:
        """The opening balances of a kind that a domain added."""
        found = getattr(self, "opening", None)
        return found.part(kind) if isinstance(found, OpeningPart) else None


def _adapter(reading: Reading) -> TypeAdapter[list[PersonEntry]]:
    """People with what the sections of the reading add to them."""
    # The classes are known when a folder is read, which no type checker sees.
    openings: Any = create_model(
        "OpeningEntry",
        __base__=cast(Any, (*reading.extensions("opening"), OpeningPart)),
    )
    person: Any = create_model(
        "Person",
        __base__=cast(Any, (*reading.extensions("person"), PersonEntry)),
        opening=(openings | None, None),
    )
    return TypeAdapter(list[person])


def _check(reading: Reading) -> None:
    """What only shows between people."""
    everybody = reading.of(PEOPLE) or []
    if len(everybody) > PEOPLE_MAXIMUM:
        everybody[PEOPLE_MAXIMUM].place().fault(f"at most {PEOPLE_MAXIMUM} people")
    keys: set[str] = set()
    phones: Counter[str] = Counter()
    for person in everybody:
        if person.key in keys:
            person.place().fault(f'key: "{person.key}" stands here twice')
        keys.add(person.key)
        phones.update(person.phones)
        if person.asked_first == "birth_year" and person.birth_year is None:
            person.place().fault("birth_year is missing: it is asked at the first use")
        if any(phones[phone] > PEOPLE_A_PHONE_MAXIMUM for phone in person.phones):
            most = PEOPLE_A_PHONE_MAXIMUM
            person.place("phones").fault(f"more than {most} people share this number")


def _changes(site: Site) -> Iterator[Change]:
    everybody = site.manifest.of(PEOPLE)
    ids = [person.id for person in everybody]
    known = {
        id: (sealed, roles, is_erased)
        for id, sealed, roles, is_erased in site.tx.all(
            "SELECT id, name_sealed, roles, erased_at IS NOT NULL FROM subscriber"
            " WHERE tenant_id = current_tenant() AND id = ANY (%s)",
            (ids,),
        )
    }
    _require_none_erased(site, [p for p in everybody if p.id in known and known[p.id][2]])
    phones = _phones_of(site, ids)
    # In the order of the folder: who comes first on a shared phone is its first.
    for person in everybody:
        if person.id not in known:
            yield Change("added", "people", person.key, partial(_add, site, person), Stage.PEOPLE)
        elif _differs(site, person, *known[person.id][:2]):
            write = partial(_change, site, person)
            yield Change("changed", "people", person.key, write, Stage.PEOPLE)
        yield from _changes_of_phones(site, person, phones.get(person.id))
        if person.frozen and person.id not in known:
            yield Change("added", "freezes", person.key, partial(_freeze, person), Stage.FREEZES)
    yield from opening.changes(
        site,
        [
            opening.Opening(
                person_id=person.id,
                key=person.key,
                name=ledger.WALLET,
                account_id=ledger.account_id(person.id, ledger.WALLET, site.manifest.currency),
                amount_minor=brings.wallet or 0,
                place=brings.place("wallet"),
            )
            for person in everybody
            if (brings := person.opening_part(WalletOpening)) is not None
        ],
    )


def _require_none_erased(site: Site, erased: list[PersonEntry]) -> None:
    """A folder brings nobody back. Raises FolderFaults."""
    for person in erased:
        person.place().fault("was erased by two officers: take the entry out of the folder")
    if erased:
        raise FolderFaults(site.manifest.faults.found)


def _differs(site: Site, person: PersonEntry, sealed: bytes, roles: list[str]) -> bool:
    name = site.keys.open(sealed, person.id.bytes)
    return (name, sorted(roles)) != (person.name, list(person.all_roles))


def _add(site: Site, person: PersonEntry, tx: Tx) -> None:
    people.register(
        tx,
        site.keys,
        id=person.id,
        address=person.phones[0],
        name=person.name,
        language=person.language,
        roles=person.all_roles,
        currency=site.manifest.currency,
        pin_hash=site.keys.hash_pin(person.pin) if person.pin else None,
        by_phone=False,
    )
    if person.birth_year is not None:
        tx.execute(
            "UPDATE subscriber SET birth_year = %s WHERE tenant_id = current_tenant() AND id = %s",
            (person.birth_year, person.id),
        )
    if person.asked_first != "none":
        kind: Challenge = "birth_year" if person.asked_first == "birth_year" else "code"
        if code := ask_first_use(tx, site.keys, person.id, kind):
            site.handouts[person.key] = code


def _change(site: Site, person: PersonEntry, tx: Tx) -> None:
    tx.execute(
        "UPDATE subscriber SET name_sealed = %s, roles = %s"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (site.keys.seal(person.name, person.id.bytes), list(person.all_roles), person.id),
    )
    names_found.note(tx, site.keys, person.id, person.name)


# What a person has by the number's keyed hash: the sealed number, who gave it last, and whether it
# is theirs still.
Phones = dict[bytes, tuple[bytes, str, bool]]


def _phones_of(site: Site, ids: list[uuid.UUID]) -> dict[uuid.UUID, Phones]:
    found: dict[uuid.UUID, Phones] = {}
    for id, lookup, *what in site.tx.all(
        "SELECT subscriber_id, lookup, identifier_sealed, given_by, detached_at IS NULL"
        " FROM address WHERE tenant_id = current_tenant() AND channel = %s"
        " AND subscriber_id = ANY (%s) ORDER BY created_at, lookup",
        (USSD, ids),
    ):
        found.setdefault(id, {})[bytes(lookup)] = (what[0], what[1], what[2])
    return found


def _changes_of_phones(site: Site, person: PersonEntry, known: Phones | None) -> Iterator[Change]:
    """A folder gives numbers, and takes out what it gave. What staff decided about a number since
    (`piga tenant number`) stays so."""
    key = person.key
    if known is None:  # somebody new: the first number came with them
        for phone in person.phones[1:]:
            write = partial(_add_phone, site, person, phone)
            yield Change("added", "phones", key, write, Stage.PEOPLE)
        return
    wanted = {site.keys.lookup(USSD, phone): phone for phone in person.phones}
    for lookup, phone in wanted.items():
        _, given_by, is_theirs = known.get(lookup, (b"", "folder", False))
        if given_by == "folder" and not is_theirs:
            write = partial(_change_number, site, person, numbers.attach, phone)
            yield Change("added", "phones", key, write, Stage.PEOPLE)
    for lookup, (sealed, given_by, is_theirs) in known.items():
        if given_by == "folder" and is_theirs and lookup not in wanted:
            phone = site.keys.open(sealed, person.id.bytes)
            write = partial(_change_number, site, person, numbers.detach, phone)
            yield Change("removed", "phones", key, write, Stage.PEOPLE)


def _add_phone(site: Site, person: PersonEntry, phone: str, tx: Tx) -> None:
    people.add_address(tx, site.keys, person.id, phone, given_by="folder")


def _change_number(
    site: Site, person: PersonEntry, change: Callable[..., None], phone: str, tx: Tx
) -> None:
    """Raises FolderFaults where the number cannot be changed now."""
    try:
        change(tx, site.keys, person.id, phone, actor=ACTOR, reason="the folder", by="folder")
    except BusinessError as refused:
        person.place("phones").fault(f"cannot be changed now ({refused.code})")
        raise FolderFaults(site.manifest.faults.found) from None


def _freeze(person: PersonEntry, tx: Tx) -> None:
    people.freeze(tx, person.id, frozen=True, actor=ACTOR, reason=person.frozen)


PEOPLE: Section[list[PersonEntry]] = Section(
    name="people",
    file="people.yaml",
    adapter=_adapter,
    empty=list,
    extends={"opening": WalletOpening},
    roles=(Role("customer", self_registered=True),),
    check=_check,
    changes=_changes,
)
