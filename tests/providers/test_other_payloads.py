"""Payloads of no fixture: what each is read as, or why it is refused. One table, by kind."""

import json
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from providers import registry
from providers.contracts.errors import BadPayload
from providers.contracts.webhooks import Batch

TABLE = yaml.safe_load(Path(__file__).with_name("other_payloads.yaml").read_text("utf-8"))
FORM = "application/x-www-form-urlencoded"
SID = "SM0000000000000000000000000000000a"
TWILIO = {"AccountSid": "AC" + "0" * 32, "MessageSid": SID, "SmsSid": SID, "NumMedia": "0"}
CHAT = {"From": "whatsapp:+254711000111", "To": "whatsapp:+254711000999"}
MESSAGE = {"from": "254711000111", "id": "wamid.HBgA", "timestamp": "1796000000"}
STATUS = {"id": "wamid.HBgB", "timestamp": "1796000000", "recipient_id": "254711000111"}
METADATA = {"display_phone_number": "254711000999", "phone_number_id": "106540352242922"}


def change(field: str, value: dict[str, Any]) -> bytes:
    entry = {"id": "9001", "time": 1796000000, "changes": [{"field": field, "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def request(example: dict[str, Any]) -> tuple[bytes, str]:
    """A body, and its type."""
    if "form" in example:
        around = TWILIO | CHAT if example["of"].startswith("twilio") else {}
        return urlencode(around | example["form"]).encode(), FORM
    if "json" in example:
        return json.dumps(example["json"]).encode(), "application/json"
    if "change" in example:
        return change(**example["change"]), "application/json"
    if "meta" in example:
        told = example["meta"]
        value: dict[str, Any] = {"metadata": METADATA}
        value |= {name: [] for name in told}
        value["contacts"] = [{"profile": {"name": "Amina"}, "wa_id": "254711000111"}]
        value["messages"] = [MESSAGE | one for one in told.get("messages", [])]
        value["statuses"] = [STATUS | one for one in told.get("statuses", [])]
        return change("messages", value), "application/json"
    return example["body"].encode(), ""


def word(event: object, path: str) -> str:
    found: Any = event
    for name in path.split("."):
        found = found[int(name)] if name.isdigit() else getattr(found, name)
    if isinstance(found, Enum):
        return found.name
    return found.isoformat() if isinstance(found, datetime) else str(found)


def told(event: object, expected: str) -> str:
    """What the line says of an event, as it is: `Name field=value field=value`. A value may have
    blanks; a field's name has none."""
    _, *pieces = expected.split(" ")
    names = [piece.partition("=")[0] for piece in pieces if "=" in piece]
    return " ".join([type(event).__name__, *(f"{name}={word(event, name)}" for name in names)])


@pytest.mark.parametrize("example", TABLE, ids=[f"{one['of']}: {one['is']}" for one in TABLE])
def test_a_payload(example: dict[str, Any]) -> None:
    provider, _, kind = example["of"].partition(" ")
    body, content_type = request(example)
    parse = registry.find(provider).kind(kind).parse
    if "refused" in example:
        with pytest.raises(BadPayload) as refused:
            parse(body, content_type)
        assert str(refused.value) == example["refused"]
        return
    found = parse(body, content_type)
    events = list(found.events) if isinstance(found, Batch) else [found]
    assert len(events) == len(example["gives"])
    given = [told(*one) for one in zip(events, example["gives"], strict=True)]
    assert given == example["gives"]
    faults, unknown = (found.faults, found.unknown) if isinstance(found, Batch) else ((), ())
    assert list(faults) == example.get("faults", [])
    assert list(unknown) == example.get("unknown", [])


def test_the_table_is_of_every_messaging_provider() -> None:
    assert len(TABLE) >= 60
    assert {one["of"].split()[0] for one in TABLE} >= {"africastalking", "twilio", "meta", "kannel"}
