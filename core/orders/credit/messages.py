"""What shops are texted about their credit."""

from dataclasses import dataclass
from datetime import datetime

from values.messages import Message
from values.money import Money
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class CreditGiven(Message):
    name = "credit_given"
    sentence = N_(
        "You can now buy goods on credit: up to {limit}. Pay each order within {days} days."
    )

    limit: Money
    days: int


@dataclass(frozen=True, slots=True)
class CreditRefused(Message):
    name = "credit_refused"
    sentence = N_("We cannot sell to you on credit yet. Cash and wallet work as before.")


@dataclass(frozen=True, slots=True)
class CreditDue(Message):
    """Before the day, on it, and after it."""

    name = "credit_due"
    sentence = N_("Order {order}: {owed} is to be paid by {day}.")

    order: str
    owed: Money
    day: str


@dataclass(frozen=True, slots=True)
class CreditLate(Message):
    """A late fee was added."""

    name = "credit_late"
    sentence = N_("Order {order} was to be paid by {day}: {owed}, and {fee} for being late.")

    order: str
    day: str
    owed: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class CreditRepaid(Message):
    """The shop's receipt."""

    name = "credit_repaid"
    sentence = N_(
        "Paid back {amount}, {at}. You owe {owed}, and can buy for {free}. Wallet {balance}."
        " Ref {reference}."
    )

    amount: Money
    at: datetime
    owed: Money
    free: Money
    balance: Money
    reference: str


MESSAGES: tuple[type[Message], ...] = (
    CreditGiven,
    CreditRefused,
    CreditDue,
    CreditLate,
    CreditRepaid,
)
