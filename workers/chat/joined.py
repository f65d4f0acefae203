"""A long text whose parts are joined, as a message to be received."""

from core.inbox.content import Content
from core.inbox.inbox import Incoming
from core.inbox.long_texts import LongText
from menus.pins import without_pin


def incoming(found: LongText) -> Incoming:
    """A long text as a message; what a person split over two parts is looked at again."""
    text, had_pin = without_pin(found.text, expected=False)
    return Incoming(
        found.provider,
        found.provider_message_id,
        found.address,
        Content(text),
        found.had_pin or had_pin,
    )
