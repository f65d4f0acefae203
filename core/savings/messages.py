"""What members of savings groups are texted."""

from dataclasses import dataclass
from datetime import datetime

from values.messages import Message
from values.money import Money
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class ContributionReceipt(Message):
    name = "contribution_receipt"
    sentence = N_("Saved {amount} in {group}, {at}. Fee {fee}. Wallet {balance}. Ref {reference}.")
    sentence_without_fee = N_(
        "Saved {amount} in {group}, {at}. No fee. Wallet {balance}. Ref {reference}."
    )

    amount: Money
    fee: Money
    group: str
    reference: str
    balance: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class MeetingMinutes(Message):
    """To every member, whether they came or not."""

    name = "meeting_minutes"
    sentence = N_(
        "{group}: {here} of {members} came. You saved {saved}."
        " In the box: loan fund {loan_fund}, social fund {social_fund}. Remember both."
    )

    group: str
    here: int
    members: int
    saved: Money
    loan_fund: Money
    social_fund: Money


@dataclass(frozen=True, slots=True)
class CashShort(Message):
    name = "meeting_cash_short"
    sentence = N_("{group}: the box held {difference} less than the book. Why: {reason}")

    group: str
    difference: Money
    reason: str


@dataclass(frozen=True, slots=True)
class CashOver(Message):
    name = "meeting_cash_over"
    sentence = N_("{group}: the box held {difference} more than the book. Why: {reason}")

    group: str
    difference: Money
    reason: str


MESSAGES: tuple[type[Message], ...] = (
    ContributionReceipt,
    MeetingMinutes,
    CashShort,
    CashOver,
)
