"""Where groups are: areas in any country's levels, and what their groups come to.

A file says the levels by its headings, from the top down, and has one lowest area a row; a last
column `group` may name the group that is there:

    district,sector,cell,group
    Gasabo,Kacyiru,Kamatamu,KOP1
    Gasabo,Kacyiru,Kibaza,
"""

import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.manifest.ids import id_of
from core.savings.overview import Within

GROUP: Final = "group"
LEVELS_MAXIMUM: Final = 6
ROWS_MAXIMUM: Final = 100_000
NAME_CHARS_MAXIMUM: Final = 60


class WrongAreas(ValueError):
    """The file cannot be taken. `faults` says what is wrong, a row each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults: Final = tuple(faults)


@dataclass(frozen=True, slots=True)
class Area:
    """An area by its names from the top down."""

    id: uuid.UUID
    parent_id: uuid.UUID | None
    level: str
    depth: int
    name: str
    place: str
    ancestors: tuple[uuid.UUID, ...]


@dataclass(slots=True)
class Loaded:
    """What a file came to: areas that were not there, and groups that are in another one now."""

    areas: int = 0
    groups: int = 0


@dataclass(slots=True)
class _Read:
    areas: dict[uuid.UUID, Area] = field(default_factory=dict)
    groups: dict[str, uuid.UUID] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def load(tx: Tx, rows: Sequence[Sequence[str]], *, by: str) -> Loaded:
    """Take a file: its areas, and which group is in which. All of it, or nothing; the same again
    changes nothing. An area that is there and not in the file stays. Raises WrongAreas."""
    row = tx.one("SELECT current_tenant()")
    assert row is not None
    found = _read(row[0], rows)
    known: dict[str, uuid.UUID] = dict(
        tx.all(
            "SELECT code, id FROM savings_group WHERE tenant_id = current_tenant()"
            " AND code = ANY (%s)",
            ([*found.groups],),
        )
    )
    found.faults += [f"There is no group {code}." for code in found.groups if code not in known]
    if found.faults:
        raise WrongAreas(found.faults)
    done = Loaded()
    # Parents first: an area refers to the one above.
    for area in sorted(found.areas.values(), key=lambda one: one.depth):
        done.areas += tx.execute(
            "INSERT INTO savings_area (tenant_id, id, parent_id, level, depth, name, place,"
            " ancestors) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (
                *(area.id, area.parent_id, area.level, area.depth, area.name, area.place),
                list(area.ancestors),
            ),
        ).rowcount
    for code, area_id in found.groups.items():
        done.groups += tx.execute(
            "INSERT INTO savings_group_area AS g (tenant_id, group_id, area_id)"
            " VALUES (current_tenant(), %s, %s) ON CONFLICT (tenant_id, group_id)"
            " DO UPDATE SET area_id = excluded.area_id WHERE g.area_id <> excluded.area_id",
            (known[code], area_id),
        ).rowcount
    record(tx, by, "load areas", None, {"areas": done.areas, "groups": done.groups})
    return done


def _read(tenant_id: uuid.UUID, rows: Sequence[Sequence[str]]) -> _Read:
    found = _Read()
    heading = [cell.strip().lower() for cell in rows[0]] if rows else []
    has_groups = heading[-1:] == [GROUP]
    levels = heading[:-1] if has_groups else heading
    if not levels or not all(levels) or len({*levels}) != len(levels):
        raise WrongAreas(["The first row names the levels, from the top down, each once."])
    if len(levels) > LEVELS_MAXIMUM:
        raise WrongAreas([f"There are {LEVELS_MAXIMUM} levels at most."])
    if len(rows) > ROWS_MAXIMUM:
        raise WrongAreas([f"There are {ROWS_MAXIMUM:,} rows at most."])
    for number, row in enumerate(rows[1:], start=2):
        cells = [" ".join(cell.split()) for cell in row]
        if not any(cells):
            continue
        fault = _fault(cells, levels, heading)
        if fault:
            found.faults.append(f"Row {number}: {fault}")
            continue
        names = [name for name in cells[: len(levels)] if name]
        last = _lowest(tenant_id, levels, names, found.areas)
        code = cells[-1].upper() if has_groups else ""
        if code and found.groups.setdefault(code, last.id) != last.id:
            found.faults.append(f"Row {number}: {code} is in another area above.")
    return found


def _fault(cells: Sequence[str], levels: Sequence[str], heading: Sequence[str]) -> str:
    if len(cells) != len(heading):
        return f"{len(cells)} cells, and {len(heading)} headings."
    names = cells[: len(levels)]
    if not names[0]:
        return f"no {levels[0]}."
    if any(below and not above for above, below in itertools.pairwise(names)):
        return "an area below one that is not named."
    if any(len(name) > NAME_CHARS_MAXIMUM for name in names):
        return f"a name has more than {NAME_CHARS_MAXIMUM} characters."
    return ""


def _lowest(
    tenant_id: uuid.UUID,
    levels: Sequence[str],
    names: Sequence[str],
    known: dict[uuid.UUID, Area],
) -> Area:
    """The lowest area of a row; it and those above become known. One that is written in other
    letters is the same, and is called as it was first."""
    above: Area | None = None
    for depth, name in enumerate(names):
        id = id_of(tenant_id, "area", *(one.casefold() for one in names[: depth + 1]))
        if id not in known:
            place = f"{above.place} / {name}" if above else name
            parents = above.ancestors if above else ()
            known[id] = Area(
                *(id, above.id if above else None, levels[depth], depth, name, place),
                (*parents, id),
            )
        above = known[id]
    assert above is not None, "a row has at least the highest"
    return above


# -- what they come to -----------------------------------------------------------------------------


def levels(tx: Tx) -> list[str]:
    """The levels that there are, from the top down."""
    rows = tx.all(
        "SELECT level FROM savings_area WHERE tenant_id = current_tenant()"
        " GROUP BY level ORDER BY min(depth), level"
    )
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area's groups, in all areas below it, too: how many met within 31 days, their members,
    what is saved."""

    id: uuid.UUID
    place: str
    groups: int
    met: int
    members: int
    saved_minor: int


