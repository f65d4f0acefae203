"""Savings groups."""

from app.domains.domain import Domain, Sections
from checks import savings as samples
from core.loans.cash import SAVINGS_CASH
from core.savings import checks, electing, member_list, messages, personal, retention
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from core.savings.contributions import CONTRIBUTE
from core.savings.meetings import MEETING
from core.savings.share_outs import SHARE_OUT
from core.savings.votes import VOTE
from flows.savings.close_meeting import CloseMeeting
from flows.savings.contribute import Contribute
from flows.savings.count_cash import CountCash
from flows.savings.entries import ENTRIES
from flows.savings.group_cash import GroupCash
from flows.savings.hold_vote import HoldVote
from flows.savings.meeting import Meeting
from flows.savings.meeting_loans import MeetingLoans
from flows.savings.meeting_money import MeetingMoney
from flows.savings.meeting_savings import MeetingSavings
from flows.savings.my_fines import MyFines
from flows.savings.my_group import MyGroup
from flows.savings.next_of_kin import NextOfKin
from flows.savings.reminders import Reminders
from flows.savings.share_out import ShareOut
from flows.savings.shares import Shares
from flows.savings.text_group import RemindGroup, TextGroup
from flows.savings.vote import CastVote
from workers.schedule import savings as schedule


def _sections() -> Sections:
    from core.savings.manifest import SAVINGS

    return (SAVINGS,)


DOMAIN = Domain(
    name="savings",
    flows=(
        CastVote,
        CloseMeeting,
        Contribute,
        CountCash,
        GroupCash,
        HoldVote,
        Meeting,
        MeetingLoans,
        MeetingMoney,
        MeetingSavings,
        MyFines,
        MyGroup,
        NextOfKin,
        RemindGroup,
        Reminders,
        ShareOut,
        Shares,
        TextGroup,
    ),
    entries=ENTRIES,
    messages=messages.MESSAGES,
    checks=checks.CHECKS,
    approvals=(electing.Election(),),
    lifecycles=(MEETING, SAVINGS_CASH, SHARE_OUT, VOTE),
    purposes=(ARRIVED_CONTRIBUTION,),
    operations=(CONTRIBUTE,),
    sections=_sections,
    samples=samples.SAMPLES,
    endpoints=("app.api.resources.groups",),
    listings=(member_list.MEMBERS,),
    pages=("app.console.savings.page",),
    personal=personal.PERSONAL,
    retention=retention.RETENTION,
    tasks=schedule.TASKS,
    holds_back=personal.HOLDS_BACK,
)
