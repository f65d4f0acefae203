"""What staff see of a wire: codes, forms and sentences, and nothing of a person or a secret."""

import json

import pytest

from providers.redaction import KEPT_CHARS_MAXIMUM, place_shown, redacted, values_of

NUMBER, TEXT = "+250788000001", "Uwera, your code is 482913"


def test_a_form_is_shown_by_its_fields() -> None:
    sent = "username=umoja&to=%2B250788000001&message=Uwera%2C+your+code+is+482913&currency=RWF"
    assert redacted(sent, answer=False).split("\n") == [
        "username=<5>",
        "to=<13>",
        "message=<26>",
        "currency=RWF",
    ]


def test_an_answer_keeps_its_codes_and_sentences() -> None:
    answer = {
        "error": {"code": 131047, "message": f"Cannot reach {NUMBER}", "type": "OAuthException"},
        "status": "PAYER_NOT_FOUND",
        "name": "UWERA",
        "amount": 4_500,
        "access_token": "EAAJB0secret",
        "ok": False,
    }
    assert json.loads(redacted(json.dumps(answer), answer=True)) == {
        "error": {"code": 131047, "message": "Cannot reach …", "type": "OAuthException"},
        "status": "PAYER_NOT_FOUND",
        "name": "<5>",
        "amount": "<4>",
        "access_token": "<12>",
        "ok": False,
    }


def test_what_a_request_hid_is_hidden_where_an_answer_repeats_it() -> None:
    hide = values_of(json.dumps({"to": "uwera.m", "text": TEXT}))
    answer = json.dumps({"message": f"uwera.m cannot have: {TEXT}"})
    assert json.loads(redacted(answer, answer=True, hide=hide))["message"] == "… cannot have: …"


@pytest.mark.parametrize(
    "said",
    [
        "+250788000001",
        "0788 000 001",
        "250-788-000-001",
        "(0788)000001",
        "PIN 2748.",
        "token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x",
        "m.uwera@example.org",
    ],
)
def test_no_number_pin_token_or_address_is_left_of_a_sentence(said: str) -> None:
    for body in (said, json.dumps({"message": said}), f"<html><p>{said}</p></html>"):
        shown = redacted(body, answer=True)
        assert "0788" not in shown
        assert "788" not in shown
        assert "2748" not in shown
        assert "eyJ" not in shown
        assert "@" not in shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", ""),
        (None, ""),
        (TEXT.encode(), "<26>"),  # a gateway whose body is the text itself
        (b"\xff\xfe\x00binary", "<9 bytes>"),
        (b'{"to": "+250788', "<15>"),
        (b"[" * 100_000, "<16384>"),
    ],
)
def test_a_request_that_is_no_form_is_a_length(body: bytes | None, shown: str) -> None:
    assert redacted(body, answer=False) == shown


def test_a_key_that_is_a_number_is_none() -> None:
    assert "250788" not in redacted(json.dumps({NUMBER: 1, "to": {"250788000001": 2}}), answer=True)
    assert "788" not in redacted("250788000001=yes", answer=False)


def test_it_is_short() -> None:
    answer = json.dumps([{"code": number % 900, "message": "no " * 50} for number in range(500)])
    assert len(redacted(answer, answer=True)) <= KEPT_CHARS_MAXIMUM


def test_a_place_has_no_id_and_asks_nothing() -> None:
    assert place_shown("https://api.x.org/v21.0/106540352242922/messages?access_token=EAAJ") == (
        "api.x.org/v21.0/…/messages?…"
    )
    assert place_shown("https://x.org/accountholder/msisdn/250788000001/active") == (
        "x.org/accountholder/msisdn/…/active"
    )
