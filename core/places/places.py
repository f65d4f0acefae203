"""Places of a tenant: kept from files, and found by what people call them."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from core.db.database import Tx
from core.places.names import key_of, without_side
from core.places.reading import Area, Reading, Stop
from values.ids import uuid7

AREA: Final = "area"
STOP: Final = "stop"
ROWS_A_STATEMENT: Final = 2_000
# Below it two writings have no more in common than two names: Kimironko, Kimihurura are 53 alike.
ALIKE_MINIMUM: Final = 80
FOUND_MAXIMUM: Final = 9

_KEEP = """
INSERT INTO place (tenant_id, id, kind, source_key, level, path, latitude_e7, longitude_e7, number)
SELECT current_tenant(), new.id, %(kind)s, new.source_key, new.level,
    string_to_array(new.path, E'\\x1f'), new.latitude_e7, new.longitude_e7,
    CASE WHEN %(kind)s = 'stop' THEN new.number + (
        SELECT coalesce(max(number), 0) FROM place WHERE tenant_id = current_tenant()) END
FROM unnest(%(ids)s::uuid[], %(keys)s::text[], %(levels)s::text[], %(paths)s::text[],
    %(latitudes)s::integer[], %(longitudes)s::integer[]) WITH ORDINALITY
    AS new (id, source_key, level, path, latitude_e7, longitude_e7, number)
ON CONFLICT (tenant_id, kind, source_key) DO UPDATE
    SET level = excluded.level, path = excluded.path,
        latitude_e7 = excluded.latitude_e7, longitude_e7 = excluded.longitude_e7
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that is kept. `path` is all that it lies in and itself, the widest first; a stop has
    its name alone, a number to dial, and where it is (degrees in ten millionths)."""

    id: uuid.UUID
    kind: str
    level: str
    path: tuple[str, ...]
    latitude_e7: int | None = None
    longitude_e7: int | None = None
    number: int | None = None

    @property
    def name(self) -> str:
        return self.path[-1]


def keep(tx: Tx, reading: Reading) -> None:
    """Keep what was read: a place that is there keeps its id and number, and gets the new words."""
    areas = [(AREA, " > ".join(one.key), one) for one in reading.areas]
    stops = [(STOP, one.id, one) for one in reading.stops]
    for found in (areas, stops):
        for begin in range(0, len(found), ROWS_A_STATEMENT):
            _keep(tx, found[begin : begin + ROWS_A_STATEMENT])


def _keep(tx: Tx, rows: Sequence[tuple[str, str, Area | Stop]]) -> None:
    stops = [one if isinstance(one, Stop) else None for _, _, one in rows]
    tx.execute(
        _KEEP,
        {
            "kind": rows[0][0],
            "ids": [uuid7() for _ in rows],
            "keys": [key for _, key, _ in rows],
            "levels": [one.level if isinstance(one, Area) else STOP for _, _, one in rows],
            "paths": [
                "\x1f".join(one.path) if isinstance(one, Area) else one.name for _, _, one in rows
            ],
            "latitudes": [stop and stop.latitude_e7 for stop in stops],
            "longitudes": [stop and stop.longitude_e7 for stop in stops],
        },
    )


def of_tenant(tx: Tx) -> list[Place]:
    """All places of the tenant, the widest areas first."""
    rows = tx.all(
        "SELECT id, kind, level, path, latitude_e7, longitude_e7, number FROM place"
        " WHERE tenant_id = current_tenant() ORDER BY cardinality(path), path, number"
    )
    return [Place(id, kind, level, tuple(path), *rest) for id, kind, level, path, *rest in rows]


def find(places: Iterable[Place], words: str, *, maximum: int = FOUND_MAXIMUM) -> list[Place]:
    """The places that somebody may mean, the likeliest first.

    The whole name, then names that begin so, then spellings that are alike. Several of one name are
    all there, each with its path: of 416 sectors of Rwanda, 57 share 27 names. The two sides of a
    road are found by the name without the letter. Nothing is found by what is like no name.
    """
    wanted = key_of(without_side(words))
    if not wanted:
        return []
    by_key: dict[str, list[Place]] = {}
    for place in places:
        by_key.setdefault(key_of(without_side(place.name)), []).append(place)
    whole = by_key.get(wanted, [])
    if not whole and wanted.isdecimal():
        whole = [one for alike in by_key.values() for one in alike if str(one.number) == wanted]
    begun = [one for key in sorted(by_key) if key.startswith(f"{wanted} ") for one in by_key[key]]
    if whole or begun:
        return [*whole, *begun][:maximum]
    alike = process.extract(
        wanted, list(by_key), scorer=fuzz.ratio, score_cutoff=ALIKE_MINIMUM, limit=maximum
    )
    return [one for key, _, _ in alike for one in by_key[key]][:maximum]
