"""A session as it is stored between the requests of a gateway."""

from typing import Final

import msgspec

from engine.limits import BACK_STEPS_KEPT
from engine.session import Session, replace

FORMAT = 3
PACKED_FORMAT = 4


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
        """The session as JSON. Of the way back, the last BACK_STEPS_KEPT places are kept."""
        return _encoder.encode((FORMAT, replace(self, session=self._kept)))

    @classmethod
    def decode(cls, raw: bytes) -> "StoredSession | None":
        """What `encode` wrote; None for another format, which is then a session that was lost."""
        try:
            kept_format, stored = _decoder.decode(raw)
        except msgspec.DecodeError:
            return None
        return stored if kept_format == FORMAT else None

    def pack(self) -> bytes:
        """As `encode`, in half of the bytes: for Redis, where there are many."""
        number, text_hash = bytes.fromhex(self.number), bytes.fromhex(self.text_hash)
        counted = (self.turns, self.text_length, self.at_s)
        return _packer.encode(
            (PACKED_FORMAT, number, text_hash, *counted, self.address, self.name, self._kept)
        )

    @classmethod
    def unpack(cls, raw: bytes) -> "StoredSession | None":
        """What `pack` wrote; None for another format, as `decode`."""
        try:
            kept_format, number, text_hash, *counted, address, name, session = _unpacker.decode(raw)
        except msgspec.DecodeError:
            return None
        if kept_format != PACKED_FORMAT:
            return None
        turns, length, at_s = counted
        return cls(session, number.hex(), turns, length, text_hash.hex(), at_s, address, name)

    @property
    def _kept(self) -> Session:
        session = self.session
        if len(session.back) <= BACK_STEPS_KEPT:
            return session
        return replace(session, back=session.back[-BACK_STEPS_KEPT:])


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(tuple[int, StoredSession])
_packer: Final = msgspec.msgpack.Encoder()
_unpacker: Final = msgspec.msgpack.Decoder(
    tuple[int, bytes, bytes, int, int, int, str, str, Session]
)
