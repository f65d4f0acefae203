"""What members of savings groups are texted."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from values.messages import REMINDERS, Message, Priority
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


@dataclass(frozen=True, slots=True)
class VoteOpened(Message):
    """To every member."""

    name = "vote_opened"
    sentence = N_("{group}: there is a vote. Dial to vote: one member, one vote.")

    group: str


@dataclass(frozen=True, slots=True)
class VoteCarried(Message):
    name = "vote_carried"
    sentence = N_("{group}: the vote is carried, {yes} yes and {no} no.")

    group: str
    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class VoteLost(Message):
    name = "vote_lost"
    sentence = N_("{group}: the vote is not carried, {yes} yes and {no} no.")

    group: str
    yes: int
    no: int


@dataclass(frozen=True, slots=True)
class VoteElected(Message):
    name = "vote_elected"
    sentence = N_("{group}: {member} is chosen, with {votes} of {cast} votes.")

    group: str
    member: str
    votes: int
    cast: int


@dataclass(frozen=True, slots=True)
class VoteTied(Message):
    name = "vote_tied"
    sentence = N_("{group}: {cast} of {members} voted, and nobody has the most votes.")

    group: str
    cast: int
    members: int


@dataclass(frozen=True, slots=True)
class VoteNoQuorum(Message):
    name = "vote_no_quorum"
    sentence = N_("{group}: only {cast} of {members} voted. That is too few: nothing is decided.")

    group: str
    cast: int
    members: int


@dataclass(frozen=True, slots=True)
class ShareOutPaid(Message):
    """To each member, of their own part."""

    name = "share_out_paid"
    sentence = N_(
        "{group} share-out {part}: loan {netted}, cash {cash}, wallet {wallet}. Ref {reference}."
    )

    group: str
    part: Money
    netted: Money
    cash: Money
    wallet: Money
    reference: str


class Reminder(Message):
    """A text that nobody waits for: quiet hours and STOP hold."""

    __slots__ = ()
    name = "reminder"
    sentence = ""
    priority: ClassVar[Priority] = Priority.BULK
    purpose: ClassVar[str] = REMINDERS


@dataclass(frozen=True, slots=True)
class MeetingSoon(Reminder):
    """`day` with its year: 31/01/2027."""

    name = "meeting_soon"
    sentence = N_("{group} meets on {day} at {time}. Place: {place}.")

    group: str
    day: str
    time: str
    place: str


@dataclass(frozen=True, slots=True)
class OfficeEnds(Reminder):
    """To who has the office."""

    name = "office_ends"
    sentence = N_("{group}: you are in the committee until {day}. Hold a vote before that.")

    group: str
    day: str


@dataclass(frozen=True, slots=True)
class OfficeBegins(Message):
    """To who was elected."""

    name = "office_begins"
    sentence = N_("{group}: you are in the committee from {first_on} until {last_on}.")

    group: str
    first_on: str
    last_on: str


@dataclass(frozen=True, slots=True)
class NotSavedYet(Reminder):
    """From the committee."""

    name = "not_saved_yet"
    sentence = N_("{group}: you have not saved since {day}. Save by phone, or at the meeting.")

    group: str
    day: str


@dataclass(frozen=True, slots=True)
class FineOwed(Message):
    name = "fine_owed"
    sentence = N_("{group}: you are fined {amount}. Pay it at the next meeting.")

    group: str
    amount: Money


@dataclass(frozen=True, slots=True)
class GroupWords(Message):
    """What the committee says to all, in its own words."""

    name = "group_words"
    sentence = N_("{group}: {said}")
    priority: ClassVar[Priority] = Priority.BULK

    group: str
    said: str


MESSAGES: tuple[type[Message], ...] = (
    ContributionReceipt,
    MeetingMinutes,
    CashShort,
    CashOver,
    *(MeetingSoon, OfficeBegins, OfficeEnds, NotSavedYet, FineOwed, GroupWords),
    *(VoteOpened, VoteCarried, VoteLost, VoteElected, VoteTied, VoteNoQuorum, ShareOutPaid),
)
