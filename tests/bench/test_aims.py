"""The table of what speed is held to: what is reached, missed, and not measured."""

import pytest

from bench.aims import AIMS, Aim, as_json, report
from bench.beside import KEYS

RISES, FALLS = Aim("r", "", "", 0.95, 1.2), Aim("f", "", "", 1.8, 1.2, falls=True)


@pytest.mark.parametrize(
    ("aim", "seen", "said"),
    [
        (RISES, 1.2, "reached"),
        (RISES, 1.0, "short of the aim by 0.20"),
        (RISES, 0.9, "missed by 0.05"),
        (FALLS, 1.1, "reached"),
        (FALLS, 1.5, "short of the aim by 0.30"),
        (FALLS, 2.0, "missed by 0.20"),
        (FALLS, None, "not measured"),
        (Aim("told", ""), 3.0, ""),
    ],
)
def test_what_a_figure_comes_to(aim: Aim, seen: float | None, said: str) -> None:
    assert aim.verdict(seen) == said


def test_every_figure_has_a_row_measured_or_not() -> None:
    lines = "\n".join(report({"node": 0.9}))
    assert all(one.figure.strip() in lines for one in AIMS)
    rows = as_json({"node": 0.9})
    assert len({row["key"] for row in rows}) == len(AIMS)
    assert (rows[0]["seen"], rows[0]["verdict"]) == (0.9, "missed by 0.05")
    assert {row["verdict"] for row in rows[1:]} <= {"not measured"}


def test_figures_beside_others_are_all_in_the_table() -> None:
    assert set(KEYS) <= {one.key for one in AIMS}
    assert len(set(KEYS.values())) == len(KEYS)
