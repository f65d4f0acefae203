"""Savings groups."""

from app.domains.domain import Domain, Sections
from checks import savings as samples
from core.savings import checks, member_list, messages, personal
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from core.savings.contributions import CONTRIBUTE
from core.savings.meetings import MEETING
from flows.savings.close_meeting import CloseMeeting
from flows.savings.contribute import Contribute
from flows.savings.count_cash import CountCash
from flows.savings.entries import ENTRIES
from flows.savings.meeting import Meeting
from flows.savings.meeting_money import MeetingMoney
from flows.savings.meeting_savings import MeetingSavings
from flows.savings.my_fines import MyFines
from flows.savings.my_group import MyGroup
from flows.savings.shares import Shares


def _sections() -> Sections:
    from core.savings.manifest import SAVINGS

    return (SAVINGS,)


DOMAIN = Domain(
    name="savings",
    flows=(
        CloseMeeting,
        Contribute,
        CountCash,
        Meeting,
        MeetingMoney,
        MeetingSavings,
        MyFines,
        MyGroup,
        Shares,
    ),
    entries=ENTRIES,
    messages=messages.MESSAGES,
    checks=checks.CHECKS,
    lifecycles=(MEETING,),
    purposes=(ARRIVED_CONTRIBUTION,),
    operations=(CONTRIBUTE,),
    sections=_sections,
    samples=samples.SAMPLES,
    endpoints=("app.api.resources.groups",),
    listings=(member_list.MEMBERS,),
    pages=("app.console.savings.page",),
    personal=personal.PERSONAL,
    holds_back=personal.HOLDS_BACK,
)
