"""`piga savings loans`, what officers ask for, and areas; in a demo that has lent nothing yet."""

import json
from pathlib import Path

from tests.support.cli import Piga, demo

__all__ = ["demo"]

TENANT = ("--tenant", "ibimina")


def test_arrears_in_the_folders_bands(demo: Piga) -> None:
    def loans(*words: str) -> str:
        return demo("savings", "loans", *words, *TENANT).output

    told = json.loads(loans("arrears", "--json"))
    bands = [(one["band"], one["from_days"], one["loans"]) for one in told["buckets"]]
    assert bands == [
        *(("current", 0, 0), ("watch", 30, 0), ("substandard", 60, 0)),
        *(("doubtful", 90, 0), ("loss", 180, 0)),
    ]
    assert told["at_risk_minor"] == {"1": 0, "30": 0, "60": 0, "90": 0}
    # Before the folder's bands there were none.
    early = json.loads(loans("arrears", "--json", "--on", "2025-12-31"))
    assert [one["band"] for one in early["buckets"]] == ["all"]
    assert loans("list", "--group", "KOP1") == "Nothing is owed.\n"
    assert "no loan with that reference" in loans("show", "NONE")


def test_what_an_officer_asks_for_another_one_decides(demo: Piga) -> None:
    by = ("--by", "m.uwera", "--reason", "a letter", *TENANT)
    assert (
        "No loan with that reference" in demo("savings", "loans", "write-off", "NONE", *by).output
    )
    about = ("savings", "members", "death", "+250788000101", "--group", "KOP1")
    assert "Somebody else" in demo(*about, "--next-of-kin", "+250788000101", *by).output
    assert "no group" in demo(*about[:-1], "NONE", "--next-of-kin", "+250788000102", *by).output


def test_areas_come_from_a_file(demo: Piga, tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text("district,sector,group\nGasabo,Kacyiru,KOP1\n", encoding="utf-8")
    told = demo("savings", "areas", "load", str(file), *TENANT).output
    assert told == "2 areas added, 1 groups placed.\n"
    assert demo("savings", "areas", "figures", *TENANT).output.startswith("Gasabo  1 groups, 0 met")
    assert (
        "these levels: district, sector"
        in demo(*("savings", "areas", "figures", "--level", "cell"), *TENANT).output
    )
    file.write_text("district,group\nGasabo,NONE\n", encoding="utf-8")
    assert "There is no group NONE." in demo("savings", "areas", "load", str(file), *TENANT).output
