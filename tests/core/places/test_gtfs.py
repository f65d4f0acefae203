"""Stops from feeds as they are, with their mistakes."""

import io
import zipfile

import pytest

from core.places.gtfs import metres, read_gtfs
from core.places.reading import PlacesFileError, Reading

HEADER = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
# Six stops of a town, two of them the sides of one road.
TOWN = "".join(
    f"{id},{name},{latitude},{longitude},0,\n"
    for id, name, latitude, longitude in (
        ("1", "Downtown", -1.9441, 30.0619),
        ("2", "Remera", -1.9580, 30.1127),
        ("3", "Remera B", -1.9581, 30.1129),
        ("4", "Kimironko", -1.9495, 30.1262),
        ("5", "CENTRE DE SANTE", -1.9706, 30.1044),
        ("6", "Centre De Sante", -1.9200, 30.0600),
    )
)


def read(rows: str, header: str = HEADER) -> Reading:
    return read_gtfs((header + rows).encode())


def test_stops_are_read_with_their_places() -> None:
    made = read(TOWN)
    assert (made.read, made.taken, made.problems) == (6, 6, [])
    remera = made.stops[1]
    assert (remera.id, remera.latitude_e7, remera.longitude_e7) == (
        "2",
        -19_580_000,
        301_127_000,
    )
    assert made.stops[4].name == "Centre De Sante"  # no shouting; its namesake is 7 km away
    assert 5_700 < metres(made.stops[0], remera) < 5_900


def test_quotes_marks_spaces_and_any_order_of_columns() -> None:
    header = '\ufeff"stop_lon", Stop_Name ,"stop_id","stop_lat"\r\n'
    made = read('"30.10","Chez Lando, gate","a","-1.95"\r\n', header)
    assert [(stop.id, stop.name) for stop in made.stops] == [("a", "Chez Lando, gate")]


def test_a_feed_in_its_zip() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as feed:
        feed.writestr("feed/stops.txt", HEADER + TOWN)
    assert read_gtfs(packed.getvalue()).taken == 6
    with pytest.raises(PlacesFileError, match="cannot be read"):
        read_gtfs(b"PK\x03\x04")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1,Elsewhere,-1.95,30.1,0,", "duplicate_id"),
        ("7,downtown,-1.94410,30.06190,0,", "duplicate"),
        ("7,,-1.95,30.1,0,", "name_missing"),
        (",Nowhere,-1.95,30.1,0,", "id_missing"),
        ("7,Nowhere,,,0,", "place_missing"),
        ("7,Nowhere,south,30.1,0,", "place_invalid"),
        ("7,Nowhere,-1.95,nan,0,", "place_invalid"),
        ("7,Nowhere,-1.95,230.1,0,", "place_invalid"),
        ("7,Nowhere,130.1,-1.95,0,", "place_invalid"),
        ("7,Nowhere,0,0.000,0,", "place_zero"),
        ("7,Nowhere,30.1,-1.95,0,", "swapped"),
        ("7,Lagos,6.5244,3.3792,0,", "outlier"),
        ("7,A gate,-1.95,30.1,2,1", "part_of_a_stop"),
        ("7,Nowhere,-1.95,30.1,9,", "unknown_kind"),
    ],
)
def test_a_row_that_is_wrong_is_told_and_the_rest_is_taken(row: str, code: str) -> None:
    made = read(TOWN + row + "\n")
    assert [(one.row, one.code, one.taken) for one in made.problems] == [(8, code, False)]
    assert (made.read, made.taken) == (7, 6)


def test_two_names_at_one_place_are_two_stops() -> None:
    assert read(TOWN + "7,Town,-1.9441,30.0619,1,\n").taken == 7


def test_a_suburb_is_no_outlier() -> None:
    assert read(TOWN + "7,Nyamata,-2.1446,30.0950,0,\n").taken == 7


def test_a_file_without_what_a_feed_must_have() -> None:
    with pytest.raises(PlacesFileError, match="no column stop_lon"):
        read("", "stop_id,stop_name,stop_lat\n")
