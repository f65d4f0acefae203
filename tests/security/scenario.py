"""People who use their phones in every way that puts a secret somewhere: rightly, wrongly, while
things break."""

import json
import re
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import psycopg

SERVICE = "*384*10#"
NEW = "+250786431907"
STRANGER = "+250733918264"
AGENT, AGENT_PIN = "+250788000111", "1964"
MEMBER, MEMBER_PIN = "+250788000102", "5091"

# Secrets as they are typed, by what was done with them. Six digits, so that one that turns up is no
# chance; none begins as a duration in microseconds could.
PINS = {
    "chosen at registration": "739164",
    "weak and refused": "454545",
    "mistyped the second time": "917350",
    "chosen in place of the first": "846027",
    "wrong": "628305",
    "wrong, in other digits": "729538",
    "wrong, a third time": "947206",
    "the agent's": "706283",
    "the member's": "859471",
    "typed into a menu": "571839",
    "typed into a sentence": "834129",
    "typed as an amount over the limit": "962481",
    "typed as a name": "675028",
    "typed as a phone number": "684913",
    "typed at a confirmation": "467938",
    "typed as a code": "815936",
    "dialled behind the code": "593741",
    "dialled inside the code": "493752",
    "typed while Postgres refuses": "641597",
    "typed while Postgres is down": "752816",
    "typed while Redis is down": "863904",
    "typed into a session that is over": "918473",
    "sent in a field of its own": "536194",
    "sent under a wrong secret": "627491",
    "sent as JSON": "485162",
}
# A number that is typed where an amount is asked for is an amount: nobody can tell that it was
# meant as a PIN, so it is kept as the amount that the confirmation shows, in the session and the
# intent, and nowhere as anything else.
PIN_TAKEN_AS_AMOUNT = "418362"


class Gateway:
    """The fake gateway's phone, and the wire behind it."""

    def __init__(self, fakes_url: str, web_url: str, hook: str) -> None:
        self._fakes_url = fakes_url
        self._web_url = web_url
        self.hook = hook
        self.session = ""
        self.screen = ""

    def dial(self, number: str, dialled: str = SERVICE) -> str:
        return self._act("dial", {"from": number, "dial": dialled})

    def type(self, *answers: str) -> str:
        for answer in answers:
            self._act("answer", {"session": self.session, "answer": answer})
        return self.screen

    def sees(self, words: str) -> None:
        assert words in self.screen, self.screen

    def inbox(self, number: str) -> list[str]:
        found = self._ask(f"/phone/inbox?msisdn={number[1:]}")
        return [text["text"] for text in found]

    def faults(self, **wanted: Any) -> None:
        self._ask("/phone/faults", wanted)

    def post(self, path: str, fields: dict[str, str] | bytes, kind: str = "") -> tuple[int, str]:
        """Straight to the web server."""
        body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        request = urllib.request.Request(self._web_url + path, body)
        request.add_header("Content-Type", kind or "application/x-www-form-urlencoded")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def _act(self, act: str, wanted: dict[str, str]) -> str:
        shown = self._ask(f"/phone/{act}", wanted)
        self.session, self.screen = shown["session"], shown["screen"]
        return self.screen

    def _ask(self, path: str, wanted: dict[str, Any] | None = None) -> Any:
        body = None if wanted is None else json.dumps(wanted).encode()
        request = urllib.request.Request(self._fakes_url + path, body)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=15) as answer:
            return json.loads(answer.read())


def hop(number: str, text: str, service: str = SERVICE, **more: str) -> dict[str, str]:
    return {
        "sessionId": f"ATUid_{secrets.token_hex(16)}",
        "phoneNumber": number,
        "networkCode": "63510",
        "serviceCode": service,
        "text": text,
        **more,
    }


