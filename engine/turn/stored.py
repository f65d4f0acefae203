"""A session as it is stored between the requests of a gateway with cumulative text."""

from typing import NamedTuple

import orjson

from engine.session import Session

FORMAT = 2


class StoredSession(NamedTuple):
    """A conversation, and what continues it.

    `number` is a keyed hash of the phone; `text_hash` is one of the text so far, of `text_length`
    characters; `at_s` is when the last turn was, in seconds since 1970.
    """

    session: Session
    number: str
    turns: int = 0
    text_length: int = 0
    text_hash: str = ""
    at_s: int = 0

    def encode(self) -> bytes:
        return orjson.dumps([FORMAT, self.session.pack(), *self[1:]])

    @classmethod
    def decode(cls, raw: bytes) -> "StoredSession | None":
        """What `encode` wrote; None for another format, which is then a session that was lost."""
        fields = orjson.loads(raw)
        if fields[0] != FORMAT:
            return None
        return cls(Session.unpack(fields[1]), *fields[2:])
