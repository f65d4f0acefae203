"""Those who have WhatsApp, as the fake knows them: a number, an id, and what they show of both."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

PORTFOLIO = "fake"
_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")
_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")


@dataclass(frozen=True, slots=True)
class Somebody:
    """`hides_number`: businesses see the id alone, unless they are given the number."""

    number: str
    user_id: str
    name: str = ""
    username: str = ""
    hides_number: bool = False

    @property
    def digits(self) -> str:
        return self.number.lstrip("+")

    def contact(self) -> dict[str, Any]:
        """What stands beside a message of theirs."""
        profile = {"name": self.name or "Somebody"}
        if self.username:
            profile["username"] = self.username
        found: dict[str, Any] = {"profile": profile, "user_id": self.user_id}
        return found if self.hides_number else found | {"wa_id": self.digits}

    def as_sender(self) -> dict[str, Any]:
        """How a message names them."""
        named = {"from_user_id": self.user_id}
        return named if self.hides_number else named | {"from": self.digits}


class People:
    """Found by number or id; who was never heard of comes into being with both."""

    def __init__(self) -> None:
        self._by_number: dict[str, Somebody] = {}
        self._by_id: dict[str, Somebody] = {}
        self._lock = threading.Lock()

    def find(self, address: str) -> Somebody:
        """By a number, with a plus or without, or by an id. Raises ValueError."""
        number = address if address.startswith("+") else f"+{address}"
        with self._lock:
            found = self._by_id.get(address) or self._by_number.get(number)
            if found is not None:
                return found
            if _ID.fullmatch(address):
                return self._keep(Somebody(_number_for(address), address, hides_number=True))
            if not _NUMBER.fullmatch(number):
                raise ValueError("from: a number or an id, please")
            return self._keep(Somebody(number, _id_for(number)))

    def change(self, address: str, wanted: Mapping[str, Any]) -> Somebody:
        """Say what they show. Raises ValueError."""
        known = {"name": str, "username": str, "hides_number": bool}
        if any(name not in known or not isinstance(wanted[name], known[name]) for name in wanted):
            raise ValueError("name, username and hides_number, please")
        found = self.find(address)
        with self._lock:
            return self._keep(replace(found, **wanted))

    def move(self, address: str, number: str) -> tuple[Somebody, Somebody]:
        """Give them another number, and with it another id: before and after."""
        if not _NUMBER.fullmatch(number):
            raise ValueError("number: not a phone number")
        before = self.find(address)
        with self._lock:
            self._by_number.pop(before.number, None)
            self._by_id.pop(before.user_id, None)
            now = self._keep(replace(before, number=number, user_id=_id_for(f"{number} moved")))
        return before, now

    def _keep(self, one: Somebody) -> Somebody:
        self._by_number[one.number] = self._by_id[one.user_id] = one
        return one


def _id_for(text: str) -> str:
    """The same each time, so that it is known after a restart."""
    digest = hashlib.sha256(f"{PORTFOLIO} {text}".encode()).hexdigest()
    return f"RW.{int(digest[:16], 16)}"


def _number_for(user_id: str) -> str:
    digest = int(hashlib.sha256(user_id.encode()).hexdigest()[:8], 16)
    return f"+2507{digest % 100_000_000:08d}"
