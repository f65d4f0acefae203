"""Files of polls: every shape that files come in, and bad rows that cost only themselves."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.rates import rates
from core.rates.poll_file import BadFile, read_polls, read_time
from core.rates.quotes import BadQuote
from core.rates.replay import as_data, replay

HEAD = "fetched_at,source,destination,source_amount,destination_amount\n"
MOMENT = datetime(2026, 11, 30, 2, 30, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-30T02:30:04Z",
        "2026-11-30T02:30:04+00:00",
        "2026-11-30T05:30:04+03:00",
        "2026-11-30t02:30:04z",
        "2026-11-30 02:30:04",
        "2026-11-30 02:30:04.000",
        "2026-11-30 02:30:04 UTC",
        "2026-11-30 02:30:04 +0000",
        "2026-11-30 02:30:04.000000 +0000 UTC",
        "2026-11-30 02:30:04+00",
        "20261130T023004Z",
        "2026/11/30 02:30:04",
        "1796005804",
        "1796005804.0",
        "1796005804000",
        "1796005804000000",
        "Mon, 30 Nov 2026 02:30:04 GMT",
        " 2026-11-30T02:30:04.000000000Z ",
    ],
)
def test_times_are_read_as_files_have_them(text: str) -> None:
    assert read_time(text) == MOMENT


@pytest.mark.parametrize(
    "text",
    [
        *("11/12/2026 02:30", "yesterday", "2026-13-01", "12", "0001-01-01T00:00:00+14:00"),
        "1796005804.\u00b2",  # a digit to Python, and no number
    ],
)
def test_a_time_that_may_be_two_is_refused(text: str) -> None:
    with pytest.raises(BadQuote):
        read_time(text)


def test_a_file_is_judged_by_time_whatever_its_order() -> None:
    rows = [
        "2026-11-30T00:20:00Z,USD,NGN,1,2400\n",
        "2026-11-30T00:10:00Z,USD,NGN,1,2400\n",
        "2026-11-30T00:00:00Z,USD,NGN,1000,1600000\n",
    ]
    data = as_data(replay(read_polls([HEAD, *rows])))
    assert [(one["row"], one["reason"]) for one in data["accepted"]] == [
        (4, "first"),
        (2, "confirmed"),
    ]
    assert [(one["row"], one["reason"], one["served"]) for one in data["held"]] == [
        (3, "jump", "1600.00000000")
    ]
    assert data["table"] == [
        {
            "source": "USD",
            "destination": "NGN",
            "rate": "2400.00000000",
            "source_amount": "1",
            "destination_amount": "2400",
            "fetched_at": "2026-11-30T00:20:00+00:00",
            "changed_at": "2026-11-30T00:20:00+00:00",
            "held": None,
        }
    ]


def test_a_bad_row_costs_only_itself() -> None:
    good = "2026-11-30T00:{:02}:00Z,usd, KES ,1,129.5\n"
    bad = {
        3: ('2026-11-30T00:00:00Z,USD,"KES,1,129\n', "the quotation marks do not match"),
        5: ("2026-11-30T00:00:00Z,USD,KES,1\n", "it has 4 fields, and the first line 5"),
        7: ("2026-11-30T00:00:00Z,USD,KES,,129\n", "source_amount is empty"),
        9: ("2026-11-30T00:00:00Z,USD,KES,0,129\n", "the source amount is not above 0"),
        11: ("soon,USD,KES,1,129\n", "fetched_at is no time that can be read in one way"),
        13: ("2026-11-30T00:00:00Z,US,KES,1,129\n", "source is no currency's code"),
        14: ("2026-11-30T00:00:00Z,USD,KSH,1,129\n", "destination is no currency's code"),
        15: ("2026-11-30T00:00:00Z,USD,USD,1,1\n", "source and destination are one currency"),
        17: ("2026-11-30T00:00:00Z,USD,KES,1,NaN\n", "the destination amount is not above 0"),
        19: ("2026-11-30T00:00:00Z,USD,KES,1,1e-15\n", "the destination amount is beyond"),
    }
    lines = ["\ufeff" + HEAD, *(good.format(row) for row in range(2, 21))]
    for row, (line, _) in bad.items():
        lines[row - 1] = line
    data = as_data(replay(read_polls(lines)))
    assert [one["row"] for one in data["rejected"]] == sorted(bad)
    for one in data["rejected"]:
        assert one["reason"].startswith(bad[one["row"]][1])
    assert data["counts"] == {
        **{"rows": 19, "polls": 9, "accepted": 1, "unchanged": 8, "held": 0, "rejected": 10}
    }
    assert data["table"][0]["rate"] == "129.50000000"


def test_other_columns_and_delimiters() -> None:
    lines = [
        "id;Destination;source;rate;DESTINATION_AMOUNT;source_amount;fetched_at\r\n",
        "1;NGN;USD;0.000694329;1440239.425;1000;1796005804\r\n",
        "\r\n",
    ]
    (entry,) = as_data(replay(read_polls(lines)))["table"]
    assert (entry["rate"], entry["source_amount"]) == ("1440.23942500", "1000")


def test_a_note_of_several_lines_is_part_of_its_row() -> None:
    """And one whose quotation mark never ends costs its own line alone."""
    lines = [
        "note, fetched_at, source, destination, source_amount, destination_amount, \n",
        '"two\n',
        'lines, ""both"" kept", 1796005804, "USD", KES, 1, "1,290.5"\n',
        '"not ended, 1796006404, USD, KES, 1, 1291\n',
        ", 1796007004, USD, KES, 1, 1292.5,\n",
        'an "inch"", 1796007604, USD, KES, 1, 1293\n',
        '"a short, 1796008204, USD, KES\n',
        'note", 1796008204, USD, KES, 1, 1294\n',
    ]
    data = as_data(replay(read_polls(lines)))
    assert [(one["row"], one["rate"]) for one in data["accepted"]] == [
        (2, "1290.50000000"),
        (5, "1292.50000000"),
        (6, "1293.00000000"),
        (7, "1294.00000000"),
    ]
    assert [one["row"] for one in data["rejected"]] == [4]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "empty"),
        (["a,b\n"], "fetched_at, source, destination"),
        ([HEAD[11:]], "fetched_at"),
        (["source," + HEAD], "source twice"),
        (["\ufffd\ufffd" + "\0".join(HEAD)], "no text in UTF-8"),
    ],
)
def test_a_file_that_is_none_says_which_columns_it_needs(lines: list[str], said: str) -> None:
    with pytest.raises(BadFile, match=said):
        read_polls(lines)


def test_the_command_says_all_of_it() -> None:
    text = HEAD + "1796005804,USD,NGN,1,1600\n1796006404,USD,NGN,1,2400\nx,USD,NGN,1,1\n"
    answer = CliRunner().invoke(rates, ["replay", "-", "--json"], input=text)
    data = json.loads(answer.output)
    assert data["counts"]["held"] == 1
    assert Decimal(data["held"][0]["change"]) == Decimal("0.5")
    assert data["table"][0]["held"] == {
        "rate": "2400.00000000",
        "fetched_at": "2026-11-30T02:40:04+00:00",
    }
    shown = CliRunner().invoke(rates, ["replay", "-"], input=text).output
    assert "held      row 3  USD-NGN  2400.00000000  jump: +50.00% of 1600.00000000" in shown
    assert "rejected  row 4" in shown


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
def test_a_file_as_a_spreadsheet_saves_it(newline: str, tmp_path: Path) -> None:
    file = tmp_path / "polls.csv"
    rows = [
        HEAD.strip(),
        "2026-11-30T00:10:00Z ,USD ,UGX , 1 ,3.61E+3 ",
        "2026-11-30T00:00:00,NGN,USD,1E6,624.1",
        "2026-11-30T00:10:00+00:00,USD,UGX,1,3615",
        "2026-11-30T00:00:00-05:00,UGX,USD,1,1E-9",
        "",
    ]
    file.write_bytes(b"\xef\xbb\xbf" + newline.join(rows).encode())
    data = json.loads(CliRunner().invoke(rates, ["replay", str(file), "--json"]).output)
    assert [(one["row"], one["rate"], one["reason"]) for one in data["accepted"]] == [
        (3, "0.00062410", "first"),
        (2, "3610.00000000", "first"),
        (4, "3615.00000000", "change"),  # of one time, in the order of the file
    ]
    assert data["rejected"] == [{"row": 5, "reason": "the rate is less than its eighth place"}]
