"""`piga savings loans`, in a demo whose groups have lent nothing yet."""

import json

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
