"""`piga sms parse`: JSON lines in, a line each out."""

import json

import pytest
from click.testing import CliRunner

from app.cli import main

LINE = {
    "sender": "M-Money",
    "text": "You have received 12000 RWF from Eric MUGABO (*********654) at 2026-03-04 18:01:02 . "
    "Balance:30250 RWF. FT Id: 27111222333",
    "received_at": "2026-03-04T18:01:09+02:00",
}


def run(lines: list[object], *options: str) -> list[dict[str, object]]:
    given = "\n".join(json.dumps(line) for line in lines)
    done = CliRunner().invoke(main, ["sms", "parse", "--json", *options], input=given)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.output.splitlines()]


def test_a_line_each() -> None:
    (found,) = run([LINE])
    assert found == {
        "kind": "received",
        "direction": "in",
        "accept": True,
        "spoof": False,
        "amount": "12000",
        "currency": "RWF",
        "fee": None,
        "balance": "30250",
        "counterparty_name": "Eric MUGABO",
        "counterparty_msisdn": "*********654",
        "txid": "27111222333",
        "reference": None,
        "timestamp": "2026-03-04T18:01:02",
        "timezone": "Africa/Kigali",
        "network": "MTN",
        "country": "RW",
        "parser": "mtn-rw/received",
        "reasons": [],
    }


def test_one_wallet_counts_a_copy_once() -> None:
    found = run([LINE, LINE, {"sender": "M-Money", "text": "?"}], "--one-wallet")
    assert [(one["accept"], one["is_copy"]) for one in found] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert [one["accept"] for one in run([LINE, LINE])] == [True, True]


def test_a_sentence_each() -> None:
    done = CliRunner().invoke(main, ["sms", "parse"], input=json.dumps(LINE))
    assert done.output.startswith("accept  received in  12000  RWF  Eric MUGABO  27111222333")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "Line 2 is not JSON."),
        ("[]", "Line 2 is not a JSON object."),
        ('{"sender": "M-Money"}', "Line 2 has no text."),
        ('{"sender": 1, "text": "x"}', "Line 2 has no sender."),
        ('{"sender": "a", "text": "x", "network": 3}', "Line 2: network is not a string."),
    ],
)
def test_a_bad_line_is_named(line: str, told: str) -> None:
    given = json.dumps(LINE) + "\n" + line
    done = CliRunner().invoke(main, ["sms", "parse", "--json"], input=given)
    assert done.exit_code == 1
    assert told in done.output
