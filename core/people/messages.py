"""What people are texted about themselves."""

from dataclasses import dataclass
from datetime import datetime

from values.messages import Message
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class Welcome(Message):
    name = "welcome"
    sentence = N_("Welcome to {tenant}! Never tell anyone your PIN, not even our staff.")


@dataclass(frozen=True, slots=True)
class PinChanged(Message):
    name = "pin_changed"
    sentence = N_("Your PIN was changed, {at}. If it was not you, call {office} at once.")

    at: datetime


@dataclass(frozen=True, slots=True)
class PinIsLocked(Message):
    name = "pin_locked"
    sentence = N_(
        "Too many wrong PINs: paying is locked for {minutes} min. If you forgot it, or it was not"
        " you, call {office}."
    )

    minutes: int


@dataclass(frozen=True, slots=True)
class NumberAttached(Message):
    name = "number_attached"
    sentence = N_(
        "{tenant}: the number ending {ending} was added to your account, {at}. If it was not you,"
        " call {office} at once."
    )

    ending: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NumberDetached(Message):
    """It may be read by a stranger who has the number by now: it says nothing of its person."""

    name = "number_detached"
    sentence = N_(
        "{tenant}: the number ending {ending} was taken out of an account, {at}. If that is wrong,"
        " call {office} at once."
    )

    ending: str
    at: datetime


MESSAGES: tuple[type[Message], ...] = (
    Welcome,
    PinChanged,
    PinIsLocked,
    NumberAttached,
    NumberDetached,
)
