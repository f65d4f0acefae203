"""The phone's side of the fake network: its control interface, over HTTP on loopback."""

import http.client
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict, cast
from urllib.parse import quote, urlsplit

from app.demo.phone.limits import NETWORK_ANSWER_BYTES_MAXIMUM, NETWORK_WITHIN_S


class Hop(TypedDict):
    """What the handset shows after a hop. `error` is None while all is well.

    `replies` and `same` come with `twice`: the raw answers to both copies, and whether they were
    byte for byte alike.
    """

    session: str
    screen: str
    state: Literal["open", "ended", "failed"]
    error: str | None
    hop: int
    took_ms: float
    replies: NotRequired[list[str]]
    same: NotRequired[bool]


# A text on a handset; `at` is ISO 8601 UTC. (`from` is no name in Python.)
Sms = TypedDict("Sms", {"id": str, "at": str, "from": str, "text": str, "status": str})


class Dialled(TypedDict):
    """A code that can be dialled."""

    tenant: str
    service: str


class Address(TypedDict):
    """What can be dialled or written to; `channel` is "ussd", "sms" or "whatsapp"."""

    tenant: str
    channel: str
    service: str
    provider: str


class NetworkDown(Exception):
    """The fake network does not answer. Its text is a sentence for who holds the phone."""


class NetworkRefused(Exception):
    """It did not take the request: `status` is HTTP's, the text says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Network:
    """The fake network at a URL. Every method raises NetworkDown and NetworkRefused."""

    def __init__(self, url: str) -> None:
        self.url = url
        place = urlsplit(url)
        self._host, self._port = place.hostname or "", place.port or 80

    def dial(self, sender: str, dialled: str) -> Hop:
        return cast(Hop, self.post("dial", {"from": sender, "dial": dialled}))

    def answer(self, session: str, answer: str) -> Hop:
        return cast(Hop, self.post("answer", {"session": session, "answer": answer}))

    def twice(self, session: str, answer: str) -> Hop:
        return cast(Hop, self.post("twice", {"session": session, "answer": answer}))

    def act(self, act: Literal["hangup", "timeout", "redial"], session: str) -> Hop:
        return cast(Hop, self.post(act, {"session": session}))

    def inbox(self, msisdn: str) -> list[Sms]:
        """The texts that reached a number, oldest first."""
        return cast(list[Sms], self._ask("GET", f"inbox?msisdn={quote(msisdn, safe='')}"))

    def services(self) -> list[Dialled]:
        return cast(list[Dialled], self._ask("GET", "services"))

    def addresses(self) -> list[Address]:
        return cast(list[Address], self._ask("GET", "addresses"))

    def thread(self, msisdn: str) -> list[Any]:
        """The texts from and to a number, oldest first."""
        return cast(list[Any], self._ask("GET", f"thread?msisdn={quote(msisdn, safe='')}"))

    def chat_with(self, sender: str, service: str) -> list[Any]:
        """A person's chat with a number of ours, oldest first."""
        query = f"from={quote(sender, safe='')}&to={quote(service, safe='')}"
        return cast(list[Any], self._ask("GET", f"whatsapp?{query}"))

    def chat(self, sender: str, service: str, what: Mapping[str, Any]) -> None:
        """Write, tap or share something in that chat."""
        self.post("whatsapp", {**what, "from": sender, "to": service})

    def file(self, id: str) -> Any:
        """A file of a chat: `mime_type`, and `content` in base64."""
        return self._ask("GET", f"whatsapp/file?id={quote(id, safe='')}")

    def troubles(self) -> list[str]:
        """What is bad about the network now, as `providers/simulator/bad_network.py` names it."""
        return cast(list[str], self._ask("GET", "faults")["network"])

    def wire(self, session: str) -> Any:
        """What went over the wire in a session, without what was typed."""
        return self._ask("GET", f"log?session={quote(session, safe='')}")

    def forget(self, accounts: Sequence[str]) -> None:
        """Empty the inboxes of what these accounts have sent."""
        self.post("forget", {"accounts": list(accounts)})

    def post(self, act: str, body: Mapping[str, Any]) -> Any:
        return self._ask("POST", act, json.dumps(body).encode())

    def _ask(self, method: str, target: str, body: bytes | None = None) -> Any:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=NETWORK_WITHIN_S)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            connection.request(method, f"/phone/{target}", body, headers)
            response = connection.getresponse()
            said = json.loads(response.read(NETWORK_ANSWER_BYTES_MAXIMUM))
        except TimeoutError:
            raise NetworkDown(
                "The demo's phone network does not answer in time. Try again."
            ) from None
        except (OSError, http.client.HTTPException, ValueError):
            raise NetworkDown(
                "The demo's phone network does not answer: is `piga run` still running?"
            ) from None
        finally:
            connection.close()
        if response.status != http.client.OK:
            why = said.get("error") if isinstance(said, dict) else None
            raise NetworkRefused(response.status, _sentence(str(why or "the network refused it")))
        return said


def _sentence(why: str) -> str:
    return _SENTENCES.get(why) or f"{why[:1].upper()}{why[1:]}."


_SENTENCES = {
    "from: not a phone number": "That is not a phone number: type it like +250788000001.",
    "msisdn: not a phone number": "That is not a phone number: type it like +250788000001.",
    "no such session": "The network no longer knows this session. Dial again.",
    "the session is over": "The session is over. Dial again.",
    "the last hop has no answer yet": "The last answer is still on its way. Wait a moment.",
}


def explain(error: str) -> str:
    """Why a session failed or was cut, in a sentence for who holds the phone."""
    return _FAILURES.get(error) or f"The network ended the session: {error}."


_FAILURES = {
    "this is not a USSD code": "That is not a USSD code: it looks like *384*10#.",
    "no service answers this code": "No service answers this code.",
    "the session timed out": "The session timed out.",
    "connection refused": "Piga's web server is down (connection refused). Redial in a moment.",
    "connection dropped": "Piga's web server cut the connection. Redial in a moment.",
    "no answer in time": "Piga's web server did not answer within 10 seconds.",
}
