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


MESSAGES: tuple[type[Message], ...] = (
    ContributionReceipt,
    MeetingMinutes,
    CashShort,
    CashOver,
    *(VoteOpened, VoteCarried, VoteLost, VoteElected, VoteTied, VoteNoQuorum, ShareOutPaid),
)
