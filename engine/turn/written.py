"""What somebody wrote, tapped or shared in a chat, as its step takes it."""

import uuid
from typing import Final, NamedTuple

from core.inbox import files
from core.inbox.content import Content
from menus import chat_words
from menus.chat_words import Said
from values.attached import file_urn
from values.location import geo_uri

# Kinds of message whose words are what was meant, be they none.
_IN_WORDS: Final = frozenset({"text", "choice"})
_OPENS_MENU: Final = {Said.MENU, Said.GREETING}


class Written(NamedTuple):
    """A message: its text without a PIN, which `had_pin` says, and the id of what was tapped.
    `asked_for` is the flow that a text to many asked for: a reply to that begins there. `kind` is
    that of `Content`; `is_own`: it is a card with the sender's own number, which we asked for.
    `place` is a position that was shared, as a geo URI; `file` one that was sent and is fetched, as
    a URN; `media` says of a file what it is: image, document, audio, video or sticker."""

    text: str
    had_pin: bool = False
    choice: str = ""
    asked_for: str = ""
    kind: str = "text"
    is_own: bool = False
    place: str = ""
    file: str = ""
    media: str = ""

    @property
    def has_no_words(self) -> bool:
        """Whether it is something that no question of ours is answered by, such as a picture
        without a line below it."""
        return self.kind not in _IN_WORDS and not self.is_own and not self.text.strip()


def written_of(id: uuid.UUID, content: Content, had_pin: bool, asked_for: str = "") -> Written:
    """A message as it was stored, under this id."""
    return Written(
        *(content.text, had_pin, content.choice, asked_for, content.kind, content.is_own),
        place=geo_uri(*content.place) if content.place is not None else "",
        file=file_urn(id) if files.is_fetched(content) else "",
        media=content.media[0] if content.media is not None else "",
    )


def alike(one: Written, other: Written) -> bool:
    """Whether two messages say the same: both open the menu, or they are of one kind and their
    words are the same. Two files do where neither is the answer."""
    if (one.choice, one.had_pin, one.kind, one.is_own, one.place, one.media) != (
        *(other.choice, other.had_pin, other.kind, other.is_own, other.place, other.media),
    ):
        return False
    if one.text.casefold().split() == other.text.casefold().split():
        return True
    return {chat_words.said(one.text), chat_words.said(other.text)} <= _OPENS_MENU
