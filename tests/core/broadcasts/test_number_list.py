"""A list of numbers: read as a whole, or refused with every row that is wrong."""

import pytest

from core.broadcasts import number_list
from core.broadcasts.errors import WrongList
from core.broadcasts.number_list import read_list


@pytest.mark.parametrize(
    "text",
    [
        "0788000001\n0788 000 002\n",
        "number\n0788000001\n+250 788-000-002\n",
        "name,Phone,note\nA,0788000001,x\nB,250788000002,\n",
        "\ufeffname;phone\nA;0788000001\nB;00250788000002\n",
        "phone\tname\r\n0788000001\tA\r\n\r\n0788000002\tB\r\n",
        '"0788000001",first\n"0788000002","sec\nond"\n',
    ],
)
def test_spreadsheets_write_lists_in_several_ways(text: str) -> None:
    assert list(read_list(text, "RW").rows) == ["+250788000001", "+250788000002"]


def test_a_number_that_comes_again_counts_once() -> None:
    found = read_list("number\n0788000001\n+250788000001\n0788000002\n", "RW")
    assert found.rows == {"+250788000001": 2, "+250788000002": 4}
    assert found.repeated == (3,)


def test_every_wrong_row_is_named_and_no_number_is() -> None:
    with pytest.raises(WrongList) as refused:
        read_list("number,name\n0788000001,A\n078800,B\n,C\nnone,D\n0788000002,E\n", "RW")
    assert refused.value.faults == [
        "Row 3: no plan has such a phone number.",
        "Row 4: no number stands here.",
        "Row 5: no plan has such a phone number.",
    ]
    assert "078800" not in str(refused.value)


def test_what_is_no_csv_is_said_with_its_row() -> None:
    with pytest.raises(WrongList, match="Row 2: this is no CSV"):
        read_list('0788000001\n"0788000002\n', "RW")


def test_of_very_many_faults_some_are_named() -> None:
    with pytest.raises(WrongList) as refused:
        read_list("x\n" * 1_000, "RW")
    assert len(refused.value.faults) == number_list.FAULTS_SAID_MAXIMUM + 1
    assert refused.value.faults[-1] == "950 more rows are wrong."


def test_a_list_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(number_list, "ROWS_MAXIMUM", 2)
    with pytest.raises(WrongList, match="at most 2 numbers"):
        read_list("0788000001\n0788000002\n0788000003\n", "RW")
