"""What agents and their customers are texted."""

from dataclasses import dataclass
from datetime import datetime

from values.messages import Message, OneTimeCode
from values.money import Money
from values.refusals import N_


class _Sale(Message):
    """What arrives of a sale is the amount less the fee."""

    __slots__ = ()

    sentence = ""
    amount: Money
    fee: Money

    @property
    def arrived(self) -> Money:
        return Money(self.amount.amount_minor - self.fee.amount_minor, self.amount.currency)


@dataclass(frozen=True, slots=True)
class TopUpReceipt(_Sale):
    """The customer's receipt."""

    name = "topup_customer"
    sentence = N_(
        "You got {arrived} from {agent}, {at}. Pay {amount} cash, fee {fee} included."
        " Wallet {balance}. Ref {reference}."
    )
    sentence_without_fee = N_(
        "You got {arrived} from {agent}, {at}. Pay {amount} cash, no fee."
        " Wallet {balance}. Ref {reference}."
    )

    amount: Money
    fee: Money
    agent: str
    reference: str
    balance: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class SaleReceipt(_Sale):
    """The agent's receipt."""

    name = "topup_agent"
    sentence = N_(
        "{customer} got {arrived}, {at}. Cash {amount}, fee {fee}."
        " Float left {float}. Ref {reference}."
    )
    sentence_without_fee = N_(
        "{customer} got {arrived}, {at}. Cash {amount}, no fee."
        " Float left {float}. Ref {reference}."
    )

    amount: Money
    fee: Money
    customer: str
    reference: str
    float: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class FloatLow(Message):
    name = "float_low"
    sentence = N_("Your float is low: {float}. Request more in time.")

    float: Money


@dataclass(frozen=True, slots=True)
class ApprovalCode(Message):
    """It begins with what it approves: who is talked into reading a code out reads that first."""

    name = "approval_code"
    sentence = N_(
        "Top-up of {amount} by agent {agent}: code {code}. Give it only if you agree. Valid 5 min."
    )

    amount: Money
    agent: str
    code: OneTimeCode


@dataclass(frozen=True, slots=True)
class ApprovalPending(Message):
    name = "approval_pending"
    sentence = N_(
        "Top-up of {amount} for {customer} waits for the customer until {until}."
        " Take the cash after the receipt."
    )

    amount: Money
    customer: str
    until: datetime


@dataclass(frozen=True, slots=True)
class SaleRefused(Message):
    """For the agent."""

    name = "sale_refused_agent"
    sentence = N_("{customer} refused your top-up of {amount}. Your float is free again.")

    amount: Money
    customer: str


@dataclass(frozen=True, slots=True)
class SaleCancelled(Message):
    """For the customer."""

    name = "sale_cancelled_customer"
    sentence = N_("Agent {agent} cancelled the top-up of {amount}. Do not pay for it.")

    amount: Money
    agent: str


@dataclass(frozen=True, slots=True)
class SaleExpired(Message):
    """For the agent."""

    name = "sale_expired_agent"
    sentence = N_(
        "Your top-up of {amount} for {customer} was not approved in time. Your float is free again."
    )

    amount: Money
    customer: str


@dataclass(frozen=True, slots=True)
class SaleExpiredForCustomer(Message):
    name = "sale_expired_customer"
    sentence = N_(
        "The top-up of {amount} by agent {agent} was not approved in time. Nothing was taken."
    )

    amount: Money
    agent: str


MESSAGES: tuple[type[Message], ...] = (
    TopUpReceipt,
    SaleReceipt,
    FloatLow,
    ApprovalCode,
    ApprovalPending,
    SaleRefused,
    SaleCancelled,
    SaleExpired,
    SaleExpiredForCustomer,
)
