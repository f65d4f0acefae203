"""`piga places`: what would be loaded is said, and what is loaded is found."""

import json
from pathlib import Path

from tests.core.places.test_gtfs import HEADER, TOWN
from tests.support.cli import Piga, piga
from tests.support.servers import DatabaseUrls
from tests.support.tenants import insert_tenant

__all__ = ["piga"]


def test_a_dry_run_tells_and_keeps_nothing(piga: Piga, tmp_path: Path) -> None:
    file = tmp_path / "stops.txt"
    file.write_text(HEADER + TOWN + "7,Nowhere,0,0,0,\n")
    said = json.loads(
        piga("places", "load", str(file), "--format", "gtfs", "--dry-run", "--json").output
    )
    assert (said["read"], said["taken"], said["stops"]) == (7, 6, 6)
    assert said["problems"] == [
        {
            "row": 8,
            "code": "place_zero",
            "text": "Latitude and longitude 0 are in the sea.",
            "taken": False,
        }
    ]
    refused = piga("places", "load", str(file), "--format", "gtfs")
    assert "Say whose places they are" in refused.output


def test_what_is_loaded_is_found(piga: Piga, database: DatabaseUrls, tmp_path: Path) -> None:
    assert piga("migrate").exit_code == 0  # ties the database to its key
    insert_tenant(database, "moto")
    file = tmp_path / "areas.csv"
    file.write_text("province,district,sector\nKigali,Gasabo,Remera\nKigali,,Jali\n")
    loaded = piga("places", "load", str(file), "--format", "csv", "--tenant", "moto")
    assert "row 3: The district has no name." in loaded.output
    assert "2 rows were read and 1 were taken. 1 province, 1 district, 1 sector" in loaded.output
    found = piga("places", "find", "remara", "--tenant", "moto")
    assert found.output == "Kigali > Gasabo > Remera  (sector)\n"
    assert piga("places", "find", "xyz", "--tenant", "moto").output == "No place is called so.\n"
    missing = piga("places", "load", "nothing.txt", "--format", "gtfs", "--dry-run")
    assert missing.output == "Error: nothing.txt cannot be read.\n"
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    wrong = piga("places", "load", str(broken), "--format", "json", "--dry-run")
    assert (wrong.exit_code, wrong.output) == (1, "Error: The file is not JSON.\n")
