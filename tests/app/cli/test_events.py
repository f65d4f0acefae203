"""`piga events`: subscriptions of a tenant, and what became of its events."""

import re

import pytest

from tests.support.cli import Piga, demo
from values.ids import uuid7

__all__ = ["demo"]

TENANT = ("--tenant", "moto")


def test_a_subscription_from_its_beginning_to_its_end(
    demo: Piga, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.events.TEST_WAIT_S", 0.3)
    made = demo(
        *("events", "subscribe", *TENANT, "--url", "http://127.0.0.1:1/piga"),
        *("--kind", "payment.posted", "--kind", "message.failed"),
    )
    found = re.fullmatch(
        r"Subscription: ([0-9a-f-]{36})\nSecret, shown once: (whsec_\S+)\n", made.stdout
    )
    assert found
    id, secret = found.groups()
    listed = demo("events", "subscriptions", *TENANT).stdout
    assert f"{id}  on  http://127.0.0.1:1/piga  payment.posted message.failed\n" in listed
    assert secret not in listed
    rotated = demo("events", "rotate", id, *TENANT, "--hours", "2")
    assert re.fullmatch(r"Secret, shown once: whsec_\S+\n", rotated.stdout)
    assert secret not in rotated.stdout
    asked = demo("events", "test", id, *TENANT)  # no worker runs here
    assert asked.exit_code == 1
    assert asked.stderr == (
        "Error: It was not taken: no worker has sent it yet. It is tried again.\n"
    )
    assert re.search(r" UTC  test +waiting", demo("events", "list", *TENANT).stdout)
    ended = demo("events", "unsubscribe", id, *TENANT)
    assert ended.stdout == "It is off. 1 events were dropped.\n"
    again = demo("events", "unsubscribe", id, *TENANT)
    assert again.stderr == "Error: There is no such subscription, or it has ended.\n"
    assert "off (unsubscribed)" in demo("events", "subscriptions", *TENANT).stdout
    [event] = re.findall(r"^([0-9a-f-]{36}) ", demo("events", "list", *TENANT).stdout, re.M)
    assert demo("events", "replay", event, *TENANT).stdout == "0 events are sent again.\n"


def test_what_is_wrong_is_said_in_a_sentence(demo: Piga) -> None:
    def subscribe(url: str, kind: str, **env: str) -> str:
        args = ("events", "subscribe", *TENANT, "--url", url, "--kind", kind)
        return demo(*args, **env).stderr

    assert "nothing.known: there are message.received, " in subscribe("http://a/", "nothing.known")
    assert "is no URL" in subscribe("http://[", "payment.posted")
    assert "begins with https://" in subscribe("http://a/", "payment.posted", PIGA_DEMO="0")
    assert demo("events", "replay", *TENANT).stderr == "Error: Say which: their ids, or --dead.\n"
    assert demo("events", "replay", "--dead", *TENANT).stdout == "0 events are sent again.\n"
    assert demo("events", "list", "--dead", *TENANT).stdout == "No such events.\n"
    unknown = demo("events", "test", str(uuid7()), *TENANT)
    assert unknown.stderr.startswith("Error: There is no such subscription")
