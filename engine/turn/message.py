"""A request and its reply, and what can be wrong with a request.

They are made at every hop, so they are structs of msgspec. None shows what was typed, or by whom.
"""

from typing import Final

import msgspec

from core.db.database import Deadline
from core.tenants.directory import Service
from engine.session import Session
from engine.turn.stored import StoredSession
from menus.texts import Text, _
from values import waiting


class LastInput(msgspec.Struct, frozen=True):
    """What is known of a message on a wire that gives the last input only.

    `is_first`: whether it begins a session; None where the wire does not say. `dialled` is the
    string that was dialled if it does, '' where that is not known. Copies share the `hop_id`; where
    there is none, the same text within `copy_within_s` of the reply is a copy. `number_once`: later
    messages of the session come without the number. `ids_unique`: no session gets another's id.
    """

    is_first: bool | None = None
    dialled: str = ""
    hop_id: str = ""
    copy_within_s: int = 0
    number_once: bool = False
    ids_unique: bool = False

    def __repr__(self) -> str:
        return "LastInput()"


class UssdRequest(msgspec.Struct, frozen=True):
    """One inbound message of a gateway. `address` is E.164, or '' where the session knows it.
    `text` is the whole text so far, or with `last` what was typed last."""

    provider: str
    service_code: str
    session_id: str
    address: str
    text: str
    too_long: bool = False  # the text was cut on the way: it is nobody's answer
    last: LastInput | None = None
    network: str = ""  # as the gateway names it

    def __repr__(self) -> str:
        return f"UssdRequest({self.provider!r}, {self.service_code!r})"


class Reply(msgspec.Struct, frozen=True):
    """What the phone shows; `ends` closes the session."""

    text: str
    ends: bool

    def pack(self) -> bytes:
        return (b"E" if self.ends else b"C") + self.text.encode()

    @classmethod
    def unpack(cls, packed: bytes) -> "Reply":
        return cls(packed[1:].decode(), packed[:1] == b"E")


# The session that a turn goes on with, and the new answer; no answer: it is the first message.
Continued = tuple[StoredSession, str | None]

# How a turn came out, as the turn log has it; besides what a step's outcome may be.
ENDED: Final = "ended"
UNKNOWN: Final = "unknown"
FAILED: Final = "failed"


class Turn(msgspec.Struct):
    """What is known of the request being worked. `text` has the digits dialled after the code, too;
    `text_hash` is a keyed hash of it."""

    service: Service
    request: UssdRequest
    session_hash: str
    number: str
    text: str
    text_hash: str
    reply_key: str  # what the reply is kept under, for copies of the request
    token: bytes
    deadline: Deadline
    language: str  # the tenant's first, until it is known who speaks
    at_secret: bool = False  # what was typed answers a PIN or a code
    is_closed: bool = False  # the session is let go: nothing of this turn is saved any more
    count: int = 0  # which turn of its session this is, once that is known
    place: str = ""  # where the session stood before it
    continued: Continued | None = None  # how it goes on, where that is not in the text
    before: Session | None = None  # what this phone left under the same session id
    name: str = ""  # what the books know the session by, where its id may come again
    failure: bytes = b""  # the line of the turn log, once it is known to have failed

    def __repr__(self) -> str:
        return f"Turn({self.names()!r})"

    @property
    def pointer(self) -> str:
        """What a phone's last session is remembered under."""
        return f"{self.service.id.hex}:{self.number}"

    def names(self) -> dict[str, str | int]:
        """What a log line says of it: ids, and nothing of who called or what was typed."""
        return {
            "tenant": self.service.tenant.slug,
            "session": self.session_hash[:8],
            "turn": self.count,
            "place": self.place,
        }


class Refused(Exception):
    """The request does not fit its session: nothing is changed, and the phone says so."""

    def __init__(self, reason: Text) -> None:
        super().__init__("refused")
        self.reason = reason


STILL_WORKING: Final = _("We are still working on it. Dial again in a minute to see what was done.")


class StillWorking(Refused):
    """A copy of this request, or this phone's turn before, is still running when time is up. It may
    have done what it was asked: nobody may read that nothing was taken."""

    def __init__(self) -> None:
        super().__init__(STILL_WORKING)


def wait(turn: Turn, pause_s: float) -> None:
    """Wait for another turn's end, within this one's deadline. Raises StillWorking."""
    if turn.deadline.left_s <= pause_s:
        raise StillWorking
    waiting.sleep(pause_s)
