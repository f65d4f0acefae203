"""Read a city's stops from a GTFS feed: its stops.txt, alone or in the feed's zip.

Only what people wait at is taken (location_type 0 and 1); entrances, nodes and boarding areas are
parts of one. Feeds are quoted or not, with a byte order mark or not, and have mistakes: each is
told with its row.
"""

import csv
import io
import math
import statistics
import zipfile
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from core.places.names import key_of, shown
from core.places.reading import ROWS_MAXIMUM, PlacesFileError, Reading, Stop
from core.spreadsheets.reading import decoded, delimiter_of

_STOPS_FILE: Final = "stops.txt"
_WAITED_AT: Final = ("", "0", "1")
_PARTS: Final = ("2", "3", "4")
_E7: Final = 10_000_000
_LATITUDE_MAXIMUM: Final = 90
_LONGITUDE_MAXIMUM: Final = 180
# Two rows of one name so near are one stop that was written twice.
SAME_WITHIN_M: Final = 1
# A city's stops lie around its middle; what is beyond both is a typing error, not a suburb.
OUTLIER_M: Final = 60_000
OUTLIER_SPREADS: Final = 12
_METRES_A_DEGREE: Final = 111_195


def read_gtfs(data: bytes) -> Reading:
    """Read stops. Raises PlacesFileError."""
    text = decoded(_stops_of(data))
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    for needed in ("stop_id", "stop_name", "stop_lat", "stop_lon"):
        if needed not in names:
            raise PlacesFileError(f"stops.txt has no column {needed}.")
    reader.fieldnames = names
    reading = Reading()
    stops: list[tuple[int, Stop]] = []
    ids: set[str] = set()
    try:
        for fields in reader:
            row = reader.line_num
            reading.read += 1
            if reading.read > ROWS_MAXIMUM:
                raise PlacesFileError(f"The file has more than {ROWS_MAXIMUM:,} rows.")
            stop = _stop(fields, row, ids, reading)
            if stop is not None:
                stops.append((row, stop))
    except csv.Error as error:
        raise PlacesFileError(f"Line {reader.line_num} is not CSV: {error}.") from None
    stops = _without_outliers(_without_doubles(stops, reading), reading)
    reading.stops = [stop for _, stop in stops]
    reading.taken = len(stops)
    reading.problems.sort(key=lambda problem: problem.row)
    return reading


def _stops_of(data: bytes) -> bytes:
    if not data.startswith(b"PK\x03\x04"):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as feed:
            name = next((one for one in feed.namelist() if one.endswith(_STOPS_FILE)), None)
            if name is None:
                raise PlacesFileError("The feed has no stops.txt.")
            return feed.read(name)
    except zipfile.BadZipFile:
        raise PlacesFileError("The feed's zip cannot be read.") from None


def _stop(
    fields: Mapping[str | None, str | None], row: int, ids: set[str], reading: Reading
) -> Stop | None:
    """One row; None where it is not taken, and why is told."""
    own = {name: " ".join((fields.get(name) or "").split()) for name in _COLUMNS}
    kind = own["location_type"]
    if kind in _PARTS:
        reading.refuse(row, "part_of_a_stop", "An entrance, node or boarding area of a stop.")
        return None
    if kind not in _WAITED_AT:
        reading.refuse(row, "unknown_kind", f"location_type {kind[:20]} is not of GTFS.")
        return None
    name = shown(own["stop_name"])
    if not own["stop_id"]:
        reading.refuse(row, "id_missing", "The stop has no stop_id.")
        return None
    if own["stop_id"] in ids:
        reading.refuse(row, "duplicate_id", f"stop_id {own['stop_id'][:40]} is there already.")
        return None
    ids.add(own["stop_id"])
    if not key_of(name):
        reading.refuse(row, "name_missing", "The stop has no name.")
        return None
    place = _degrees(own["stop_lat"], own["stop_lon"], row, reading)
    return Stop(own["stop_id"], name, *place) if place else None


_COLUMNS: Final = ("stop_id", "stop_name", "stop_lat", "stop_lon", "location_type")


def _degrees(latitude: str, longitude: str, row: int, reading: Reading) -> tuple[int, int] | None:
    """In ten millionths. None where they are no place on Earth, and why is told."""
    if not latitude or not longitude:
        reading.refuse(row, "place_missing", "The stop has no coordinates.")
        return None
    try:
        north, east = (Decimal(one.replace(",", ".")) for one in (latitude, longitude))
    except InvalidOperation:
        reading.refuse(row, "place_invalid", "The coordinates are no numbers.")
        return None
    if not (north.is_finite() and east.is_finite()) or abs(east) > _LONGITUDE_MAXIMUM:
        reading.refuse(row, "place_invalid", "The coordinates are no place on Earth.")
        return None
    if abs(north) > _LATITUDE_MAXIMUM:
        text = "The latitude is beyond 90 degrees: are the two the wrong way round?"
        reading.refuse(row, "place_invalid", text)
        return None
    if not north and not east:
        reading.refuse(row, "place_zero", "Latitude and longitude 0 are in the sea.")
        return None
    return round(north * _E7), round(east * _E7)


def _without_doubles(stops: list[tuple[int, Stop]], reading: Reading) -> list[tuple[int, Stop]]:
    """Of two of one name at one place the first is kept. Two names at one place are two stops."""
    kept: list[tuple[int, Stop]] = []
    by_name: dict[str, list[tuple[int, Stop]]] = {}
    for row, stop in stops:
        alike = by_name.setdefault(key_of(stop.name), [])
        same = next((one for one, other in alike if metres(stop, other) < SAME_WITHIN_M), None)
        if same is not None:
            reading.refuse(row, "duplicate", f"{stop.name} is the stop of row {same}.")
            continue
        alike.append((row, stop))
        kept.append((row, stop))
    return kept


def _without_outliers(stops: list[tuple[int, Stop]], reading: Reading) -> list[tuple[int, Stop]]:
    """What lies far from the middle, by the stops' own spread, was mistyped."""
    if len(stops) < _STOPS_TO_JUDGE_BY:
        return stops
    middle = Stop(
        "",
        "",
        int(statistics.median(stop.latitude_e7 for _, stop in stops)),
        int(statistics.median(stop.longitude_e7 for _, stop in stops)),
    )
    away = [metres(stop, middle) for _, stop in stops]
    limit_m = max(OUTLIER_M, OUTLIER_SPREADS * statistics.median(away))
    kept = []
    for (row, stop), distance_m in zip(stops, away, strict=True):
        if distance_m <= limit_m:
            kept.append((row, stop))
            continue
        turned = Stop("", "", stop.longitude_e7, stop.latitude_e7)
        hint = ": latitude and longitude are swapped" if metres(turned, middle) <= limit_m else ""
        text = f"{stop.name} is {distance_m / 1000:,.0f} km from the middle of all stops{hint}."
        reading.refuse(row, "swapped" if hint else "outlier", text)
    return kept


_STOPS_TO_JUDGE_BY: Final = 5


def metres(one: Stop, other: Stop) -> float:
    """The distance on the great circle, near enough for a city (equirectangular)."""
    north = (one.latitude_e7 - other.latitude_e7) / _E7
    middle = math.radians((one.latitude_e7 + other.latitude_e7) / _E7 / 2)
    east = (one.longitude_e7 - other.longitude_e7) / _E7 * math.cos(middle)
    return math.hypot(north, east) * _METRES_A_DEGREE
