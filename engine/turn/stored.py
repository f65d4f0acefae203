"""A session as it is stored between the requests of a gateway."""

from typing import Final

import msgspec

from engine.limits import BACK_STEPS_KEPT
from engine.session import Session, replace

FORMAT = 3


class StoredSession(msgspec.Struct, frozen=True, array_like=True):
    """A conversation, and what continues it.

    `number` is a keyed hash of the phone; `text_hash` is one of the text so far, of `text_length`
    characters, or of the last hop where only that comes; `at_s` is when the last turn was, in
    seconds since 1970. `address` is the number itself, only where later hops come without one.
    `name` is what the books know the session by, where the wire gives its id to another one later.
    """

    session: Session
    number: str
    turns: int = 0
    text_length: int = 0
    text_hash: str = ""
    at_s: int = 0
    address: str = ""
    name: str = ""

    def encode(self) -> bytes:
        """The session as bytes. Of the way back, the last BACK_STEPS_KEPT places are kept."""
        stored = self
        back = self.session.back
        if len(back) > BACK_STEPS_KEPT:
            stored = replace(self, session=replace(self.session, back=back[-BACK_STEPS_KEPT:]))
        return _encoder.encode((FORMAT, stored))

    @classmethod
    def decode(cls, raw: bytes) -> "StoredSession | None":
        """What `encode` wrote; None for another format, which is then a session that was lost."""
        try:
            kept_format, stored = _decoder.decode(raw)
        except msgspec.DecodeError:
            return None
        return stored if kept_format == FORMAT else None


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(tuple[int, StoredSession])
