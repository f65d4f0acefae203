"""A conversation by text messages with the running demo, over every wire, finished by USSD."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from app.settings import CHECKOUT
from tests.app.demo.conftest import DemoPiga

pytestmark = pytest.mark.long

NUMBER, PIN = "+250788000102", "5091"
GHANAIAN = "+233240000401"


def phone(piga: DemoPiga, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "phone", *arguments, "--json"],
        cwd=CHECKOUT,
        env=os.environ | piga.env,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_saving_begun_by_text_is_paid_by_ussd(demo_piga: DemoPiga) -> None:
    sms = ("--channel", "sms", "--from", NUMBER, "--service", "10384")
    talk = phone(demo_piga, *sms, "--answers", "menu,1,500,1")
    assert talk["state"] == "open"
    replies = [each["reply"] for each in talk["messages"]]
    assert len(replies) == 4
    assert "500 RWF" in replies[2]
    assert all("*384*10#" in reply for reply in replies[2:])
    assert {each["segments"] for each in talk["messages"]} == {1}
    call = phone(demo_piga, "--from", NUMBER, "--dial", "*384*10#", "--answers", f"1,{PIN}")
    assert "500 RWF" in call["hops"][0]["screen"]
    assert call["state"] == "ended"
    assert call["hops"][2]["sent"] == "****"


def test_a_pin_that_was_sent_is_not_repeated(demo_piga: DemoPiga) -> None:
    sms = ("--channel", "sms", "--from", NUMBER, "--service", "10384")
    [told] = phone(demo_piga, *sms, "--answers", f"PIN {PIN}")["messages"]
    assert told["sent"] == "PIN ****"
    assert "*384*10#" in told["reply"]
    assert PIN not in demo_piga.said()


def test_texts_go_through_a_kannel_too(demo_piga: DemoPiga) -> None:
    """The number of the tenant that has one: its `get-url`, its `sendsms`, its reports."""
    talk = phone(
        demo_piga,
        *("--channel", "sms", "--from", GHANAIAN, "--service", "1400", "--answers", "menu,1"),
    )
    assert talk["state"] == "open"
    assert [bool(each["reply"]) for each in talk["messages"]] == [True, True]