def figures(tx: Tx, level: str, *, within: Within = None) -> list[AreaRow]:
    """The areas of a level, each with its groups' coverage and savings."""
    rows = tx.all(
        "SELECT x.id, x.place, count(g.id), count(g.id) FILTER (WHERE t.met),"
        " coalesce(sum(m.members), 0)::bigint, coalesce(sum(m.saved_minor), 0)::bigint"
        " FROM savings_area x"
        " JOIN savings_area a ON a.tenant_id = x.tenant_id AND x.id = ANY (a.ancestors)"
        " JOIN savings_group_area l ON l.tenant_id = a.tenant_id AND l.area_id = a.id"
        " JOIN savings_group g ON g.tenant_id = l.tenant_id AND g.id = l.group_id"
        " LEFT JOIN (SELECT m.group_id, count(*) AS members, sum(b.balance_minor) AS saved_minor"
        "  FROM membership m JOIN account b ON b.tenant_id = m.tenant_id"
        "   AND b.id = m.savings_account_id"
        "  WHERE m.tenant_id = current_tenant() AND m.left_at IS NULL GROUP BY m.group_id) m"
        "  ON m.group_id = g.id"
        " LEFT JOIN (SELECT group_id, true AS met FROM savings_meeting"
        "  WHERE tenant_id = current_tenant() AND state = 'closed'"
        "  AND day > (now() - interval '31 days')::date GROUP BY group_id) t"
        "  ON t.group_id = g.id"
        " WHERE x.tenant_id = current_tenant() AND x.level = %(level)s"
        " AND (%(within)s::uuid[] IS NULL OR g.organisation_id = ANY (%(within)s))"
        " GROUP BY x.id, x.place ORDER BY x.place",
        {"level": level, "within": list(within) if within is not None else None},
    )
    return [AreaRow(*row) for row in rows]
