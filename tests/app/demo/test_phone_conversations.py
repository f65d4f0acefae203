"""Conversations on the phone, held over the real wire with a whole Piga running."""

import http.client
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from tests.app.demo.conftest import DemoPiga

pytestmark = pytest.mark.long

IBIMINA = "*384*10#"
MOTO = "*384*20#"
HABIMANA, HABIMANA_PIN = "+250788000102", "5091"
BIZIMANA, BIZIMANA_PIN = "+250788000111", "1964"
JUMA, JUMA_PIN = "+250788000104", "6402"
MUGISHA, MUGISHA_PIN = "+250788000202", "7084"


def command(piga: DemoPiga, *arguments: str, **env: str) -> Result:
    """`piga phone` with these arguments."""
    return CliRunner().invoke(main, ["phone", *arguments], env=piga.env | env)


def transcript(piga: DemoPiga, sender: str, dialled: str, answers: str, *more: str) -> Any:
    result = command(
        piga, "--from", sender, "--dial", dialled, "--answers", answers, "--json", *more
    )
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def screens(told: Any) -> list[str]:
    return [hop["screen"] for hop in told["hops"]]


class Api:
    """The page's own way to the phone; `headers` are sent with every request."""

    def __init__(self, piga: DemoPiga, **headers: str) -> None:
        self._place = urlsplit(piga.url).netloc
        self.headers = headers

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self._place, timeout=20)
        sent = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"} | self.headers
        try:
            connection.request(method, f"/phone/api/{path}", sent, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def do(self, act: str, **body: str) -> Any:
        status, told = self.ask("POST", act, body)
        assert status == 200, told
        return told

    def dial(self, sender: str, dialled: str) -> Any:
        return self.do("dial", **{"from": sender, "dial": dialled})

    def wire(self, session: str) -> Any:
        status, told = self.ask("GET", f"wire?session={session}")
        assert status == 200
        return told["exchanges"]


@pytest.fixture
def api(demo_piga: DemoPiga) -> Api:
    return Api(demo_piga)


# --- piga phone, by itself ------------------------------------------------------------------------


def test_a_contribution_and_its_receipt(demo_piga: DemoPiga) -> None:
    told = transcript(demo_piga, HABIMANA, IBIMINA, f"1,1,1500,1,{HABIMANA_PIN}", "--sms")
    assert (told["from"], told["dial"], told["service"]) == (HABIMANA, IBIMINA, IBIMINA)
    assert told["session"].startswith("ATUid_")
    assert (told["state"], told["error"]) == ("ended", None)
    assert [hop["sent"] for hop in told["hops"]] == [IBIMINA, "1", "1", "1500", "1", "****"]
    assert [hop["ends"] for hop in told["hops"]] == [False] * 5 + [True]
    assert all(0 < hop["septets"] <= 160 and hop["took_ms"] > 0 for hop in told["hops"])
    assert "Amount: 1,500 RWF" in screens(told)[-3]
    paid = re.search(r"Ref (\w+)\.", screens(told)[-1])
    assert paid
    (receipt,) = told["sms"]
    assert receipt["from"] == "IBIMINA"
    assert paid[1] in receipt["text"]
    assert HABIMANA_PIN not in json.dumps(told)


def test_the_transcript_as_people_read_it(demo_piga: DemoPiga) -> None:
    result = command(
        demo_piga, "--from", MUGISHA, "--dial", MOTO, "--answers", f"3,1,{MUGISHA_PIN}"
    )
    assert result.exit_code == 0
    assert f"{MUGISHA} dials {MOTO}\n┌" in result.output
    assert "\n> 3\n" in result.output
    assert "\n> ****\n" in result.output
    assert "14,000 RWF" in result.output
    assert MUGISHA_PIN not in result.output
    assert all(len(line) == 28 for line in result.output.splitlines() if line[0] in "┌│└")


def test_a_stranger_registers(demo_piga: DemoPiga) -> None:
    told = transcript(demo_piga, "+250788009001", IBIMINA, "1,Ada Uwimana,1111,2847,2847", "--sms")
    assert [hop["sent"] for hop in told["hops"]][1:] == ["1", "Ada Uwimana", "****", "****", "****"]
    assert "Easy to guess" in screens(told)[3]
    assert told["state"] == "open"
    (welcome,) = told["sms"]
    assert "Welcome" in welcome["text"]


def test_a_sale_waits_for_the_customers_word(demo_piga: DemoPiga) -> None:
    sale = f"9,1,0788000104,12000,1,{BIZIMANA_PIN}"
    sold = transcript(demo_piga, BIZIMANA, IBIMINA, sale)
    assert "code" in screens(sold)[-1]
    assert sold["state"] == "open"
    approved = transcript(demo_piga, JUMA, IBIMINA, f"1,{JUMA_PIN}", "--sms")
    assert approved["state"] == "ended"
    reference = re.search(r"\b([0-9A-Z]{8})\b", screens(approved)[-1])
    assert reference
    assert any(reference[1] in text["text"] for text in approved["sms"])
    # The code came by text; what is typed where it is asked for is masked as well.
    pending = transcript(demo_piga, BIZIMANA, IBIMINA, f"00,9,8,{BIZIMANA_PIN}")
    assert BIZIMANA_PIN not in json.dumps(pending)


def test_digits_dialled_with_the_code(demo_piga: DemoPiga) -> None:
    told = transcript(demo_piga, HABIMANA, "*384*10*1*1*700#", "2")
    assert told["service"] == IBIMINA
    assert "700 RWF" in screens(told)[0]
    assert told["hops"][-1]["sent"] == "2"


def test_answers_with_commas_come_one_by_one(demo_piga: DemoPiga) -> None:
    result = command(
        demo_piga,
        *("--from", "+250788009002", "--dial", IBIMINA, "--answers", "1", "--json"),
        *("--answer", "Uwera, Ange", "--answer", ""),
    )
    sent = [hop["sent"] for hop in json.loads(result.stdout)["hops"]]
    assert sent[1:3] == ["1", "Uwera, Ange"]
    assert len(sent) == 4


def test_answers_that_are_left_over_are_told(demo_piga: DemoPiga) -> None:
    result = command(
        demo_piga,
        *("--from", MUGISHA, "--dial", MOTO, "--answers", f"00,3,1,{MUGISHA_PIN},9,9,9,9"),
    )
    assert result.exit_code == 0
    assert re.search(r"before \d of the answers", result.stderr)


@pytest.mark.parametrize(
    ("dialled", "why"), [("*384*99#", "No service answers"), ("*999#", "No service answers")]
)
def test_a_code_that_nobody_answers_fails(demo_piga: DemoPiga, dialled: str, why: str) -> None:
    result = command(demo_piga, "--from", HABIMANA, "--dial", dialled, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["state"], told["session"], told["hops"]) == ("failed", None, [])
    assert why in told["error"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "0788000102", "--dial", IBIMINA),
        ("--from", "abc", "--dial", IBIMINA),
        ("--from", HABIMANA, "--dial", "hello"),
        ("--from", HABIMANA, "--answers", "1"),
        ("--dial", IBIMINA, "--json"),
        ("--answers", "1"),
        ("--sms",),
        (),
    ],
)
def test_what_cannot_be_begun_is_a_usage_error(
    demo_piga: DemoPiga, arguments: tuple[str, ...]
) -> None:
    result = command(demo_piga, *arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr


def test_the_port_alone_finds_it(demo_piga: DemoPiga, tmp_path: Path) -> None:
    told = command(
        demo_piga,
        *("--from", HABIMANA, "--dial", IBIMINA, "--json"),
        PIGA_HOME=str(tmp_path / "another"),
    )
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["state"] == "open"


def test_with_nobody_at_the_keys_it_asks_for_options(demo_piga: DemoPiga) -> None:
    result = command(demo_piga, "--from", HABIMANA)
    assert result.exit_code == 2
    assert "--from NUMBER --dial CODE" in result.stderr


# --- the page's interface -------------------------------------------------------------------------


def test_pressed_twice_gives_one_reply_and_one_entry(api: Api) -> None:
    hop = api.dial("+250788000101", "*384*10*1*1*900#")
    api.do("answer", session=hop["session"], answer="1")
    paid = api.do("twice", session=hop["session"], answer="2748")
    assert paid["state"] == "ended"
    assert paid["same"] is True
    assert len(paid["replies"]) == 2
    statement = api.dial("+250788000101", IBIMINA)
    api.do("answer", session=statement["session"], answer="6")
    told = api.do("answer", session=statement["session"], answer="2748")
    assert told["screen"].count("-910 RWF") == 1, told["screen"]  # fee included


def test_the_wire_shows_everything_but_what_was_typed(api: Api) -> None:
    hop = api.dial("+250788000103", "*384*10*2#")
    assert hop["secret"] is True
    assert api.do("answer", session=hop["session"], answer="8316")["state"] == "open"
    api.do("hangup", session=hop["session"])
    first, second, end = api.wire(hop["session"])
    fields = dict(first["fields"])
    assert set(fields) == {"sessionId", "phoneNumber", "networkCode", "serviceCode", "text"}
    assert fields["phoneNumber"] == "+250788000103"
    assert fields["text"] is None
    assert first["path"] == "/hooks/africastalking/ussd/..."
    assert (first["status"], first["answer"][:4]) == (200, "CON ")
    assert re.search(r"60.000 RWF", second["answer"])
    assert end["kind"] == "ussd-end"
    assert dict(end["fields"])["input"] is None
    assert "8316" not in json.dumps([first, second, end])


def test_hanging_up_timing_out_redialling(api: Api) -> None:
    hop = api.dial("+250788000106", IBIMINA)
    # This person is frozen; somebody else may have the number by now.
    assert "on hold" in hop["screen"]
    assert hop["state"] == "open"
    hop = api.dial("+250788000110", IBIMINA)
    assert (hop["used"], hop["room"], hop["unit"]) == (len(hop["screen"]), 160, "septets")
    assert api.do("hangup", session=hop["session"])["state"] == "ended"
    again = api.do("redial", session=hop["session"])
    assert again["session"] != hop["session"]
    over = api.do("timeout", session=again["session"])
    assert (over["state"], over["why"]) == ("ended", "The session timed out.")
    status, told = api.ask("POST", "answer", {"session": again["session"], "answer": "1"})
    assert (status, told["error"]) == (409, "The session is over. Dial again.")
    status, told = api.ask("POST", "answer", {"session": "ATUid_none", "answer": "1"})
    assert (status, told["error"]) == (
        404,
        "The network no longer knows this session. Dial again.",
    )


def test_the_cast(api: Api) -> None:
    status, told = api.ask("GET", "cast")
    assert status == 200
    assert [each["service"] for each in told["services"]] == [f"*384*{n}0#" for n in range(1, 6)]
    eric = next(p for p in told["people"] if p["msisdn"] == HABIMANA)
    assert (eric["tenant"], eric["pin"]) == ("ibimina", HABIMANA_PIN)
    assert told["live"]["tenant"] == "rates"


def test_bad_numbers_and_long_answers(api: Api) -> None:
    status, told = api.ask("POST", "dial", {"from": "12", "dial": IBIMINA})
    assert (status, "not a phone number" in told["error"]) == (400, True)
    status, told = api.ask("GET", "inbox?msisdn=12")
    assert (status, "not a phone number" in told["error"]) == (400, True)
    hop = api.dial("+250788000112", IBIMINA)
    long = api.do("answer", session=hop["session"], answer="9" * 10_000)
    assert long["state"] in ("open", "ended")
    assert 0 < long["used"] <= 160
    assert api.ask("POST", "answer", {"session": hop["session"], "answer": "9" * 20_000})[0] == 413


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "phone.example"},
        {"X-Forwarded-For": "192.0.2.7"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_page_elsewhere_cannot_drive_it(demo_piga: DemoPiga, headers: dict[str, str]) -> None:
    api = Api(demo_piga, **headers)
    status, told = api.ask("POST", "dial", {"from": "+250788009003", "dial": IBIMINA})
    assert status in (403, 415), told
    assert set(told) == {"error"}


def test_our_own_page_may(demo_piga: DemoPiga) -> None:
    own = Api(demo_piga, Origin=demo_piga.url, **{"Sec-Fetch-Site": "same-origin"})
    assert own.dial(HABIMANA, IBIMINA)["state"] == "open"


def test_no_pin_is_written_anywhere(demo_piga: DemoPiga, api: Api) -> None:
    canary = "739514"
    hop = api.dial("+250788009004", IBIMINA)
    for answer in ("1", "Keza Canary", canary, canary):
        hop = api.do("answer", session=hop["session"], answer=answer)
    assert hop["state"] == "open"
    said = demo_piga.said()
    assert "piga: ready" in said  # else this would have looked at nothing
    assert canary not in said
    assert "+250788009004" not in said
    for path in (demo_piga.home / "fakes").glob("*"):
        assert canary not in path.read_text()
