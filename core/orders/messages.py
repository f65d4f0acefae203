"""What shops are texted about their orders."""

from dataclasses import dataclass
from datetime import datetime

from values.messages import Message
from values.money import Money
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class OrderDelivered(Message):
    name = "order_delivered"
    sentence = N_("Order {reference} was delivered, {at}. It comes to {amount}.")

    reference: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderCancelled(Message):
    """Staff cancelled it."""

    name = "order_cancelled"
    sentence = N_("Order {reference} was cancelled: {reason}. Nothing was taken.")

    reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderPaid(Message):
    """The shop's receipt."""

    name = "order_paid"
    sentence = N_(
        "Paid {amount} for order {order}, {at}. Still to pay {owed}. Wallet {balance}."
        " Ref {reference}."
    )

    order: str
    amount: Money
    at: datetime
    owed: Money
    balance: Money
    reference: str


MESSAGES: tuple[type[Message], ...] = (OrderDelivered, OrderCancelled, OrderPaid)
