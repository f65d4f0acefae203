"""What somebody is texted before their data is erased. Afterwards there is nobody to text."""

from dataclasses import dataclass
from datetime import datetime

from values.messages import Message
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class ErasureAsked(Message):
    name = "erasure_asked"
    sentence = N_(
        "Our staff were asked to erase all we hold of you, {at}. If you did not ask, call {office}"
        " at once."
    )

    at: datetime


MESSAGES: tuple[type[Message], ...] = (ErasureAsked,)
