"""What people are texted of payments by mobile money."""

from dataclasses import dataclass
from datetime import datetime

from values.messages import Message, Priority
from values.money import Money
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class DepositReceipt(Message):
    name = "deposit_receipt"
    sentence = N_(
        "{amount} came from {provider}, {at}. Fee {fee}. Wallet {balance}. Ref {reference}."
    )
    sentence_without_fee = N_(
        "{amount} came from {provider}, {at}. No fee. Wallet {balance}. Ref {reference}."
    )

    amount: Money
    fee: Money
    provider: str
    reference: str
    balance: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawalReceipt(Message):
    name = "withdrawal_receipt"
    sentence = N_(
        "{amount} went to your {provider}, {at}. Fee {fee}. Wallet {balance}. Ref {reference}."
    )
    sentence_without_fee = N_(
        "{amount} went to your {provider}, {at}. No fee. Wallet {balance}. Ref {reference}."
    )

    amount: Money
    fee: Money
    provider: str
    reference: str
    balance: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class DialToPay(Message):
    """How a person pays by the network's own menu, to be read while they dial. `what` is what the
    money is for, `reference` their token."""

    name = "dial_to_pay"
    priority = Priority.PROMPT
    sentence = N_(
        "Dial {dial} within {hours} h: {amount} for {what}. No fee from us. If asked for a"
        " reference: {reference}."
    )

    dial: str
    hours: int
    amount: Money
    what: str
    reference: str


@dataclass(frozen=True, slots=True)
class PayOnPage(Message):
    """A page of the provider's, on which the person says that they pay. It is of use for a while
    only."""

    name = "pay_on_page"
    priority = Priority.PROMPT
    sentence = N_("Open {page} to pay {amount} by {provider}.")

    page: str
    amount: Money
    provider: str


@dataclass(frozen=True, slots=True)
class CodeWanted(Message):
    """Its provider waits for a code that the person gets from them. `source` is what they dial for
    it, or the provider's name. It is typed at a dial, and in no chat, where it would stay."""

    name = "code_wanted"
    priority = Priority.PROMPT
    sentence = N_(
        "To pay {amount} by {provider}, get a code from {source}. Then dial us and type it. Tell it"
        " to nobody else."
    )

    source: str
    amount: Money
    provider: str


@dataclass(frozen=True, slots=True)
class CodeNotTaken(Message):
    """The provider did not take the code; another may be given."""

    name = "code_not_taken"
    priority = Priority.PROMPT
    sentence = N_(
        "{provider} did not take your code for {amount}. Get a new one, then dial us and type it."
    )

    amount: Money
    provider: str


@dataclass(frozen=True, slots=True)
class MissingMoneyFound(Message):
    name = "missing_money_found"
    sentence = N_("We found the {amount} that you missed. Dial us and look at your statement.")

    amount: Money


@dataclass(frozen=True, slots=True)
class MissingMoneyNotFound(Message):
    name = "missing_money_not_found"
    sentence = N_(
        "The {amount} that you miss did not reach us. Call {office}, and have the network's message"
        " at hand."
    )

    amount: Money


@dataclass(frozen=True, slots=True)
class PaymentFailed(Message):
    """What we asked a person for was not paid."""

    name = "payment_failed"
    sentence = N_("Your payment of {amount} by {provider} did not go through. Dial to try again.")

    amount: Money
    provider: str


@dataclass(frozen=True, slots=True)
class PayoutFailed(Message):
    """What we were to pay a person did not go."""

    name = "payout_failed"
    sentence = N_("{amount} could not go to your {provider}. It is in your wallet again.")

    amount: Money
    provider: str


@dataclass(frozen=True, slots=True)
class PaymentUnclear(Message):
    """Nobody knows yet what became of it, or staff must look at it."""

    name = "payment_unclear"
    sentence = N_("We do not know yet what became of {amount} by {provider}. We will text you.")

    amount: Money
    provider: str


@dataclass(frozen=True, slots=True)
class PaidIntoWallet(Message):
    """The money came, and what it was for could not be done any more."""

    name = "paid_into_wallet"
    sentence = N_("{amount} came from {provider} and is in your wallet: it could not be saved.")

    amount: Money
    provider: str


@dataclass(frozen=True, slots=True)
class RefundReceipt(Message):
    name = "refund_receipt"
    sentence = N_("{amount} was paid back to your {provider}, {at}. Ref {reference}.")

    amount: Money
    provider: str
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PaymentTakenBack(Message):
    """The provider took back what had been paid to us: it is out of the person's wallet."""

    name = "payment_taken_back"
    sentence = N_("{provider} took back your {amount}, {at}. Wallet {balance}. Ref {reference}.")

    amount: Money
    provider: str
    balance: Money
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PayoutCameBack(Message):
    """The provider gave back what had been paid out: it is in the person's wallet again."""

    name = "payout_came_back"
    sentence = N_(
        "{amount} came back from your {provider}, {at}. Wallet {balance}. Ref {reference}."
    )

    amount: Money
    provider: str
    balance: Money
    reference: str
    at: datetime


MESSAGES: tuple[type[Message], ...] = (
    DepositReceipt,
    WithdrawalReceipt,
    DialToPay,
    PayOnPage,
    CodeWanted,
    CodeNotTaken,
    PaymentFailed,
    MissingMoneyFound,
    MissingMoneyNotFound,
    PayoutFailed,
    PaymentUnclear,
    PaidIntoWallet,
    RefundReceipt,
    PaymentTakenBack,
    PayoutCameBack,
)
