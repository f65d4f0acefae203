"""What people are texted while their PIN is replaced by officers."""

from dataclasses import dataclass
from datetime import datetime

from values.messages import Message
from values.money import Money
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class NewPinAsked(Message):
    name = "new_pin_asked"
    sentence = N_(
        "Our staff were asked for a new PIN for you, {at}. If you did not ask, call {office} at"
        " once."
    )

    at: datetime


@dataclass(frozen=True, slots=True)
class NewPinAllowed(Message):
    name = "new_pin_allowed"
    sentence = N_(
        "Dial us with the code from our staff to choose a new PIN. Your money is safe. If you did"
        " not ask, call {office} at once."
    )


@dataclass(frozen=True, slots=True)
class NewPinChosen(Message):
    name = "new_pin_chosen"
    sentence = N_(
        "You chose a new PIN, {at}. For 24 hours you can pay {limit} in all. If it was not you,"
        " call {office} at once."
    )

    at: datetime
    limit: Money


MESSAGES: tuple[type[Message], ...] = (NewPinAsked, NewPinAllowed, NewPinChosen)
