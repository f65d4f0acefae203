"""What agents and their customers are texted."""

from dataclasses import dataclass
from datetime import datetime

from core.agents import float_messages
from values.messages import Message, OneTimeCode, Priority, TimeOfDay
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
        "Received {arrived} from {agent}, {at}. Pay {amount} cash, fee {fee} included. Wallet"
        " {balance}. Ref {reference}."
    )
    sentence_without_fee = N_(
        "Received {arrived} from {agent}, {at}. Pay {amount} cash, no fee. Wallet {balance}."
        " Ref {reference}."
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
        "{customer} received {arrived}, {at}. Cash {amount}, fee {fee}. Float left {float}."
        " Ref {reference}."
    )
    sentence_without_fee = N_(
        "{customer} received {arrived}, {at}. Cash {amount}, no fee. Float left {float}. Ref"
        " {reference}."
    )

    amount: Money
    fee: Money
    customer: str
    reference: str
    float: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class CashOutReceipt(Message):
    """The customer's receipt."""

    name = "cash_out_customer"
    sentence = N_(
        "{agent} gives you {amount} cash, {at}. Fee {fee}. Wallet {balance}. Ref {reference}."
    )
    sentence_without_fee = N_(
        "{agent} gives you {amount} cash, {at}. No fee. Wallet {balance}. Ref {reference}."
    )

    amount: Money
    fee: Money
    agent: str
    reference: str
    balance: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class GiveCash(Message):
    """For the agent: now they may give it."""

    name = "cash_out_agent"
    priority = Priority.PROMPT
    sentence = N_("Give {customer} {amount} cash, {at}. Your float: {float}. Ref {reference}.")

    amount: Money
    customer: str
    reference: str
    float: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalCode(Message):
    """It begins with what it approves: who is talked into reading a code out reads that first."""

    name = "approval_code"
    priority = Priority.CODE
    sentence = N_(
        "Deposit of {amount} by agent {agent}. Code: {code}. Give it only if you agree. Valid"
        " 5 min."
    )

    amount: Money
    agent: str
    code: OneTimeCode


@dataclass(frozen=True, slots=True)
class ApprovalPending(Message):
    name = "approval_pending"
    priority = Priority.PROMPT
    sentence = N_(
        "Deposit of {amount} for {customer} waits for their yes until {until}. Take the cash"
        " only after the receipt."
    )

    amount: Money
    customer: str
    until: TimeOfDay


@dataclass(frozen=True, slots=True)
class SaleRefused(Message):
    """For the agent."""

    name = "sale_refused_agent"
    sentence = N_("{customer} refused your deposit of {amount}. You can use that float again.")

    amount: Money
    customer: str


@dataclass(frozen=True, slots=True)
class SaleCancelled(Message):
    """For the customer."""

    name = "sale_cancelled_customer"
    sentence = N_("Agent {agent} cancelled the deposit of {amount}. Do not pay.")

    amount: Money
    agent: str


@dataclass(frozen=True, slots=True)
class SaleExpired(Message):
    """For the agent."""

    name = "sale_expired_agent"
    sentence = N_(
        "Your deposit of {amount} for {customer} was not approved in time. You can use that"
        " float again."
    )

    amount: Money
    customer: str


@dataclass(frozen=True, slots=True)
class SaleExpiredForCustomer(Message):
    name = "sale_expired_customer"
    sentence = N_(
        "The deposit of {amount} by agent {agent} was not approved in time. Nothing was taken."
    )

    amount: Money
    agent: str


@dataclass(frozen=True, slots=True)
class CommissionPaid(Message):
    """For the agent: what they earned is in their float."""

    name = "commission_paid"
    sentence = N_(
        "Your commission of {amount} is in your float, {at}. Your float: {float}. Ref {reference}."
    )

    amount: Money
    float: Money
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CommissionTakenBack(Message):
    """For the agent. `owed` is what later commission pays off first."""

    name = "commission_taken_back"
    sentence = N_(
        "{tenant} took back {amount} of commission, {at}. You owe {owed}. Ref {reference}. Call"
        " {office} to ask why."
    )

    amount: Money
    owed: Money
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReversalAsked(Message):
    """For both sides."""

    name = "reversal_asked"
    sentence = N_(
        "{tenant} was asked to reverse {amount}, Ref {reference}. If you do not agree, dial us"
        " and say so, or call {office}."
    )

    amount: Money
    reference: str


@dataclass(frozen=True, slots=True)
class ReversalDropped(Message):
    """For both sides: what was set aside is free."""

    name = "reversal_dropped"
    sentence = N_("{amount}, Ref {reference}, is not reversed. All stays as it was.")

    amount: Money
    reference: str


@dataclass(frozen=True, slots=True)
class SaleTakenBack(Message):
    """For who had received it."""

    name = "sale_taken_back"
    sentence = N_(
        "{tenant} reversed {of}: {amount} was taken back, {at}. Ref {reference}. Call {office} to"
        " ask why."
    )

    amount: Money
    of: str
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SaleReversed(Message):
    """For the agent who had given it."""

    name = "sale_reversed"
    sentence = N_("{tenant} reversed {of}: {amount} is in your float again, {at}. Ref {reference}.")

    amount: Money
    of: str
    reference: str
    at: datetime


MESSAGES: tuple[type[Message], ...] = (
    *float_messages.MESSAGES,
    CommissionPaid,
    CommissionTakenBack,
    ReversalAsked,
    ReversalDropped,
    SaleTakenBack,
    SaleReversed,
    TopUpReceipt,
    SaleReceipt,
    CashOutReceipt,
    GiveCash,
    ApprovalCode,
    ApprovalPending,
    SaleRefused,
    SaleCancelled,
    SaleExpired,
    SaleExpiredForCustomer,
)
