"""A WhatsApp conversation with the running demo, over every wire, finished by USSD."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.demo.phone.bubbles import bubble_of_chat
from app.demo.phone.chatting import Chatting, written_chat
from app.settings import CHECKOUT
from providers.simulator import media
from tests.app.demo.conftest import DemoPiga

NUMBER, PIN = "+250738000102", "5091"
CHAT = ("--channel", "whatsapp", "--from", NUMBER, "--service", "+250788000200")


def run(piga: DemoPiga, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", "phone", *arguments],
        cwd=CHECKOUT,
        env=os.environ | piga.env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def told(piga: DemoPiga, *arguments: str) -> Any:
    done = run(piga, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.long
def test_options_are_tapped_by_label_and_by_number(demo_piga: DemoPiga) -> None:
    talk = told(demo_piga, *CHAT, "--answers", "menu,save,0,1,640")
    menu, by_label, back, by_number, amount = talk["messages"]
    assert [each["how"] for each in talk["messages"]] == ["text", "tap", "tap", "tap", "text"]
    assert menu["list"][0] == "Save"
    assert (by_label["sent"], by_number["sent"]) == ("Save", "Save")
    assert by_label["buttons"] == ["Back", "Home"]
    assert (back["sent"], back["list"]) == ("Back", menu["list"])
    assert "Amount: 640 RWF" in amount["reply"]
    assert {each["messages"] for each in talk["messages"]} == {1}
    assert (talk["count"], talk["state"], talk["error"]) == (5, "open", None)
    call = told(
        demo_piga, "--from", NUMBER, "--service", "*384*10#", "--answers", f"1,{PIN}", "--sms"
    )
    assert "640 RWF" in call["hops"][0]["screen"]
    assert (call["state"], call["dial"]) == ("ended", "*384*10#")
    assert "Saved 640 RWF" in call["sms"][-1]["text"]


@pytest.mark.long
def test_a_place_is_shared_and_a_pin_is_not_repeated(demo_piga: DemoPiga) -> None:
    done = run(demo_piga, *CHAT, "--answers", f"PIN {PIN}", "--share-location")
    assert done.returncode == 0, done.stderr
    assert "> PIN ****" in done.stdout
    assert "> shares KN 4 Ave, Kigali" in done.stdout
    assert PIN not in done.stdout
    assert PIN not in demo_piga.said()


@pytest.mark.long
def test_a_file_of_ones_own_answers_a_question_for_one(demo_piga: DemoPiga, tmp_path: Path) -> None:
    picture = tmp_path / "message.jpg"
    picture.write_bytes(media.SAMPLES["image"][1])
    answers = f"menu,missing money,5000,@{picture},yes"
    talk = told(demo_piga, *CHAT, "--answers", answers)
    *_, asked, sent, noted = talk["messages"]
    assert "Send a photo or screenshot" in asked["reply"]
    assert (sent["sent"], sent["how"]) == ("message.jpg", "file")
    assert "Message: as in your picture" in sent["reply"]
    assert "We look for 5,000 RWF" in noted["reply"]
    until = time.monotonic() + 30
    with psycopg.connect(demo_piga.configured["PIGA_RELAY_URL"], autocommit=True) as looking:
        states = "SELECT state FROM inbound_file"
        while (found := looking.execute(states).fetchall()) != [("kept",)]:
            assert time.monotonic() < until, found
            time.sleep(0.1)


@pytest.mark.long
@pytest.mark.parametrize(
    "arguments",
    [
        (*CHAT, "--answers", "menu,@no-such-file.png"),
        ("--channel", "whatsapp", "--from", NUMBER, "--answers", "menu"),
        ("--channel", "whatsapp", "--from", NUMBER, "--service", "+250788000200"),
        ("--service", "384", "--from", NUMBER, "--answers", "1"),
    ],
)
def test_what_makes_no_sense_is_said(demo_piga: DemoPiga, arguments: tuple[str, ...]) -> None:
    done = run(demo_piga, *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_transcript_shows_what_can_be_tapped() -> None:
    talk: Chatting = {
        "channel": "whatsapp",
        "from": NUMBER,
        "service": "+250788000200",
        "messages": [
            {
                "sent": "Save",
                "how": "tap",
                "reply": "How much?",
                "buttons": ["Back"],
                "files": ["Image"],
                "list": ["Kopera (Kopera Twisungane)"],
                "messages": 1,
                "took_ms": 12.3,
            }
        ],
        "count": 1,
        "state": "failed",
        "error": "No reply came in time.",
    }
    text = written_chat(talk)
    for line in (
        "> taps Save",
        "  📎 Image",
        "  [ Back ]",
        "  • Kopera (Kopera Twisungane)",
        "1 message sent",
    ):
        assert line in text


ENTRY = {"id": "wamid.1", "at": "2026-11-30T00:00:00.000+00:00", "status": "read", "by": "us"}


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ({"type": "text", "text": {"body": "Muraho"}}, {"text": "Muraho"}),
        (
            {
                "type": "interactive",
                "interactive": {
                    "type": "location_request_message",
                    "body": {"text": "Where are you?"},
                    "action": {"name": "send_location"},
                },
            },
            {"text": "Where are you?", "asks": "location"},
        ),
        (
            {"type": "document", "document": {"id": "77", "filename": "S.pdf", "caption": "Here"}},
            {"text": "Here", "file": {"id": "77", "link": "", "name": "S.pdf"}},
        ),
        (
            {
                "type": "interactive",
                "interactive": {
                    "type": "button",
                    "header": {"type": "image", "image": {"link": "https://example.com/a.png"}},
                    "body": {"text": "This one?"},
                    "footer": {"text": "0 Back"},
                    "action": {"buttons": [{"reply": {"id": "a.1", "title": "Yes"}}]},
                },
            },
            {
                "file": {"id": "", "link": "https://example.com/a.png", "name": "Image"},
                "footer": "0 Back",
                "choices": [{"id": "a.1", "title": "Yes", "description": ""}],
            },
        ),
        ({"type": "unsupported"}, {"text": "", "kind": "unsupported"}),
        ({"type": "reaction", "reaction": {"emoji": "👍"}}, {"text": "👍"}),
    ],
)
def test_each_kind_of_message_is_a_bubble(message: dict[str, Any], shown: dict[str, Any]) -> None:
    bubble = bubble_of_chat({**ENTRY, "message": message})
    assert {name: bubble[name] for name in shown} == shown  # type: ignore[literal-required]
    assert (bubble["by"], bubble["status"]) == ("us", "read")
