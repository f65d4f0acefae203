"""What members are texted about loans."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from core.savings.messages import Reminder
from values.messages import Message
from values.money import Money
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class GuarantorAsked(Message):
    name = "guarantor_asked"
    sentence = N_(
        "{member} asks you to be guarantor: loan {amount}, {group}. {pledge} of your savings"
        " would be held. Dial to answer."
    )

    member: str
    amount: Money
    group: str
    pledge: Money


@dataclass(frozen=True, slots=True)
class GuarantorRefused(Message):
    """To the borrower."""

    name = "guarantor_refused"
    sentence = N_(
        "{member} refused to be guarantor of your loan in {group}. You can apply again with"
        " another guarantor."
    )

    member: str
    group: str


@dataclass(frozen=True, slots=True)
class GuarantorFree(Message):
    name = "guarantor_free"
    sentence = N_(
        "You are no longer guarantor of loan {reference} in {group}: {pledge} of your savings is"
        " free again."
    )

    reference: str
    group: str
    pledge: Money


@dataclass(frozen=True, slots=True)
class GuarantorCalled(Message):
    name = "guarantor_called"
    sentence = N_(
        "{amount} of your savings in {group} paid what {member} owes: you were guarantor."
        " Ref {reference}."
    )

    amount: Money
    group: str
    member: str
    reference: str


@dataclass(frozen=True, slots=True)
class LoanWaits(Message):
    """To the committee."""

    name = "loan_waits"
    sentence = N_(
        "{member} asks for a loan of {amount} in {group}. The committee decides: dial to answer."
    )

    member: str
    amount: Money
    group: str


@dataclass(frozen=True, slots=True)
class LoanDisbursed(Message):
    """`first_on` and `last_on` with their years: 31/01/2027."""

    name = "loan_disbursed"
    sentence = N_(
        "Your loan: {payout} is in your wallet. You repay {total} in all: {first} by {first_on},"
        " the last by {last_on}. Ref {reference}."
    )

    payout: Money
    total: Money
    first: Money
    first_on: str
    last_on: str
    reference: str


@dataclass(frozen=True, slots=True)
class LoanPaidInCash(Message):
    """As LoanDisbursed, in cash from the group's box."""

    name = "loan_paid_in_cash"
    sentence = N_(
        "{group}: loan {payout} in cash. You repay {total}: {first} by {first_on}, the last by"
        " {last_on}. Ref {reference}."
    )

    group: str
    payout: Money
    total: Money
    first: Money
    first_on: str
    last_on: str
    reference: str


@dataclass(frozen=True, slots=True)
class LoanApproved(Message):
    """To the borrower of a loan that is paid out in cash."""

    name = "loan_approved"
    sentence = N_(
        "The committee of {group} agreed to your loan of {amount}. It is paid to you in cash, at"
        " the meeting or before it."
    )

    amount: Money
    group: str


@dataclass(frozen=True, slots=True)
class LoanRefusedSavings(Message):
    name = "loan_refused_savings"
    sentence = N_(
        "The committee of {group} refused your loan of {amount}: save for longer first, and apply"
        " again."
    )

    amount: Money
    group: str


@dataclass(frozen=True, slots=True)
class LoanRefusedAmount(Message):
    name = "loan_refused_amount"
    sentence = N_(
        "The committee of {group} refused your loan of {amount}: apply again for a smaller amount."
    )

    amount: Money
    group: str


@dataclass(frozen=True, slots=True)
class LoanRefusedLate(Message):
    name = "loan_refused_late"
    sentence = N_(
        "The committee of {group} refused your loan of {amount}: an earlier loan was repaid late."
    )

    amount: Money
    group: str


@dataclass(frozen=True, slots=True)
class LoanRefusedMeeting(Message):
    name = "loan_refused_meeting"
    sentence = N_(
        "The committee of {group} refused your loan of {amount}. Ask them about it at the next"
        " meeting."
    )

    amount: Money
    group: str


Refused: TypeAlias = (
    type[LoanRefusedSavings]
    | type[LoanRefusedAmount]
    | type[LoanRefusedLate]
    | type[LoanRefusedMeeting]
)
REFUSED_FOR: Final[dict[str, Refused]] = {
    "savings": LoanRefusedSavings,
    "amount": LoanRefusedAmount,
    "late": LoanRefusedLate,
    "meeting": LoanRefusedMeeting,
}


