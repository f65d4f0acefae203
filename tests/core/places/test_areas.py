"""Hierarchies of areas, in the shapes that people keep them in."""

import json
from typing import Any

import pytest

from core.places.areas import read_csv, read_json
from core.places.reading import PlacesFileError, Reading

LEVELS = ["province", "district", "sector", "cell", "village"]


def read(whole: Any, *levels: str) -> Reading:
    return read_json(json.dumps(whole).encode(), levels)


def paths(reading: Reading) -> list[str]:
    return [" > ".join(area.path) for area in reading.areas]


def told(reading: Reading) -> list[tuple[int, str]]:
    return [(problem.row, problem.code) for problem in reading.problems]


def test_names_as_keys_down_to_a_list() -> None:
    made = read({"East": {"Bugesera": {"Gashora": {"Biryogo": ["Bidudu", "Buhoro"]}}}}, *LEVELS)
    assert (made.read, made.taken) == (2, 2)
    assert made.by_level == {
        "province": 1,
        "district": 1,
        "sector": 1,
        "cell": 1,
        "village": 2,
    }
    assert paths(made)[-1] == "East > Bugesera > Gashora > Biryogo > Buhoro"


@pytest.mark.parametrize(
    "whole",
    [
        [{"id": 1, "name": "Kigali", "districts": [{"id": 2, "name": "Gasabo"}]}],
        [{"province": "Kigali", "districts": ["Gasabo"]}],
        [{"province": "Kigali", "province_code": "01", "district": "Gasabo", "sector": None}],
        {"provinces": [{"name": "Kigali", "children": [{"name": "Gasabo", "id": 7}]}]},
        {"data": {"Kigali": {"districts": {"Gasabo": {}}}}},
        {"Kigali": ["Gasabo"]},
    ],
)
def test_the_same_areas_in_other_shapes(whole: Any) -> None:
    made = read(whole, "province", "district")
    assert paths(made) == ["Kigali", "Kigali > Gasabo"]
    assert made.by_level == {"province": 1, "district": 1}


def test_one_name_in_two_districts_is_two_places() -> None:
    made = read({"Gasabo": ["Remera"], "Musanze": ["Remera"]}, "district", "sector")
    assert paths(made) == ["Gasabo", "Gasabo > Remera", "Musanze", "Musanze > Remera"]


def test_a_table_with_codes_beside_the_names() -> None:
    text = (
        "\ufeffADM1_PCODE;Province_Name;District;Sector Name;Population\r\n"
        "RW01;KIGALI;Gasabo;Rukoma\u00a0Ii;12\r\n"
        "RW01;KIGALI;Gasabo;;3\r\n"
        'RW01;KIGALI;"Kicukiro";"Nyarugunga";5\r\n'
    )
    made = read_csv(text.encode())
    assert paths(made) == [
        "Kigali",
        "Kigali > Gasabo",
        "Kigali > Gasabo > Rukoma II",
        "Kigali > Kicukiro",
        "Kigali > Kicukiro > Nyarugunga",
    ]
    assert (made.read, made.taken, made.problems) == (3, 3, [])


def test_the_levels_may_be_named() -> None:
    made = read_csv(b"a,b,c\nKano,x,Dala\n", ["a", "c"])
    assert paths(made) == ["Kano", "Kano > Dala"]
    with pytest.raises(PlacesFileError, match="no column d"):
        read_csv(b"a,b,c\n", ["d"])


def test_each_problem_has_its_row_and_the_rest_is_taken() -> None:
    made = read_csv(
        b"province,district,sector\n"
        b"Kigali,Gasabo,Remera\n"
        b"Kigali,,Jali\n"
        b"kigali,gasabo,REMERA\n"
        b"Kigali,Gasabo,--\n"
        b'Kigali,Gasabo,"Jali"" ]}"\n'
        b"Kigali,Gasabo,Kiv0mo\n"
        b"\n" + b"Kigali,Gasabo," + b"x" * 121 + b"\n"
        b",,\n"
    )
    assert told(made) == [
        (3, "name_missing"),
        (4, "duplicate"),
        (5, "name_without_letters"),
        (6, "not_a_name"),
        (7, "digit_in_name"),
        (9, "name_too_long"),
    ]
    assert (made.read, made.taken) == (7, 2)
    assert [problem.taken for problem in made.problems].count(True) == 1


def test_a_village_without_a_name_is_told_by_its_number() -> None:
    made = read({"Gasabo": ["Remera", "", "Jali"]}, "district", "sector")
    assert told(made) == [(2, "name_missing")]
    assert made.taken == 2


@pytest.mark.parametrize("data", [b"{", b"[]", b"{}", b"\xff\xfe\x00", b"[" * 10_000])
def test_what_is_no_hierarchy_is_refused_whole(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|names no place|neither"):
        read_json(data)
    deep: Any = "x"
    for _ in range(10):
        deep = {"a": deep}
    with pytest.raises(PlacesFileError, match="deeper than 8"):
        read(deep)
