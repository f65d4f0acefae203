"""Hierarchies that are one list: each row a place with its own id, and the id of what it lies in.

id,type,name,parentId
1,PROVINCE,Kigali,
101,DISTRICT,Gasabo,1
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from core.places.reading import LEVELS_MAXIMUM, AreaTree, Reading

_ID: Final = ("id", "uuid", "code", "pcode", "key")
_PARENT: Final = re.compile(r"parent( (id|uuid|code|pcode|key))?")
_NAME: Final = ("name", "nom", "title", "label")
_LEVEL: Final = ("type", "level", "kind", "level name", "location type", "area type")

Row = tuple[int, Mapping[str, str]]  # its number, and its values by plain names of the columns


def parent_column(columns: Iterable[str]) -> str | None:
    """Which of `columns` (in plain small words) has the id of the place above; None where none,
    or where the rows have no id or name of their own."""
    names = set(columns)
    if not (names.intersection(_ID) and names.intersection(_NAME)):
        return None
    return next((name for name in sorted(names) if _PARENT.fullmatch(name)), None)


def read_parents(rows: Sequence[Row], parent: str) -> Reading:
    """Each row is a place; its path follows from the rows above it."""
    reading = Reading()
    tree = AreaTree(reading)
    columns = {name for _, values in rows for name in values}
    name_column = next(name for name in _NAME if name in columns)
    level_column = next((name for name in _LEVEL if name in columns), None)
    id_column = _id_column(rows, columns, parent)
    by_id = {values.get(id_column, ""): values for _, values in rows}
    for number, values in rows:
        path: list[tuple[str, str]] = []
        one: Mapping[str, str] | None = values
        while one is not None and len(path) <= LEVELS_MAXIMUM:
            level = (one.get(level_column, "") if level_column else "").lower()
            path.insert(0, (level, one.get(name_column, "")))
            above = one.get(parent, "")
            one = by_id.get(above)
            if above and one is None:
                _refuse(reading, number, "parent_missing", f"No row has the id {above[:40]}.")
                path = []
                break
        if len(path) > LEVELS_MAXIMUM:
            text = "What the place lies in goes round, or is deeper than 8 levels."
            _refuse(reading, number, "parent_circle", text)
        elif path:
            levels = [level or f"level_{depth}" for depth, (level, _) in enumerate(path, start=1)]
            tree.add(number, levels, [name for _, name in path])
    return reading


def flat_rows(whole: Any, plain: Any) -> list[Row]:
    """The objects of a JSON list, or of the one list in an object, where all are flat; else []."""
    if isinstance(whole, dict):
        lists = [one for one in whole.values() if isinstance(one, list)]
        whole = lists[0] if len(lists) == 1 else None
    if not isinstance(whole, list) or not all(isinstance(one, dict) for one in whole):
        return []
    if any(isinstance(value, list | dict) for one in whole for value in one.values()):
        return []
    return [
        (
            number,
            {plain(key): str("" if value is None else value).strip() for key, value in one.items()},
        )
        for number, one in enumerate(whole, start=1)
    ]


def _id_column(rows: Sequence[Row], columns: Iterable[str], parent: str) -> str:
    """The one that the parents' ids are of."""
    wanted = {values[parent] for _, values in rows if values.get(parent)}
    own = [name for name in _ID if name in set(columns)]

    def found(name: str) -> int:
        return len(wanted.intersection(values.get(name, "") for _, values in rows))

    return max(own, key=found)


def _refuse(reading: Reading, number: int, code: str, text: str) -> None:
    reading.read += 1
    reading.refuse(number, code, text)
