"""Places are kept once, and found by what people call them."""

import uuid

import pytest

from core.places import places
from core.places.areas import read_csv
from core.places.gtfs import read_gtfs
from core.places.names import key_of, shown, without_side
from core.places.places import Place, find
from tests.support.servers import DatabaseUrls
from tests.support.tenants import new_tenant

AREAS = (
    b"province,district,sector\n"
    b"Kigali,Gasabo,Remera\n"
    b"Kigali,Gasabo,Kimironko\n"
    b"Kigali,Gasabo,Kimihurura\n"
    b"North,Musanze,Remera\n"
)
STOPS = (
    b"stop_id,stop_name,stop_lat,stop_lon\n"
    b"a,Remera Taxi Park,-1.958,30.1127\n"
    b"b,Kacyiru,-1.9338,30.0812\n"
    b"c,Kacyiru B,-1.9339,30.0813\n"
)


def kept() -> list[Place]:
    areas = [
        Place(uuid.UUID(int=n), "area", one.level, one.path)
        for n, one in enumerate(read_csv(AREAS).areas)
    ]
    stops = [
        Place(uuid.UUID(int=100 + n), "stop", "stop", (one.name,), number=n)
        for n, one in enumerate(read_gtfs(STOPS).stops, start=1)
    ]
    return [*areas, *stops]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("remera", ["Kigali > Gasabo > Remera", "North > Musanze > Remera", "Remera Taxi Park"]),
        ("Remara", ["Kigali > Gasabo > Remera", "North > Musanze > Remera"]),
        ("kimirongo", ["Kigali > Gasabo > Kimironko"]),
        ("KACYIRU", ["Kacyiru", "Kacyiru B"]),
        ("Kacyiru b", ["Kacyiru", "Kacyiru B"]),
        ("3", ["Kacyiru B"]),
        ("Kibuye", []),
        ("?!", []),
    ],
)
def test_what_somebody_may_mean(words: str, found: list[str]) -> None:
    assert [" > ".join(one.path) for one in find(kept(), words)] == found


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("RUKOZO", "Rukozo"),
        ("Akabare Ii", "Akabare II"),
        ("  Gatsata\u00a0 Kigali ", "Gatsata Kigali"),
        ("CHUK", "CHUK"),
        ("Kwa Iv", "Kwa IV"),
        ("Ibis", "Ibis"),
    ],
)
def test_names_as_they_are_shown(raw: str, name: str) -> None:
    assert shown(raw) == name
    assert key_of(raw) == key_of(name)


def test_a_side_of_the_road_is_no_part_of_a_name() -> None:
    assert without_side("Sonatube B") == "Sonatube"
    assert without_side("Club B2") == "Club B2"


def test_a_file_that_is_loaded_again_changes_places_and_adds_the_new(
    database: DatabaseUrls,
) -> None:
    with new_tenant(database) as tenant, new_tenant(database, "other") as other:
        with tenant.tx() as tx:
            places.keep(tx, read_csv(AREAS))
            places.keep(tx, read_gtfs(STOPS))
        with tenant.tx() as tx:
            first = {one.path: one for one in places.of_tenant(tx)}
            again = STOPS.replace(b"Taxi Park", b"Bus Park") + b"d,Gisozi,-1.92,30.06\n"
            places.keep(tx, read_gtfs(again))
            now = {one.path: one for one in places.of_tenant(tx)}
        assert len(first) == 11
        assert len(now) == 12
        assert now["Remera Bus Park",].id == first["Remera Taxi Park",].id
        assert [now[name,].number for name in ("Remera Bus Park", "Kacyiru B")] == [1, 3]
        numbers = [one.number for one in now.values() if one.number]
        assert len(set(numbers)) == len(numbers) == 4
        assert now["Gisozi",].longitude_e7 == 300_600_000
        with other.tx() as tx:
            assert places.of_tenant(tx) == []
