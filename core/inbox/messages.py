"""What people are texted about their chats."""

from dataclasses import dataclass
from datetime import datetime

from values.messages import Message
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class ChatLinked(Message):
    name = "chat_linked"
    sentence = N_(
        "{tenant}: a chat was linked to your account, {at}. If it was not you, call {office} at"
        " once."
    )

    at: datetime


@dataclass(frozen=True, slots=True)
class ChatUnlinked(Message):
    name = "chat_unlinked"
    sentence = N_(
        "{tenant}: a chat was taken out of your account, {at}. If that is wrong, call {office}."
    )

    at: datetime


MESSAGES: tuple[type[Message], ...] = (ChatLinked, ChatUnlinked)
