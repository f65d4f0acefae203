"""Every sort of update that Meta posts, by name, and bodies that no documents describe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from providers.contracts.chat import ChatInbound
from providers.contracts.errors import BadPayload
from providers.contracts.messages import DeliveryReport
from providers.meta.webhook import BODY_BYTES_MAXIMUM, FAULTS_MAXIMUM, parse_webhook

KINDS = yaml.safe_load((Path(__file__).with_name("webhooks.yaml")).read_text())
METADATA = {"display_phone_number": "+250 788 000 200", "phone_number_id": "250788000200"}
CONTACT = {"profile": {"name": "Aline Uwase"}, "wa_id": "250788000301", "user_id": "RW.84f1Q"}


def body_of(*values: dict[str, Any], field: str = "messages") -> bytes:
    changes = [{"field": field, "value": {"metadata": METADATA, **value}} for value in values]
    entry = {"id": "9001", "time": 1796000000, "changes": changes}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def text(id: str, words: str = "1", **more: Any) -> dict[str, Any]:
    return {
        "from": "250788000301",
        "id": id,
        "timestamp": "1796000000",
        "type": "text",
        "text": {"body": words},
        **more,
    }


def of(event: object, path: str) -> Any:
    found: Any = event
    for name in path.split("."):
        found = found[int(name)] if name.isdigit() else getattr(found, name)
    if isinstance(found, tuple):
        return [list(one) if isinstance(one, tuple) else one for one in found]
    return found


@pytest.mark.parametrize("example", KINDS, ids=[example["is"] for example in KINDS])
def test_a_kind(example: dict[str, Any]) -> None:
    value = {"contacts": example.get("contacts", [CONTACT]), **example["value"]}
    found = parse_webhook(body_of(value, field=example.get("field", "messages")))
    assert len(found.events) == len(example["gives"])
    for event, expected in zip(found.events, example["gives"], strict=True):
        assert type(event).__name__ == expected.pop("type")
        assert {path: of(event, path) for path in expected} == expected
    assert list(found.faults) == example.get("faults", [])
    assert list(found.unknown) == example.get("unknown", [])


def test_a_batch_is_worked_in_its_order_and_a_broken_part_stops_nothing() -> None:
    """Two accounts, messages and statuses, and between them what cannot be read."""
    first = {"messages": [text("wamid.1"), {"type": "text"}, 7, text("wamid.2")]}
    second = {"statuses": [{"id": "wamid.S", "status": "read"}, None]}
    body = json.loads(body_of(first, second))
    body["entry"] += [5, {"id": "9002", "changes": ["x", {"field": "messages", "value": None}]}]
    body["entry"].append(json.loads(body_of({"messages": [text("wamid.3")]}))["entry"][0])
    found = parse_webhook(json.dumps(body).encode())
    ids = [
        event.event_id if isinstance(event, ChatInbound) else event.message_id
        for event in found.events
        if isinstance(event, ChatInbound | DeliveryReport)
    ]
    assert ids == ["wamid.1", "wamid.2", "wamid.S", "wamid.3"]
    assert len(found.faults) == 5


def test_the_same_message_twice_in_one_body_is_one() -> None:
    found = parse_webhook(body_of({"messages": [text("wamid.1"), text("wamid.1")]}))
    assert len(found.events) == 1


def test_the_states_of_one_message_are_several() -> None:
    states = [{"id": "wamid.S", "status": word} for word in ("read", "sent", "sent")]
    found = parse_webhook(body_of({"statuses": states}))
    assert [of(event, "raw_status") for event in found.events] == ["read", "sent"]


def test_a_thousand_updates_in_one_body() -> None:
    messages = [text(f"wamid.{number}", "x" * 2_000) for number in range(1_000)]
    body = body_of({"messages": messages})
    assert len(body) < BODY_BYTES_MAXIMUM
    assert len(parse_webhook(body).events) == 1_000


def test_half_a_character_costs_no_batch() -> None:
    """JSON may hold half of a surrogate pair, which the quick reader refuses."""
    body = body_of({"messages": [text("wamid.1", "a"), text("wamid.2", "b")]})
    found = parse_webhook(body.replace(b'"a"', b'"a\\ud83d"'))
    assert [of(event, "text") for event in found.events] == ["a\ufffd", "b"]


def test_escapes_are_read() -> None:
    found = parse_webhook(body_of({"messages": [text("wamid.1", "é 👍\u0007")]}))
    assert of(found.events[0], "text") == "é 👍\ufffd"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"object":"page","entry":[]}', b"\xff\xfe", b"[" * 100_000],
)
def test_what_is_no_webhook_of_whatsapp(body: bytes) -> None:
    with pytest.raises(BadPayload):
        parse_webhook(body)


@pytest.mark.parametrize("entry", [None, {}, "x", [None], [{"changes": {}}], [{"changes": [{}]}]])
def test_an_envelope_of_other_types(entry: object) -> None:
    body = json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()
    assert not parse_webhook(body).events


def test_faults_are_named_up_to_a_number() -> None:
    found = parse_webhook(body_of({"messages": [3] * 500}))
    assert len(found.faults) == FAULTS_MAXIMUM
