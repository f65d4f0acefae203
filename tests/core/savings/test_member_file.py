"""A list of members is read as people and programs leave it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from core.savings import member_cells, member_file
from core.savings.member_cells import NotRead
from core.savings.member_file import MemberFile
from core.savings.member_names import likeness
from core.spreadsheets.cells import Cell
from core.spreadsheets.errors import SpreadsheetError

TODAY = date(2026, 11, 30)


def read(path: Path) -> MemberFile:
    return member_file.read(path, country="RW", today=TODAY)


def csv(folder: Path, text: str, encoding: str = "utf-8") -> MemberFile:
    path = folder / "members.csv"
    path.write_bytes(text.encode(encoding))
    return read(path)


def taken(found: MemberFile) -> list[tuple[int, str, str]]:
    return [(one.row, one.name, one.number) for one in found.rows]


def wrong(found: MemberFile) -> list[tuple[int, str]]:
    return [(one.row, one.code) for one in found.problems if not one.taken]


def test_what_a_clerk_exports(tmp_path: Path) -> None:
    found = csv(
        tmp_path,
        "Liste des membres;;;\n\nN°;Noms et prénoms;Téléphone;Date d'adhésion\n"
        "1;Mukamana Hélène;788123456;01/03/2024\n;;;\n2;Jean;-;\n3;;0788123457;\n"
        "4;Habimana Paul;12;31/02/2024\nTotal;;;\n",
        "cp1252",
    )
    assert taken(found) == [(4, "Mukamana Hélène", "+250788123456"), (6, "Jean", "")]
    assert found.rows[0].joined_on == date(2024, 3, 1)
    assert wrong(found) == [(7, "name_missing"), (8, "not_a_number"), (8, "not_a_day")]
    assert (found.read, found.ignored) == (4, ["N°"])


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        ("Name,Phone number", "Uwimana Marie,0788 123 456"),
        ("Nom,Prénom,N° de téléphone", "Uwimana,Marie,+250 788-123-456"),
        ("Amazina,Nimero ya telefone", "Uwimana Marie,250788123456"),
        ("Jina kamili;Simu (MTN)", "Uwimana Marie;'0788123456"),
        ("Izina\tIrindi zina\tTel.", "Uwimana\tMarie\tTel: 0788123456"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_headings_of_four_languages(tmp_path: Path, headings: str, row: str, encoding: str) -> None:
    found = csv(tmp_path, f"{headings}\n{row}\n", encoding)
    assert taken(found) == [(2, "Uwimana Marie", "+250788123456")]


def test_a_workbook_with_numbers_as_amounts(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.title = "Kopera"
    for row in (
        ["Amazina", "Telefone", "Itariki yinjiyemo", "Itsinda", "Umwaka w'amavuko"],
        ["Uwimana Marie", 788123456.0, date(2024, 3, 1), "KOP1", 1990.0],
        [None, None, None, None, None],
        ["Habimana Paul", 250788123457, 45352, "KOP1", "12/05/1988"],
    ):
        first.append(row)
    book.create_sheet("Notes").append(["Called on Monday"])
    book.save(tmp_path / "members.xlsx")
    found = read(tmp_path / "members.xlsx")
    assert taken(found) == [
        (2, "Uwimana Marie", "+250788123456"),
        (4, "Habimana Paul", "+250788123457"),
    ]
    assert [one.joined_on for one in found.rows] == [date(2024, 3, 1)] * 2
    assert [(one.birth_year, one.group, one.sheet) for one in found.rows] == [
        (1990, "KOP1", "Kopera"),
        (1988, "KOP1", "Kopera"),
    ]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2024-03-01", date(2024, 3, 1)),
        ("1/3/24", date(2024, 3, 1)),
        ("01.03.2024", date(2024, 3, 1)),
        ("1er août 2023", date(2023, 8, 1)),
        ("3 Mutarama 2024", date(2024, 1, 3)),
        ("5 Machi 2024", date(2024, 3, 5)),
        ("March 5, 2024", date(2024, 3, 5)),
        ("45352", date(2024, 3, 1)),
        ("2024-03-01 00:00:00", date(2024, 3, 1)),
        ("29/02/2023", None),
        ("2027-01-01", None),
        ("soon", None),
    ],
)
def test_days(said: str, meant: date | None) -> None:
    cell = Cell(1, 1, said)
    if meant is not None:
        assert member_cells.day(cell, TODAY) == meant
    else:
        with pytest.raises(NotRead):
            member_cells.day(cell, TODAY)


def test_a_column_is_read_month_first_only_where_all_of_it_can_be(tmp_path: Path) -> None:
    american = csv(tmp_path, "Name,Phone,Joined\nAb Cd,0788123456,3/4/2024\nEf Gh,,3/25/2024\n")
    assert [one.joined_on for one in american.rows] == [date(2024, 3, 4), date(2024, 3, 25)]
    assert "month_first" in [one.code for one in american.problems]
    mixed = csv(tmp_path, "Name,Phone,Joined\nAb Cd,0788123456,25/3/2024\nEf Gh,,3/25/2024\n")
    assert wrong(mixed) == [(3, "not_a_day")]


def test_lost_digits_are_refused_and_kept_ones_are_read() -> None:
    with pytest.raises(NotRead, match="digits of the number are lost"):
        member_cells.number(Cell(1, 1, "2.50788E+11"), "RW")
    assert member_cells.number(Cell(1, 1, "7.88123456E+08"), "RW") == "+250788123456"
    assert member_cells.number(Cell(1, 1, Decimal("788123456.0")), "RW") == "+250788123456"
    several = Cell(1, 1, "0788123456 / 0722123456")
    assert member_cells.number(several, "RW") == "+250788123456"
    assert member_cells.is_several(several)
    assert not member_cells.is_several(Cell(1, 1, "0788 123 / 456"))


def test_no_list_of_members(tmp_path: Path) -> None:
    for text in ("", "a,b\n1,2\n", "Name,Phone\n"):
        with pytest.raises(SpreadsheetError):
            csv(tmp_path, text)


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("Uwimana Marie Claire", "UWIMANA M. Claire", "same"),
        ("Habyarimana Emmanuel", "Emanuel Habyalimana", "same"),
        ("Niyonzima Jean Bosco", "Niyonzima Jean", "same"),
        ("Habimana Jean", "Habimana Jeanne", "doubtful"),
        ("Uwimana", "Uwimana Marie", "doubtful"),
        ("Uwimana Marie", "Niyonzima Paul", "other"),
    ],
)
def test_spellings(one: str, other: str, how: str) -> None:
    assert likeness(one, other) == likeness(other, one) == how
