"""Hierarchies that are one list, each row with its own id and that of what it lies in."""

import json

import pytest

from core.places.areas import read_csv, read_json
from core.places.gtfs import read_gtfs

LIST = """id,type,name,code,parentId
a1,PROVINCE,KIGALI,1,
b1,DISTRICT,Gasabo,101,a1
c1,SECTOR,Remera,10101,b1
c2,SECTOR,Jali,10102,b1
b2,DISTRICT,Kicukiro,102,a1
c3,SECTOR,Remera,10201,b2
"""
COUNTS = {"province": 1, "district": 2, "sector": 3}


def as_objects(text: str) -> list[dict[str, str]]:
    header, *rows = [line.split(",") for line in text.strip().split("\n")]
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_each_row_is_a_place_with_its_whole_path() -> None:
    for reading in (
        read_csv(LIST.encode()),
        read_json(json.dumps(as_objects(LIST)).encode()),
        read_json(json.dumps({"data": as_objects(LIST)}).encode()),
    ):
        assert (reading.read, reading.taken, reading.problems) == (6, 6, [])
        assert reading.by_level == COUNTS
        assert ("Kigali", "Kicukiro", "Remera") in {area.path for area in reading.areas}


def test_parents_may_be_codes() -> None:
    by_code = LIST.replace("parentId", "parent_code")
    for own, code in (("a1", "1"), ("b1", "101"), ("b2", "102")):
        by_code = by_code.replace(f",{own}\n", f",{code}\n")
    assert read_csv(by_code.encode()).by_level == COUNTS


def test_what_lies_nowhere_is_told_with_its_row() -> None:
    reading = read_csv((LIST + "c4,SECTOR,Kinyinya,10103,b9\nd1,CELL,Gako,1,d1\n").encode())
    assert (reading.read, reading.taken) == (8, 6)
    assert [(one.row, one.code) for one in reading.problems] == [
        (8, "parent_missing"),
        (9, "parent_circle"),
    ]
    assert reading.problems[0].text == "No row has the id b9."


@pytest.mark.parametrize("sep", [",", ";", "\t"])
def test_codes_tell_two_places_of_one_name_apart(sep: str) -> None:
    table = "district_code,parish_code,parish_name\n1,3,Alivu\n2,4,Alivu\n2,4,Alivu\n"
    reading = read_csv(table.replace(",", sep).encode())
    assert (reading.read, reading.taken) == (3, 1)
    assert [(one.row, one.code) for one in reading.problems] == [
        (3, "name_shared"),
        (4, "name_shared"),
    ]
    assert reading.problems[0].text == (
        "Alivu is in row 2 too, and lies elsewhere: the file has codes, not names, of what it "
        "lies in."
    )
    objects = [
        {"id": "1", "name": "Alivu", "county": "7"},
        {"id": "2", "name": "Alivu", "county": "8"},
    ]
    assert read_json(json.dumps(objects).encode()).problems[0].code == "name_shared"


def test_keys_name_the_levels_below_them() -> None:
    whole = [{"name": "Kwale", "constituencies": [{"name": "msambweni", "wards": ["vanga"]}]}]
    levels = [area.level for area in read_json(json.dumps(whole).encode()).areas]
    assert levels == ["level_1", "constituency", "ward"]


@pytest.mark.parametrize(
    ("sep", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16"), (";", "cp1252"), (",", "utf-8")]
)
def test_stops_of_other_programs(sep: str, encoding: str) -> None:
    comma = "." if sep == "," else ","
    rows = [
        ["stop_id", "stop_name", "stop_lat", "stop_lon"],
        ["A1", "Gare d'Adjamé", f"5{comma}3590", f"-4{comma}0270"],
    ]
    data = "\r\n".join(sep.join(row) for row in rows).encode(encoding)
    (stop,) = read_gtfs(data).stops
    assert (stop.name, stop.latitude_e7, stop.longitude_e7) == (
        "Gare d'Adjamé",
        53_590_000,
        -40_270_000,
    )
