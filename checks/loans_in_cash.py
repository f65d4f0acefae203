"""Samples of loans in cash: at a meeting, and between two."""

import uuid
from types import MappingProxyType
from typing import Final

from checks import samples
from checks.samples import CURRENCY, CUSTOMER, MUCH_MINOR, Answers
from checks.savings_meetings import RULES
from checks.scenario import Scenario, refused_with
from core.loans import at_meeting, cash
from core.loans.at_meeting import Owing, ToPayOut
from core.loans.cash import Recorded
from core.loans.errors import (
    CashWaits,
    LoanMovedMeanwhile,
    LoanNotApproved,
    MeetingIsOn,
    MoreThanMemberOwes,
    NoLoanOf,
    NoSecondPerson,
    TooLittleInBox,
)
from core.savings import constitution
from core.savings.errors import ShareOutRuns

MEMBER: Final = CUSTOMER.shown_name
ID: Final = uuid.UUID(int=41)
_PAYOUTS: Final = [ToPayOut(ID, MEMBER, MUCH_MINOR, is_written=False)] * 2
_RECORDED: Final = [
    Recorded(ID, MEMBER, is_payout=True, amount_minor=MUCH_MINOR),
    Recorded(ID, MEMBER, is_payout=False, amount_minor=MUCH_MINOR),
]
ANSWERS: Final[Answers] = MappingProxyType(
    {
        at_meeting.owing: lambda *_: Owing(ID, MUCH_MINOR, MUCH_MINOR, MUCH_MINOR, 0),
        at_meeting.repay: samples.nothing,
        at_meeting.to_pay_out: lambda *_: _PAYOUTS,
        at_meeting.write_payout: samples.nothing,
        cash.record: lambda **_: ID,
        cash.waiting_for: lambda *_: _RECORDED,
        cash.confirm: lambda *_, **__: ID,
        cash.refuse: samples.nothing,
        constitution.find: lambda *_: RULES,
    }
)
NOTHING: Final[Answers] = MappingProxyType(
    {at_meeting.to_pay_out: lambda *_: [], cash.waiting_for: lambda *_: []}
)
_MORE: Final = MoreThanMemberOwes(owed_minor=MUCH_MINOR, currency=CURRENCY)
_LESS: Final = TooLittleInBox(available_minor=MUCH_MINOR, currency=CURRENCY)
SCENARIOS: Final = (
    Scenario("a group that never meets", {constitution.find: lambda *_: None}),
    Scenario(
        "a loan that moved",
        {
            at_meeting.close: refused_with(LoanMovedMeanwhile()),
            at_meeting.owing: refused_with(NoLoanOf()),
            at_meeting.write_payout: refused_with(LoanNotApproved()),
            cash.record: refused_with(MeetingIsOn()),
            cash.confirm: refused_with(NoSecondPerson()),
        },
    ),
    Scenario(
        "more than there is",
        {
            at_meeting.repay: refused_with(_MORE),
            at_meeting.write_payout: refused_with(_LESS),
            cash.record: refused_with(CashWaits()),
            cash.confirm: refused_with(ShareOutRuns()),
        },
    ),
)
