"""How names are shown to others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.names import SHOWN_CHARS_MAX, shown, shown_apart, with_capitals, with_detail

MALAGASY = "Andriantsimitoviaminandriandrazaka Rakotomanga J"  # 48 letters and spaces


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("jean bosco", "Jean Bosco"),
        ("marie-claire n'diaye", "Marie-Claire N'Diaye"),
        ("élise uwera", "Élise Uwera"),
        ("አበበ ቢቂላ", "አበበ ቢቂላ"),
        ("NIYONZIMA Jean", "NIYONZIMA Jean"),
        ("van der Berg", "van der Berg"),
        ("", ""),
    ],
)
def test_a_name_in_lower_case_gets_its_capitals(name: str, said: str) -> None:
    assert with_capitals(name) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Jean Bosco", "Jean B."),
        ("Niyonzima Jean Bosco", "Niyonzima J."),
        ("niyonzima jean bosco", "Niyonzima J."),
        ("Cher", "Cher"),
        ("cher", "Cher"),
        ("  Uwera   Claudine ", "Uwera C."),
        ("Nyiransengiyumva Marie-Chantal", "Nyiransengiyumva M."),
        (MALAGASY, "Andriantsimitov. R."),
        ("Andriantsimitoviaminandriandrazakaramanitraniony", "Andriantsimitoviam."),
        ("", ""),
    ],
)
def test_how_a_name_is_shown(name: str, said: str) -> None:
    assert shown(name) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Uwimana Marie", "Uwimana Marthe"], ["Uwimana Marie", "Uwimana Marthe"]),
        (["Uwimana Marie", "Habimana Eric"], ["Uwimana M.", "Habimana E."]),
        (
            ["Uwimana Marie", "uwimana marthe", "Uwimana Marie Jeanne", "Gasana Paul"],
            ["Uwimana Marie", "Uwimana Marthe", "Uwimana Marie J.", "Gasana P."],
        ),
        (
            ["Niyonsabamahoro Bernadette", "Niyonsabamahoro Beatrice"],
            ["Niyonsa. Bernadette", "Niyonsaba. Beatrice"],
        ),
        (
            ["Uwimana Marie Jeanne Alice", "Uwimana Marie Jeanne Aline", "Uwimana Marthe"],
            ["Uwimana Alice", "Uwimana Aline", "Uwimana Marthe"],
        ),
        (["Uwimana Marie", "UWIMANA MARIE"], ["Uwimana Marie (1)", "UWIMANA MARIE (2)"]),
        (["Uwimana Marie"], ["Uwimana M."]),
        ([], []),
    ],
)
def test_no_two_on_one_screen_look_alike(names: list[str], said: list[str]) -> None:
    assert shown_apart(names) == said


NAMES = st.lists(
    st.lists(st.text("abMé-'", min_size=1, max_size=30), min_size=1, max_size=4).map(" ".join),
    max_size=9,
)


@given(NAMES)
def test_whatever_the_names_all_differ_and_are_short(names: list[str]) -> None:
    said = shown_apart(names)
    assert len({name.casefold() for name in said}) == len(names) == len(said)
    assert all(len(name) <= SHOWN_CHARS_MAX + len(" (9)") for name in said)


def test_groups_of_one_name_are_shown_with_their_code() -> None:
    names, codes = ["Umoja", "Kopera", "umoja"], ["UM1", "KOP1", "UM2"]
    assert with_detail(names, codes) == ["Umoja UM1", "Kopera", "umoja UM2"]