@contextmanager
def refused_by_postgres(admin_url: str, right: str) -> Iterator[None]:
    """A right of the application's role is gone, and every statement that needs it fails."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(f"REVOKE {right} FROM piga_app")
        yield
        connection.execute(f"GRANT {right} TO piga_app")


def register(gateway: Gateway) -> None:
    gateway.dial(NEW)
    gateway.type("1")
    gateway.sees("name")
    gateway.type(PINS["typed as a name"])
    gateway.type("Mukandori Vestine", PINS["weak and refused"])
    gateway.type(PINS["chosen at registration"], PINS["mistyped the second time"])
    gateway.type(PINS["chosen at registration"])
    gateway.type(PINS["chosen at registration"])
    gateway.sees("registered")
    gateway.type(PINS["typed into a menu"], f"my PIN is {PINS['typed into a sentence']}")
    gateway.dial(NEW)
    gateway.type("00", "8", "1", PINS["chosen at registration"])
    gateway.type(PINS["chosen in place of the first"])
    gateway.type(PINS["chosen in place of the first"])
    gateway.sees("is changed")


def change_pin(gateway: Gateway, number: str, old: str, new: str) -> None:
    gateway.dial(number)
    gateway.type("8", "1", old, new)
    gateway.type(new)
    gateway.sees("chang")


def pay(gateway: Gateway) -> None:
    """Into a group, past everything that can be mistyped on the way."""
    gateway.dial(MEMBER, "*384*10*1#")
    gateway.type("1", PINS["typed as an amount over the limit"])
    gateway.type("5000")
    gateway.sees("Amount: 5,000")
    gateway.type(PINS["typed at a confirmation"])
    gateway.type("1")
    gateway.sees("PIN")
    gateway.type(PINS["the member's"])
    gateway.sees("Saved 5,000")
    secret = PINS["typed into a session that is over"]
    late = hop(MEMBER, f"1*1*5000*1*{secret}", sessionId=gateway.session)
    assert gateway.post(gateway.hook, late)[0] == 200
    # With digits dialled along, the PIN among them: the gateway puts them here or there.
    secret = PINS["dialled behind the code"]
    gateway.dial(MEMBER, f"*384*10*1*1*500*1*{secret}#")
    gateway.sees("Save in")
    gateway.faults(ussd={"suffix": "service_code"})
    secret = PINS["dialled inside the code"]
    gateway.dial(MEMBER, f"*384*10*1*1*600*1*{secret}#")
    gateway.sees("Save in")
    gateway.faults(ussd={"suffix": "text"})
    gateway.dial(MEMBER, "*384*10*1*1#")
    gateway.type(PIN_TAKEN_AS_AMOUNT)
    gateway.sees("418,362")


def top_up(gateway: Gateway) -> str:
    """A sale that is held and approved by a code; answers the code."""
    gateway.dial(AGENT, "*384*10*9*1#")
    gateway.type(PINS["typed as a phone number"], AGENT, NEW)
    gateway.type("20000")
    gateway.sees("20,000")
    gateway.type("1", PINS["the agent's"])
    gateway.sees("code")
    code = _texted_code(gateway)
    gateway.type(PINS["typed as a code"])
    gateway.type(code)
    gateway.sees("Now take 20,000")
    return code


def _texted_code(gateway: Gateway) -> str:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for text in gateway.inbox(NEW):
            if found := re.search(r"\b\d{6}\b", text):
                return found[0]
        time.sleep(0.1)
    raise AssertionError("the code never came")


def guess(gateway: Gateway) -> None:
    """Until the PIN is locked."""
    gateway.dial(NEW, "*384*10*2#")
    other_digits = PINS["wrong, in other digits"].translate(
        str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    )
    gateway.type(PINS["wrong"], other_digits)
    gateway.type(PINS["wrong, a third time"])
    gateway.sees("Too many wrong PINs")


def post_nonsense(gateway: Gateway) -> None:
    """What no gateway would send."""
    secret = PINS["sent in a field of its own"]
    more = {"pin": secret, "networkCode": secret, "input": f"1*{secret}"}
    assert gateway.post(gateway.hook, hop(STRANGER, "", **more))[0] == 200
    assert gateway.post(gateway.hook, hop(secret, secret, secret))[0] == 200
    assert gateway.post(gateway.hook, hop(f"+25078{secret}x", secret))[0] == 200
    assert gateway.post(gateway.hook + f"?pin={secret}", hop(STRANGER, "9" * 10_000 + secret))
    wrong = gateway.hook[:-4] + "AAAA"
    secret = PINS["sent under a wrong secret"]
    assert gateway.post(wrong, hop(STRANGER, secret))[0] == 403
    assert gateway.post(f"/hooks/africastalking/{secret}/{secret}", {"text": secret})[0] == 404
    secret = PINS["sent as JSON"]
    body = json.dumps(hop(STRANGER, secret)).encode()
    assert gateway.post(gateway.hook, body, "application/json")[0] == 200


def break_things(gateway: Gateway, admin_url: str) -> None:
    """Faults of the database in the middle of a PIN, a receipt and a look-up."""
    secret = PINS["typed while Postgres refuses"]
    gateway.dial(STRANGER)
    gateway.type("1", "Habiyaremye Faustin")
    with refused_by_postgres(admin_url, "INSERT ON pin_proposal"):
        gateway.type(secret)
        gateway.sees("Nothing was taken")
    with refused_by_postgres(admin_url, "SELECT ON subscriber"):
        gateway.dial(MEMBER, f"*384*10*2*{secret}#")
        gateway.sees("Nta mafaranga yakuweho")  # nobody knows who speaks
    with refused_by_postgres(admin_url, "UPDATE ON message"):
        gateway.dial(MEMBER, "*384*10*1*1*700#")
        gateway.type("1", PINS["the member's"])
        gateway.sees("Saved 700")
        time.sleep(1)  # for a worker to fail at it
    # And of the company that sends the texts.
    gateway.faults(sms={"modes": [{"mode": "http", "status": 502}, {"mode": "drop_after"}]})
    gateway.dial(MEMBER, "*384*10*1*1*800#")
    gateway.type("1", PINS["the member's"])
    gateway.sees("Saved 800")


def at_the_pin(gateway: Gateway) -> None:
    gateway.dial(MEMBER, "*384*10*2#")
    gateway.sees("PIN")
