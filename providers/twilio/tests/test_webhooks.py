"""Every sort of callback that Twilio posts, by name, and bodies that no documents describe."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from providers.contracts.errors import BadPayload
from providers.contracts.messages import DeliveryStatus, SmsInbound
from providers.contracts.webhooks import Batch, Inbound
from providers.twilio.adapter import PROVIDER
from providers.twilio.errors import MEANINGS
from providers.twilio.forms import FORM, NAMES_MAXIMUM
from providers.twilio.inbound import parse_sms_in
from providers.twilio.statuses import STATUSES, parse_report

KINDS = yaml.safe_load((Path(__file__).with_name("webhooks.yaml")).read_text())
SID = "SM0000000000000000000000000000000a"
ALWAYS = {
    "MessageSid": SID,
    "SmsSid": SID,
    "SmsMessageSid": SID,
    "AccountSid": "AC00000000000000000000000000000001",
    "ApiVersion": "2010-04-01",
    "From": "+250788000301",
    "To": "+250788000210",
    "SmsStatus": "received",
    "NumMedia": "0",
}
ON_WHATSAPP = {"From": "whatsapp:+250788000301", "To": "whatsapp:+250788000220"}


def body_of(example: dict[str, Any]) -> bytes:
    usual = ALWAYS | (ON_WHATSAPP if example["kind"] == "whatsapp-in" else {})
    fields = {name: value for name, value in (usual | example["form"]).items() if value is not None}
    for name, value in fields.items():
        words, star, times = value.partition("*")
        if star and times.isdigit():
            fields[name] = words * int(times)
    query = example.get("query", "")
    return "&".join(part for part in (query, urlencode(fields)) if part).encode()


def read(kind: str, body: bytes, content_type: str = FORM) -> tuple[Inbound, list[str]]:
    found = PROVIDER.kind(kind).parse(body, content_type)
    if isinstance(found, Batch):
        [event] = found.events
        return event, list(found.unknown)
    return found, []


def of(event: object, path: str) -> Any:
    found: Any = event
    for name in path.split("."):
        found = found[int(name)] if name.isdigit() else getattr(found, name)
    if isinstance(found, tuple):
        return [list(one) if isinstance(one, tuple) else one for one in found]
    return found


@pytest.mark.parametrize("example", KINDS, ids=[example["is"] for example in KINDS])
def test_a_kind(example: dict[str, Any]) -> None:
    if "wrong" in example:
        with pytest.raises(BadPayload) as error:
            read(example["kind"], body_of(example))
        assert str(error.value) == example["wrong"]
        return
    event, unknown = read(example["kind"], body_of(example))
    expected = dict(example["gives"])
    assert type(event).__name__ == expected.pop("type")
    assert {path: of(event, path) for path in expected} == expected
    assert unknown == example.get("unknown", [])


def test_every_status_of_the_documents_has_a_rank() -> None:
    documented = "accepted scheduled queued sending sent delivered read undelivered failed canceled"
    ranks = []
    for word in documented.split():
        report = parse_report(f"MessageSid={SID}&MessageStatus={word}".encode(), FORM)
        assert not isinstance(report, Batch)
        ranks.append(report.status)
    assert ranks[:7] == sorted(ranks[:7])
    assert ranks[7:] == [DeliveryStatus.FAILED] * 3
    assert set(documented.split()) <= set(STATUSES)


def test_the_scheme_may_be_left_as_it_is() -> None:
    """One hook was seen to bring an address without its colon escaped, and letters unescaped."""
    body = f"From=whatsapp:%2B250788000301&To=whatsapp:%2B250788000220&MessageSid={SID}&Body=Ríos"
    event, _ = read("whatsapp-in", body.encode())
    assert of(event, "sender.phone") == "+250788000301"
    assert of(event, "text") == "Ríos"


def test_the_same_twice_is_once_and_another_value_is_refused() -> None:
    body = f"MessageSid={SID}&From=%2B250788000301&To=8100&Body=a"
    assert isinstance(parse_sms_in(f"{body}&Body=a".encode(), FORM), SmsInbound)
    with pytest.raises(BadPayload, match="Body: given_twice"):
        parse_sms_in(f"{body}&Body=b".encode(), FORM)


@pytest.mark.parametrize(
    ("body", "content_type", "why"),
    [
        (b'{"Body": "hi"}', "application/json", "not_a_form"),
        (b"", FORM, "From: missing"),
        (b"a=1&" * (NAMES_MAXIMUM + 1), FORM, "too_many_fields"),
        (b"\xff\xfe", FORM, "From: missing"),
        (b"From=%00&To=8100&MessageSid=SM1", FORM, "From: missing"),
    ],
)
def test_what_is_no_callback(body: bytes, content_type: str, why: str) -> None:
    with pytest.raises(BadPayload) as error:
        parse_sms_in(body, content_type)
    assert str(error.value) == why


def test_nothing_of_a_person_is_in_a_repr() -> None:
    body = urlencode(
        ALWAYS
        | ON_WHATSAPP
        | {"Body": "4821", "ProfileName": "Aline", "NumMedia": "1", "MediaUrl0": "https://x/ME7"}
    )
    event, _ = read("whatsapp-in", body.encode())
    for secret in ("250788000301", "4821", "Aline", "ME7"):
        assert secret not in repr(event)


def test_every_error_has_a_word_of_ours() -> None:
    assert all(meaning.code.replace("_", "").isalpha() for meaning in MEANINGS.values())
