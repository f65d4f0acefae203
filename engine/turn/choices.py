"""The ids of buttons and rows. An id says which question it answers: tapped at another one, even
hours later, it is known to be of an earlier message, and answers nothing."""

from typing import Final

import msgspec

from core.security.keyring import Keyring
from engine.context import TurnContext
from engine.session import Session

_SIGN: Final = "."
_MARK_CHARS: Final = 16


def mark_of(keys: Keyring, session_hash: str, session: Session) -> str:
    """What tells the question that a session stands at from any other: 16 hexadecimal digits. The
    same while it is asked again, and another one for another payment, list or conversation."""
    place, shown = session.place, session.shown
    about = (
        *(place.node, place.flow, place.state),
        *(shown.kind, shown.options, session.answers, session.payment.intent),
    )
    asked = msgspec.json.encode(about).decode()
    return keys.session("choice", session_hash, asked)[:_MARK_CHARS]


def choice_id(mark: str, typed: str) -> str:
    """The id of what stands for a key, such as an option's "1" or Back's "0": up to 20 letters of
    ASCII."""
    return f"{mark}{_SIGN}{typed}"


def typed_by(context: TurnContext, session: Session, choice: str) -> str | None:
    """The key that a tapped id stands for at the session's question; None where it belongs to
    another question, or is none of ours."""
    mark, _, typed = choice.partition(_SIGN)
    asked = mark_of(context.keys, context.session_hash, session)
    return typed if typed and mark == asked else None
