"""What agents are texted of their float."""

from dataclasses import dataclass
from datetime import datetime

from values.messages import Message
from values.money import Money
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class FloatLow(Message):
    name = "float_low"
    sentence = N_("Your float is low: {float}. Ask for more soon.")

    float: Money


@dataclass(frozen=True, slots=True)
class FloatSent(Message):
    """For the agent who sold float, or gave it back."""

    name = "float_sent"
    sentence = N_(
        "Sent {amount} of float to {agent}, {at}. Fee {fee}. Float left {float}. Ref {reference}."
    )
    sentence_without_fee = N_(
        "Sent {amount} of float to {agent}, {at}. No fee. Float left {float}. Ref {reference}."
    )

    amount: Money
    fee: Money
    agent: str
    reference: str
    float: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class FloatReceived(Message):
    """For the other side, who took it."""

    name = "float_received"
    sentence = N_(
        "You got {amount} of float from {agent}, {at}. Your float: {float}. Ref {reference}."
    )

    amount: Money
    agent: str
    reference: str
    float: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class FloatOffered(Message):
    """For whom float was sent to: it waits for them."""

    name = "float_offered"
    sentence = N_(
        "{agent} sends you {amount} of float. Dial us and take it, or decline, until {at}."
    )

    amount: Money
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FloatDeclined(Message):
    """For who sent it."""

    name = "float_declined"
    sentence = N_("{agent} declined {amount} of float. You can use it again.")

    amount: Money
    agent: str


@dataclass(frozen=True, slots=True)
class FloatRecalled(Message):
    """For whom it was sent to."""

    name = "float_recalled"
    sentence = N_("{agent} took back {amount} of float that waited for you.")

    amount: Money
    agent: str


@dataclass(frozen=True, slots=True)
class FloatNotTaken(Message):
    """For who sent it."""

    name = "float_not_taken"
    sentence = N_("{agent} did not take {amount} of float in time. You can use it again.")

    amount: Money
    agent: str


@dataclass(frozen=True, slots=True)
class FloatTooLate(Message):
    """For whom it was sent to."""

    name = "float_too_late"
    sentence = N_("{amount} of float from {agent} was not taken in time. It is theirs again.")

    amount: Money
    agent: str


@dataclass(frozen=True, slots=True)
class FloatAskedFor(Message):
    """For the agent above."""

    name = "float_asked_for"
    sentence = N_(
        "{agent} asks you for {amount} of float. Dial us and give it, or refuse, until {at}."
    )

    amount: Money
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FloatAskRefused(Message):
    """For who asked."""

    name = "float_ask_refused"
    sentence = N_("You asked for {amount} of float: it was refused.")

    amount: Money


@dataclass(frozen=True, slots=True)
class FloatAskLate(Message):
    """For who asked."""

    name = "float_ask_late"
    sentence = N_("You asked for {amount} of float: nobody answered in time. Ask again.")

    amount: Money


@dataclass(frozen=True, slots=True)
class FloatBought(Message):
    """For the agent who paid by mobile money."""

    name = "float_bought"
    sentence = N_(
        "You bought {amount} of float with {provider}, {at}. Fee {fee}. Your float: {float}. Ref"
        " {reference}."
    )
    sentence_without_fee = N_(
        "You bought {amount} of float with {provider}, {at}. No fee. Your float: {float}. Ref"
        " {reference}."
    )

    amount: Money
    fee: Money
    provider: str
    reference: str
    float: Money
    at: datetime


MESSAGES: tuple[type[Message], ...] = (
    FloatLow,
    FloatSent,
    FloatReceived,
    FloatOffered,
    FloatDeclined,
    FloatRecalled,
    FloatNotTaken,
    FloatTooLate,
    FloatAskedFor,
    FloatAskRefused,
    FloatAskLate,
    FloatBought,
)