@dataclass(frozen=True, slots=True)
class LoanRepaid(Message):
    name = "loan_repaid"
    sentence = N_(
        "Repaid {amount} of your loan in {group}, {at}. Still to repay {owed}. Wallet {balance}."
        " Ref {reference}."
    )

    amount: Money
    group: str
    at: datetime
    owed: Money
    balance: Money
    reference: str


@dataclass(frozen=True, slots=True)
class LoanClosed(Message):
    name = "loan_closed"
    sentence = N_(
        "Repaid {amount}, {at}: your loan in {group} is repaid in full. Wallet {balance}."
        " Ref {reference}."
    )

    amount: Money
    group: str
    at: datetime
    balance: Money
    reference: str


@dataclass(frozen=True, slots=True)
class LoanRepaidInCash(Message):
    name = "loan_repaid_in_cash"
    sentence = N_(
        "Repaid {amount} in cash of your loan in {group}, {at}. Still to repay {owed}."
        " Ref {reference}."
    )

    amount: Money
    group: str
    at: datetime
    owed: Money
    reference: str


@dataclass(frozen=True, slots=True)
class LoanClosedInCash(Message):
    name = "loan_closed_in_cash"
    sentence = N_(
        "Repaid {amount} in cash, {at}: your loan in {group} is repaid in full. Ref {reference}."
    )

    amount: Money
    group: str
    at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class LoanNetted(Message):
    """To the borrower."""

    name = "loan_netted"
    sentence = N_(
        "{group}: {amount} of your share-out repaid your loan. Still to repay {owed}."
        " Ref {reference}."
    )

    group: str
    amount: Money
    owed: Money
    reference: str


@dataclass(frozen=True, slots=True)
class GuarantorPaid(Message):
    """To the borrower."""

    name = "guarantor_paid"
    sentence = N_(
        "Your guarantor {member} paid {amount} of your loan in {group}. Still to repay {owed}."
        " Ref {reference}."
    )

    member: str
    amount: Money
    group: str
    owed: Money
    reference: str


@dataclass(frozen=True, slots=True)
class LoanReplanned(Message):
    name = "loan_replanned"
    sentence = N_(
        "Your loan in {group} has a new plan: {total} in all, {first} by {first_on}, the last by"
        " {last_on}. Ref {reference}."
    )

    group: str
    total: Money
    first: Money
    first_on: str
    last_on: str
    reference: str


@dataclass(frozen=True, slots=True)
class LoanWrittenOff(Message):
    name = "loan_written_off"
    sentence = N_("Your loan {reference} in {group} was written off: it is not repaid any more.")

    group: str
    reference: str


@dataclass(frozen=True, slots=True)
class LoanPaymentReversed(Message):
    """Two officers found that the cash was never paid."""

    name = "loan_payment_reversed"
    sentence = N_(
        "{group}: {amount} in cash for your loan were written down by mistake. You owe {owed}. Ref"
        " {reference}. Not so? Tell us."
    )

    group: str
    amount: Money
    owed: Money
    reference: str


@dataclass(frozen=True, slots=True)
class InstalmentSoon(Reminder):
    """`day` with its year: 31/01/2027."""

    name = "instalment_soon"
    sentence = N_("{group}: {amount} of your loan is due by {day}. Ref {reference}.")

    group: str
    amount: Money
    day: str
    reference: str


@dataclass(frozen=True, slots=True)
class InstalmentLate(Reminder):
    name = "instalment_late"
    sentence = N_(
        "{group}: {amount} of your loan is late. Pay it: dial, or at the meeting. Ref {reference}."
    )

    group: str
    amount: Money
    reference: str


MESSAGES: tuple[type[Message], ...] = (
    *(GuarantorAsked, GuarantorRefused, GuarantorFree, GuarantorCalled, GuarantorPaid),
    *(LoanApproved, LoanPaidInCash, LoanRepaidInCash, LoanClosedInCash, LoanNetted),
    *(LoanWaits, LoanDisbursed, LoanRepaid, LoanClosed, LoanReplanned, LoanWrittenOff),
    *(InstalmentSoon, InstalmentLate, LoanPaymentReversed),
    *REFUSED_FOR.values(),
)
