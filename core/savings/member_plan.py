"""What a list of members would do: who is known already, who is new, and what a person must say.

Somebody at the same number whose name is nearly the same is the same person. A phone is shared: a
name without a common word is another person at it. Between the two only people can tell, and so
where somebody of the group has the name and another number.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from core.db.database import Tx
from core.people.people import PEOPLE_A_PHONE_MAXIMUM, USSD
from core.savings.member_file import MemberFile, MemberRow, Problem
from core.savings.member_names import likeness
from core.security.keyring import Keyring
from values import names
from values.ids import uuid7

Decision = Literal["new", "joins", "returns", "member", "repeated", "doubtful", "left_out"]
Word = Literal["same", "new", "skip"]
WORDS: Final[tuple[Word, ...]] = ("same", "new", "skip")
# What changes something.
WRITTEN: Final = frozenset({"new", "joins", "returns"})


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who may be meant: somebody known, or of a row above (`row` is its place)."""

    id: uuid.UUID
    name: str = field(repr=False)
    row: str = ""
    has_number: bool = True


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of a row. `like` is who it is, or may be, as others see the name; `why` says
    what is doubtful."""

    row: MemberRow
    place: str
    group_id: uuid.UUID
    group_code: str
    decision: Decision
    person_id: uuid.UUID | None = None
    like: str = ""
    like_row: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A file beside what is known. It is applied as a whole, or not at all."""

    rows: Sequence[Planned]
    problems: Sequence[Problem]
    read: int

    @property
    def counts(self) -> dict[str, int]:
        return dict(Counter(one.decision for one in self.rows))

    @property
    def is_ready(self) -> bool:
        """Whether nothing is wrong, and nothing waits for a word."""
        return all(one.taken for one in self.problems) and "doubtful" not in self.counts


@dataclass(frozen=True, slots=True)
class _Group:
    id: uuid.UUID
    code: str
    name: str


def place_of(row: MemberRow | Problem) -> str:
    """Where a row stands: 4, or Sheet2!4."""
    return f"{row.sheet}!{row.row}" if row.sheet else str(row.row)


def plan(
    tx: Tx,
    keys: Keyring,
    file: MemberFile,
    *,
    group_code: str = "",
    words: Mapping[str, Word] | None = None,
    within: Collection[uuid.UUID] | None = None,
) -> Plan:
    """Look at every row; nothing is written. `group_code` is the group of rows that name none,
    `words` what the officer said of rows by their places, `within` the organisations whose groups
    count (None: all)."""
    said = words or {}
    skipped = {place for place, word in said.items() if word == "skip"}
    problems = [one for one in file.problems if place_of(one) not in skipped]
    groups = _groups(tx, {group_code, *(row.group for row in file.rows)}, within)
    placed: list[tuple[MemberRow, _Group]] = []
    for row in file.rows:
        if place_of(row) in skipped:
            continue
        group = _group_of(row, group_code, groups)
        if isinstance(group, Problem):
            problems.append(group)
        else:
            placed.append((row, group))
    known = _Known(tx, keys, placed)
    rows = []
    for row, group in placed:
        one = known.decide(row, group, said.get(place_of(row)))
        if isinstance(one, Problem):
            problems.append(one)
        else:
            rows.append(one)
    return Plan(rows, sorted(problems, key=lambda one: (one.sheet, one.row)), file.read)


# --- groups ---------------------------------------------------------------------------------------


def _groups(
    tx: Tx, asked: Collection[str], within: Collection[uuid.UUID] | None
) -> dict[str, list[_Group]]:
    """Groups by what a file may call them: the code, or the name."""
    texts = sorted({text.strip().lower() for text in asked if text.strip()})
    rows = tx.all(
        "SELECT id, code, name FROM savings_group WHERE tenant_id = current_tenant()"
        " AND (code = ANY (%(codes)s) OR lower(name) = ANY (%(names)s))"
        " AND (%(within)s::uuid[] IS NULL OR organisation_id = ANY (%(within)s))",
        {
            "codes": [text.upper() for text in texts],
            "names": texts,
            "within": list(within) if within is not None else None,
        },
    )
    found: dict[str, list[_Group]] = defaultdict(list)
    for id, code, name in rows:
        group = _Group(id, code, name)
        found[code.lower()].insert(0, group)  # a code goes before a name that looks like it
        if name.lower() != code.lower():
            found[name.lower()].append(group)
    return found


def _group_of(
    row: MemberRow, group_code: str, groups: Mapping[str, list[_Group]]
) -> _Group | Problem:
    asked = (row.group or group_code).strip().lower()
    found = groups.get(asked, [])
    if not asked:
        text = "The row names no group, and none was chosen for the file."
        return Problem(row.row, "no_group", text, sheet=row.sheet)
    if not found:
        text = f"There is no group {row.group or group_code} here."
        return Problem(row.row, "no_such_group", text, sheet=row.sheet)
    if found[0].code.lower() != asked and len(found) > 1:
        text = f"Several groups are called {row.group}: write the code."
        return Problem(row.row, "group_ambiguous", text, sheet=row.sheet)
    if row.group and group_code and found[0].code.lower() != group_code.lower():
        text = f"The row is of group {found[0].code}, and {group_code.upper()} was chosen."
        return Problem(row.row, "other_group", text, sheet=row.sheet)
    return found[0]


