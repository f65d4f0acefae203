"""Read a country's hierarchy from CSV or JSON, whatever its levels are called.

CSV: a column a level, the widest first, a header above them. Codes, ids, coordinates and counts
beside the names are left out. JSON: names as keys, down to a list of names; or a list of objects
with a name and their parts; or a list of flat rows, as in CSV.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from core.places.parents import Row, flat_rows, parent_column, read_parents
from core.places.reading import (
    LEVELS_MAXIMUM,
    ROWS_MAXIMUM,
    AreaTree,
    PlacesFileError,
    Reading,
)
from core.spreadsheets.cells import Cell
from core.spreadsheets.reading import csv_rows, decoded

# From the widest to the narrowest, as countries call them.
_LEVELS: Final = (
    ("country", "pays"),
    ("region", "province", "state", "intara"),
    ("county", "district", "akarere", "prefecture", "departement", "zone", "lga", "municipality"),
    ("subcounty", "sub county", "constituency", "division", "arrondissement", "commune", "woreda"),
    ("sector", "ward", "umurenge", "parish", "traditional authority", "town"),
    ("cell", "akagari", "location", "kebele", "suburb"),
    ("sublocation", "sub location"),
    ("village", "umudugudu", "settlement", "locality", "quartier", "neighbourhood"),
)
_RANK: Final = {name: rank for rank, names in enumerate(_LEVELS) for name in names}
_NOT_A_NAME: Final = re.compile(
    r"(^|[\W_])(code|id|pcode|iso|lat|latitude|lon|lng|long|longitude|population|area|geometry|"
    r"geom|shape|count|number|no|year|date|valid|source)s?$",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r" (code|id|pcode)$")
_NAME_KEYS: Final = ("name", "nom", "title", "label", "text")
# Keys that hold the whole, and are no place.
_WRAPPERS: Final = ("data", "results", "items", "divisions", "locations", "areas")

Path = tuple[tuple[str, str], ...]


def read_csv(data: bytes, levels: Sequence[str] = ()) -> Reading:
    """Read a table. `levels` names the columns of the levels where the header does not tell."""
    rows = csv_rows(decoded(data))
    header: dict[int, str] = {}
    for cells in rows:
        if cells:
            header = {cell.column: cell.text for cell in cells}
            break
    plain = {column: _plain(text) for column, text in header.items()}
    if not levels and (parent := parent_column(plain.values())) is not None:
        return read_parents(_flat(rows, plain), parent)
    columns = _level_columns(header, levels)
    apart = _code_columns(header, columns)
    names = [_level_name(header[column]) for column in columns]
    reading = Reading()
    tree = AreaTree(reading)
    for cells in rows:
        if not cells:
            continue
        if reading.read >= ROWS_MAXIMUM:
            raise PlacesFileError(f"The file has more than {ROWS_MAXIMUM:,} rows.")
        found = {cell.column: cell.text for cell in cells}
        path = [found.get(column, "") for column in columns]
        while path and not path[-1]:  # a row of a district has no sector
            path.pop()
        tree.add(cells[0].row, names, path, tuple(found.get(column, "") for column in apart))
    return reading


def _flat(rows: Iterable[Sequence[Cell]], plain: Mapping[int, str]) -> list[Row]:
    """The rows below a header, by the plain names of their columns."""
    found: list[Row] = [
        (cells[0].row, {plain.get(cell.column, ""): cell.text for cell in cells})
        for cells in rows
        if cells
    ]
    if len(found) > ROWS_MAXIMUM:
        raise PlacesFileError(f"The file has more than {ROWS_MAXIMUM:,} rows.")
    return found


def _codes_of(values: Mapping[str, str]) -> tuple[str, ...]:
    """What a flat object has in place of the names that it lies in: `"district": "98"`."""
    return tuple(
        value
        for name, value in values.items()
        if value.isdigit() and _level_name(_CODE.sub("", name)) in _RANK
    )


def _code_columns(header: Mapping[int, str], columns: Sequence[int]) -> list[int]:
    """Those with codes of levels whose names the file does not have."""
    named = {_level_name(header[column]) for column in columns}
    bare = {column: _CODE.sub("", _plain(text)) for column, text in header.items()}
    return [
        column
        for column, text in header.items()
        if bare[column] != _plain(text) and bare[column] in _RANK and bare[column] not in named
    ]


def read_json(data: bytes, levels: Sequence[str] = ()) -> Reading:
    """Read a hierarchy. `levels` names its levels where the file does not."""
    try:
        whole = json.loads(decoded(data))
    except (ValueError, RecursionError):
        raise PlacesFileError("The file is not JSON.") from None
    flat = flat_rows(whole, _plain)
    parent = parent_column({name for _, values in flat for name in values})
    if not levels and parent is not None:
        return read_parents(flat, parent)
    reading = Reading()
    tree = AreaTree(reading)
    for number, path in enumerate(_paths(whole, levels, ()), start=1):
        if number > ROWS_MAXIMUM:
            raise PlacesFileError(f"The file has more than {ROWS_MAXIMUM:,} places.")
        apart = _codes_of(flat[number - 1][1]) if number <= len(flat) else ()
        tree.add(number, [level for level, _ in path], [name for _, name in path], apart)
    if not reading.read:
        raise PlacesFileError("The file names no place.")
    return reading


def _level_columns(header: Mapping[int, str], levels: Sequence[str]) -> list[int]:
    """The columns with names of places, the widest first."""
    if levels:
        by_name = {_plain(text): column for column, text in header.items()}
        missing = [level for level in levels if _plain(level) not in by_name]
        if missing:
            raise PlacesFileError(f"There is no column {missing[0]}.")
        return [by_name[_plain(level)] for level in levels]
    columns = [column for column, text in header.items() if not _NOT_A_NAME.search(text)]
    ranked = [column for column in columns if _level_name(header[column]) in _RANK]
    if ranked:
        columns = sorted(ranked, key=lambda column: _RANK[_level_name(header[column])])
    if not columns:
        raise PlacesFileError("The file has no header that names its columns.")
    if len(columns) > LEVELS_MAXIMUM:
        raise PlacesFileError("Name the columns of the levels: more than 8 may be names.")
    return columns


def _level_name(text: str) -> str:
    """`Province_Name`, `ADM1_EN`: what the level is called, as far as the header says."""
    plain = _plain(text)
    bare = re.sub(r"^(name of|nom de|nom du)\s+|\s+(name|names|nom|en|fr|rw)$", "", plain)
    singular = {"provinces": "province", "districts": "district", "sectors": "sector"}
    singular |= {"cells": "cell", "villages": "village", "counties": "county", "wards": "ward"}
    singular |= {"regions": "region", "states": "state", "parishes": "parish"}
    singular |= {"localites": "locality", "cities": "city", "subcounties": "subcounty"}
    singular |= {"constituencies": "constituency", "divisions": "division", "towns": "town"}
    singular |= {"sub counties": "sub county", "locations": "location", "zones": "zone"}
    singular |= {"sublocations": "sublocation", "sub locations": "sub location"}
    singular |= {"departements": "departement", "communes": "commune", "lgas": "lga"}
    singular |= {"arrondissements": "arrondissement", "quartiers": "quartier"}
    return singular.get(bare, bare)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower()))


def _paths(node: Any, levels: Sequence[str], above: Path, level: str = "") -> Iterator[Path]:
    """Each narrowest place of a JSON value, as (what its level is called, name) from the widest.

    `level` is what the names at hand are called, where a key above them says it.
    """
    if len(above) > LEVELS_MAXIMUM:
        raise PlacesFileError(f"The file is deeper than {LEVELS_MAXIMUM} levels.")
    level = level or _level_at(levels, len(above))
    match node:
        case str() | int() | float():
            yield (*above, (level, str(node)))
        case list():
            for one in node:
                yield from _paths(one, levels, above, level)
        case dict() if _is_row(node):
            yield (*above, *_row_path(node))
        case dict() if (name_key := _name_key(node)) is not None:
            own = _level_name(name_key)
            here = (*above, (own if own in _RANK else level, str(node[name_key] or "")))
            parts = {key: one for key, one in node.items() if isinstance(one, list | dict) and one}
            if not parts:
                yield here
            for key, one in parts.items():
                yield from _paths(one, levels, here, _level_of_key(key))
        case dict():
            yield from _by_name(node, levels, above, level)


def _by_name(
    node: dict[str, Any], levels: Sequence[str], above: Path, level: str
) -> Iterator[Path]:
    """Of an object whose keys are names, or words such as `districts` for what is below them."""
    for key, one in node.items():
        if isinstance(one, list | dict) and (_level_of_key(key) or key in _WRAPPERS):
            yield from _paths(one, levels, above, _level_of_key(key))
        elif not one:
            yield (*above, (level, key))
        else:
            yield from _paths(one, levels, (*above, (level, key)))


def _row_path(node: dict[str, Any]) -> Path:
    """The path of a flat row; a level that is empty at its end is none."""
    columns = [(_level_name(key), str(value or "")) for key, value in _texts(node)]
    columns.sort(key=lambda pair: _RANK.get(pair[0], len(_LEVELS)))
    while columns and not columns[-1][1].strip():
        columns.pop()
    return tuple(columns)


def _level_of_key(key: str) -> str:
    """What the places under a key such as `districts` are called; '' where it is no level."""
    name = _level_name(key)
    return name if name in _RANK else ""


def _is_row(node: dict[str, Any]) -> bool:
    """Whether an object is a flat row that names two levels or more."""
    texts = [key for key, _ in _texts(node) if _level_name(key) in _RANK]
    return len(texts) > 1 and not any(isinstance(one, list | dict) for one in node.values())


def _texts(node: dict[str, Any]) -> list[tuple[str, Any]]:
    """The columns of a flat row that have names of places."""
    pairs = [(key, value) for key, value in node.items() if not _NOT_A_NAME.search(key)]
    known = [(key, value) for key, value in pairs if _level_name(key) in _RANK]
    return known or pairs


def _name_key(node: dict[str, Any]) -> str | None:
    """Which key of an object has its own name."""
    for key, one in node.items():
        if _plain(key) in _NAME_KEYS or (_plain(key).endswith(" name") and isinstance(one, str)):
            return key
    scalars = [key for key, one in node.items() if isinstance(one, str)]
    inner = [one for one in node.values() if isinstance(one, list | dict)]
    level = next((key for key in scalars if _level_name(key) in _RANK), None)
    return level if inner else None


def _level_at(levels: Sequence[str], depth: int) -> str:
    return levels[depth] if depth < len(levels) else f"level_{depth + 1}"
