"""What people are texted whose money or float officers moved."""

from dataclasses import dataclass
from datetime import datetime

from values.messages import Message
from values.money import Money
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class BookedIn(Message):
    name = "booked_in"
    sentence = N_(
        "{tenant} added {amount} to your wallet, {at}. Wallet {balance}. Ref {reference}."
    )

    amount: Money
    balance: Money
    at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class BookedOut(Message):
    name = "booked_out"
    sentence = N_(
        "{tenant} took {amount} from your wallet, {at}. Wallet {balance}. Ref {reference}. Call"
        " {office} to ask why."
    )

    amount: Money
    balance: Money
    at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class FloatBookedIn(Message):
    name = "float_booked_in"
    sentence = N_(
        "{tenant} added {amount} to your float, {at}. Your float: {float}. Ref {reference}."
    )

    amount: Money
    float: Money
    at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class FloatBookedOut(Message):
    name = "float_booked_out"
    sentence = N_(
        "{tenant} took {amount} from your float, {at}. Your float: {float}. Ref {reference}. Call"
        " {office} to ask why."
    )

    amount: Money
    float: Money
    at: datetime
    reference: str


MESSAGES: tuple[type[Message], ...] = (BookedIn, BookedOut, FloatBookedIn, FloatBookedOut)
