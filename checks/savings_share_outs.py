"""Samples of share-outs and votes."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final

from checks import samples
from checks.samples import CURRENCY, CUSTOMER, MUCH_MINOR, Answers
from checks.savings_meetings import RULES
from checks.scenario import Scenario, refused_with
from core.loans import share_out_paying, sharing
from core.loans.errors import GuarantorsFirst
from core.loans.share_out_paying import PaidOut
from core.loans.sharing import Preview
from core.savings import share_outs, votes
from core.savings.errors import (
    CycleNotOver,
    NothingToShare,
    NoVote,
    PaidBySame,
    ShareOutMoved,
    VotedBefore,
    VoteIsOn,
    VoteNotCarried,
)
from core.savings.share_out_plan import Part, ShareOutPlan
from core.savings.share_outs import ShareOutRow
from core.savings.votes import Choice, Vote
from values.money import Money

ID: Final = uuid.UUID(int=61)
GROUP: Final = samples.GROUP_NAMES[0]
PART: Final = Part(ID, MUCH_MINOR, MUCH_MINOR, 0, MUCH_MINOR, MUCH_MINOR, 0, is_short=False)
PREVIEW: Final = Preview(RULES, ShareOutPlan(MUCH_MINOR, (PART,), MUCH_MINOR), {})
ROW: Final = ShareOutRow(
    *(ID, ID, GROUP, ID, CURRENCY, date(2026, 1, 5), date(2026, 12, 18), False, "proposed"),
    *(None, None, None, None),
)
VOTE: Final = Vote(
    *(ID, ID, GROUP, votes.SHARE_OUT, "", False, 60, 30, "open", datetime(2026, 12, 1, tzinfo=UTC)),
    *(29, (Choice(1, None, 20), Choice(2, None, 9))),
)
NAMES: Final = replace(VOTE, kind=votes.NAMES, question="A" * 40)
PAID: Final = PaidOut(GROUP, *(Money(MUCH_MINOR, CURRENCY) for _ in range(4)))


def _row(state: str | None) -> Any:
    return lambda *_: replace(ROW, state=state) if state else None


def _vote(vote: Vote) -> Answers:
    return {
        votes.open_to: lambda *_: [vote] * 2,
        votes.get: lambda *_, **__: vote,
        votes.cast: lambda *_, **__: vote,
    }


ANSWERS: Final[Answers] = MappingProxyType(
    {
        share_outs.find: _row(None),
        sharing.preview: lambda *_, **__: PREVIEW,
        sharing.preview_of: lambda *_: PREVIEW,
        sharing.propose: lambda **_: ROW,
        sharing.freeze: lambda *_, **__: PREVIEW,
        sharing.cancel: samples.nothing,
        sharing.choose_way: samples.nothing,
        share_out_paying.pay: lambda **_: PAID,
        share_out_paying.close: lambda **_: RULES,
        **_vote(VOTE),
        votes.candidate_names: lambda *_: {},
        votes.member_by_number: lambda *_: ID,
        votes.open_vote: lambda **_: ID,
    }
)
NOTHING: Final[Answers] = MappingProxyType({votes.open_to: lambda *_: []})
# What its texts say, as they are stored.
VALUES: Final = MappingProxyType(
    {
        **{name: {"$money": [MUCH_MINOR, CURRENCY]} for name in ("part", "cash", "wallet")},
        **{"netted": {"$money": [MUCH_MINOR, CURRENCY]}, "member": CUSTOMER.shown_name},
        **{"yes": 29, "no": 28, "votes": 28, "cast": 29},
    }
)
SCENARIOS: Final = (
    Scenario(
        "a share-out is proposed",
        {
            share_outs.find: _row("proposed"),
            sharing.freeze: refused_with(GuarantorsFirst()),
            **_vote(replace(VOTE, question="social")),
        },
    ),
    Scenario(
        "a share-out is proposed, and agreed to",
        {share_outs.find: _row("proposed"), sharing.freeze: lambda *_, **__: PREVIEW},
    ),
    Scenario("a share-out is frozen", {share_outs.find: _row("frozen")}),
    Scenario(
        "a share-out is paid",
        {share_outs.find: _row("paid"), share_out_paying.close: lambda **_: RULES},
    ),
    Scenario(
        "a share-out that cannot be",
        {
            sharing.preview: refused_with(NothingToShare()),
            votes.cast: refused_with(VotedBefore()),
            votes.open_vote: refused_with(VoteIsOn()),
        },
    ),
    Scenario(
        "too early",
        {
            sharing.propose: refused_with(CycleNotOver()),
            votes.cast: refused_with(NoVote()),
        },
    ),
    Scenario(
        "not agreed to",
        {
            share_outs.find: _row("proposed"),
            sharing.freeze: refused_with(VoteNotCarried()),
            **_vote(replace(VOTE, kind=votes.YES_NO, question="A" * 40)),
        },
    ),
    Scenario(
        "frozen by the same",
        {
            share_outs.find: _row("frozen"),
            share_out_paying.pay: refused_with(PaidBySame()),
            **_vote(NAMES),
            votes.candidate_names: lambda *_: dict.fromkeys(range(1, 10), CUSTOMER.shown_name),
        },
    ),
    Scenario(
        "moved since the freeze",
        {share_outs.find: _row("frozen"), share_out_paying.pay: refused_with(ShareOutMoved())},
    ),
)
