"""A phone in somebody's hand, and what must hold of every reply that it gets."""

import json
import os
import re
from typing import Any

from engine.session import Session
from engine.turn.stored import StoredSession
from engine.turn.ussd import Reply, UssdRequest
from menus import gsm7
from menus.limits import PIN_DIGITS_MIN
from tests.support.tenants import KEYS, PROVIDER
from tests.support.ussd import CODE, CODE_SHARED, CODE_UCS2, UssdTenant, session_key

CODES = (CODE, CODE_SHARED, CODE_UCS2)
# What a person is never shown: the inside of a program, or a sentence without its values.
NEVER = re.compile(r"Traceback|Error|Exception|\bNone\b|[{}]|object at|  ")


class Phone:
    """Dials, types and hangs up over a gateway with cumulative text, as Africa's Talking's.

    Every hop that was answered is posted a second time: the copy gets the same reply.
    """

    def __init__(self, tenant: UssdTenant, number: str, *, posts_twice: bool = True) -> None:
        self.tenant = tenant
        self.number = number
        self.posts_twice = posts_twice
        self.code = CODE
        self.session_id = ""
        self.text = ""
        self.reply = Reply("", True)
        self._secrets: list[str] = []

    def dial(self, dialled: str = CODE, *, digits_in_code: bool = False) -> Reply:
        """Begin a session. Digits after the service's code come as a first text, or in the code:
        gateways differ."""
        self.session_id = f"ATUid_{os.urandom(16).hex()}"
        self.code, self.text = dialled, ""
        service = _service_of(dialled)
        if dialled != service and not digits_in_code:
            self.code = service
            self.text = dialled[len(service) : -1]
        return self.post()

    def type(self, *answers: str) -> Reply:
        """Answer, hop by hop; the reply to the last one."""
        for answer in answers:
            self._note_secret(answer)
            self.text = f"{self.text}*{answer}" if self.text else answer
            self.post()
        return self.reply

    def post(self) -> Reply:
        """Send the hop as it stands, and look closely at the reply."""
        self.reply = self.send()
        self.look()
        if self.posts_twice:
            assert self.send() == self.reply, "a copy of a hop gets the reply of the hop"
        return self.reply

    def send(self) -> Reply:
        """Only send it."""
        return self.tenant.turns.take(self.hop())

    def hop(self) -> UssdRequest:
        return UssdRequest(PROVIDER, self.code, self.session_id, self.number, self.text)

    # -- looking -----------------------------------------------------------------------------------

    @property
    def shows(self) -> str:
        return self.reply.text

    @property
    def session_hash(self) -> str:
        return self.tenant.session_hash(self.session_id, _service_of(self.code))

    @property
    def stored(self) -> StoredSession | None:
        return self.tenant.stored(self.session_hash, _service_of(self.code))

    @property
    def session(self) -> Session | None:
        stored = self.stored
        return stored.session if stored else None

    @property
    def place(self) -> str:
        session = self.session
        assert session is not None
        return session.place.name

    def look(self) -> None:
        text = self.reply.text
        assert text.strip() == text != ""
        assert not NEVER.search(text), text
        carries_ucs2 = _service_of(self.code) == CODE_UCS2
        budget = 182 if carries_ucs2 else 160
        assert gsm7.fits(text, budget) or (carries_ucs2 and gsm7.ucs2_units(text) <= 70), text
        self._look_at_session()

    def _look_at_session(self) -> None:
        """It is the same after another turn's reading and writing, and holds no secret."""
        kept: Any = self.tenant.redis.hgetall(session_key(self.session_hash))
        stored = self.stored
        if stored is None:
            return
        data = stored.encode()
        assert StoredSession.decode(data) == StoredSession.unpack(stored.pack()) == stored
        found = [*words_of(json.loads(data)), *map(repr, kept), *self._turn_log()]
        for secret in self._secrets:
            assert not any(re.search(rf"\b{secret}\b", words) for words in found)

    def _turn_log(self) -> list[str]:
        stream = f"turns:{{{self.session_hash[:2]}}}"
        entries: Any = self.tenant.redis.xrange(stream)
        rows = [json.loads(row[b"t"]) for _, row in entries]
        for row in rows:
            del row["took_us"]  # some turn or other takes as long as a PIN reads
        return [words for row in rows for words in words_of(row)]

    def _note_secret(self, answer: str) -> None:
        session = self.session
        if session is not None and session.asks_secret and len(answer) >= PIN_DIGITS_MIN:
            self._secrets.append(re.escape(answer))


def words_of(data: Any) -> list[str]:
    """Every word and number in JSON, without what is only hash or id."""
    match data:
        case dict():
            return [word for item in data.items() for word in words_of(list(item))]
        case list():
            return [word for item in data for word in words_of(item)]
        case str():
            return [without_hashes(data)]
    return [str(data)]


def without_hashes(text: str) -> str:
    """Without hashes, ids and parts of a second, in which any digits turn up some day."""
    return re.sub(
        r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|(?<=:\d\d)\.\d+", "#", text
    )


def _service_of(dialled: str) -> str:
    """The service code that a dialled string begins with."""
    for code in CODES:
        if dialled == code or dialled.startswith(code[:-1] + "*"):
            return code
    return dialled


def phone_of(tenant: UssdTenant, who: str, **more: Any) -> Phone:
    """The phone of a person by their key, `key/2` for their second one, or of a bare number."""
    key, _, which = who.partition("/")
    number = who if who.startswith("+") else tenant.people[key].phones[int(which or 1) - 1]
    return Phone(tenant, number, **more)


__all__ = ["KEYS", "Phone", "phone_of"]