# --- people ---------------------------------------------------------------------------------------


class _Known:
    """Who is known by number, who is in the groups, and who stands in the rows above."""

    def __init__(self, tx: Tx, keys: Keyring, placed: Sequence[tuple[MemberRow, _Group]]) -> None:
        self._at_number = _at_numbers(tx, keys, {row.number for row, _ in placed if row.number})
        self._in_group, self._left = _in_groups(tx, keys, {group.id for _, group in placed})
        self._rows: dict[tuple[uuid.UUID, uuid.UUID], str] = {}  # of (group, person)

    def decide(self, row: MemberRow, group: _Group, word: Word | None) -> Planned | Problem:
        place = place_of(row)
        made = Planned(row, place, group.id, group.code, "new")
        here = self._at_number[row.number] if row.number else []
        same, doubtful = _by_likeness(row.name, here)
        why = "another name at this number" if doubtful else ""
        if not same:
            named, _ = _by_likeness(row.name, self._in_group[group.id])
            if not row.number:  # the same name again, and no number that says otherwise
                same = [one for one in named if not one.has_number]
            if not same and named:
                doubtful = doubtful or named
                why = why or "the name of a member at another number"
        if not same and doubtful and word is None:
            first = doubtful[0]
            like = names.shown(first.name)
            return replace(made, decision="doubtful", like=like, like_row=first.row, why=why)
        if word == "same" and not same:
            same = doubtful
        if same and word != "new":
            return self._known(made, same[0])
        if len(here) >= PEOPLE_A_PHONE_MAXIMUM:
            text = f"{PEOPLE_A_PHONE_MAXIMUM} people have this number already."
            return Problem(row.row, "number_full", text, sheet=row.sheet)
        person = Somebody(uuid7(), row.name, place, bool(row.number))
        if row.number:
            self._at_number[row.number].append(person)
        self._in_group[group.id].append(person)
        self._rows[group.id, person.id] = place
        return replace(made, person_id=person.id)

    def _known(self, made: Planned, person: Somebody) -> Planned:
        pair = (made.group_id, person.id)
        like = names.shown(person.name)
        made = replace(made, person_id=person.id, like=like, like_row=person.row)
        if pair in self._rows:
            return replace(made, decision="repeated", like_row=self._rows[pair])
        members = {one.id for one in self._in_group[made.group_id]}
        if person.id in members:
            return replace(made, decision="member")
        self._in_group[made.group_id].append(replace(person, row=made.place))
        self._rows[pair] = made.place
        return replace(made, decision="returns" if pair in self._left else "joins")


def _by_likeness(name: str, people: Sequence[Somebody]) -> tuple[list[Somebody], list[Somebody]]:
    """Those who are the same, and those who may be."""
    found = [(one, likeness(name, one.name)) for one in people]
    return [one for one, how in found if how == "same"], [
        one for one, how in found if how == "doubtful"
    ]


def _at_numbers(
    tx: Tx, keys: Keyring, numbers: Collection[str]
) -> defaultdict[str, list[Somebody]]:
    by_lookup = {keys.lookup(USSD, number): number for number in sorted(numbers)}
    rows = tx.all(
        "SELECT a.lookup, s.id, s.name_sealed FROM address a"
        " JOIN subscriber s ON s.tenant_id = a.tenant_id AND s.id = a.subscriber_id"
        " WHERE a.tenant_id = current_tenant() AND a.channel = %s"
        " AND a.lookup = ANY (%s::bytea[]) AND a.detached_at IS NULL ORDER BY a.created_at, s.id",
        (USSD, list(by_lookup)),
    )
    found: defaultdict[str, list[Somebody]] = defaultdict(list)
    for lookup, id, sealed in rows:
        found[by_lookup[bytes(lookup)]].append(Somebody(id, keys.open(sealed, id.bytes)))
    return found


def _in_groups(
    tx: Tx, keys: Keyring, group_ids: Collection[uuid.UUID]
) -> tuple[defaultdict[uuid.UUID, list[Somebody]], set[tuple[uuid.UUID, uuid.UUID]]]:
    """Who is a member of each group, and who was."""
    rows = tx.all(
        "SELECT m.group_id, m.left_at IS NOT NULL, s.id, s.name_sealed, EXISTS (SELECT 1"
        "  FROM address a WHERE a.tenant_id = s.tenant_id AND a.subscriber_id = s.id"
        "  AND a.detached_at IS NULL)"
        " FROM membership m"
        " JOIN subscriber s ON s.tenant_id = m.tenant_id AND s.id = m.subscriber_id"
        " WHERE m.tenant_id = current_tenant() AND m.group_id = ANY (%s)"
        " ORDER BY m.joined_at, s.id",
        (list(group_ids),),
    )
    members: defaultdict[uuid.UUID, list[Somebody]] = defaultdict(list)
    left = set()
    for group_id, has_left, id, sealed, has_number in rows:
        if has_left:
            left.add((group_id, id))
        else:
            person = Somebody(id, keys.open(sealed, id.bytes), has_number=has_number)
            members[group_id].append(person)
    return members, left
