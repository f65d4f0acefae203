"""What a person put into a message: words, or something that was tapped or shared."""

from typing import Final

import msgspec


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message as it is kept, without a PIN. It is a person's, so it is stored sealed.

    `kind` is text, choice, location, media, contact, order, reaction or unsupported. `choice` is
    the id of what was tapped, `answers_id` the provider's id of the message of ours that it
    answers. `place` is latitude, longitude and what its sender calls it. `phones` are those of a
    contact that was shared, E.164; `is_own`: it is provably the sender's. `link_id` is what a paid
    text is answered under.
    """

    text: str = ""
    kind: str = "text"
    choice: str = ""
    answers_id: str = ""
    place: tuple[float, float, str] | None = None
    media: tuple[str, str, str] | None = None  # kind, reference, mime type
    phones: tuple[str, ...] = ()
    is_own: bool = False
    items: tuple[tuple[str, int], ...] = ()  # product and quantity
    link_id: str = ""

    def encode(self) -> str:
        return _encoder.encode(self).decode()

    @classmethod
    def decode(cls, raw: str) -> "Content":
        return _decoder.decode(raw)

    def __repr__(self) -> str:
        return f"Content(kind={self.kind!r})"


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Content)
