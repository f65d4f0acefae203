"""Samples of savings groups' meetings."""

import uuid
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from checks import samples
from checks.samples import CURRENCY, CUSTOMER, FEE_MINOR, MOST_MINOR, MUCH_MINOR, Answers
from checks.scenario import Scenario, refused_with
from core.loans import at_meeting
from core.savings import (
    committee,
    fines,
    meeting_count,
    meeting_lines,
    meetings,
    my_group,
)
from core.savings.committee import Seat
from core.savings.constitution import Constitution
from core.savings.errors import (
    NoMeeting,
    ReasonMissing,
)
from core.savings.meeting_closing import Minutes
from core.savings.meeting_count import Count
from core.savings.meeting_lines import MemberLine
from core.savings.meetings import Meeting
from core.savings.my_group import Fines, NextMeeting
from values.money import Money

ID: Final = uuid.UUID(int=11)
RULES: Final = Constitution(
    valid_from=date(2026, 1, 5),
    valid_until=date(2026, 12, 18),
    every="week",
    on_day=0,
    at="14:00",
    place="Kacyiru market",
    share_minor=100_000,
    least=1,
    most=5,
    social_minor=FEE_MINOR,
    fines={"late": FEE_MINOR, "absent": FEE_MINOR, "mobile_phone": FEE_MINOR},
    quorum_percent=60,
    languages=("rw",),
    coin_minor=10,
    shares_out_social=False,
)
MEETING: Final = Meeting(
    *(ID, ID, date(2026, 11, 30), CURRENCY, "recording", samples.CUSTOMER.id),
    *(MUCH_MINOR, MUCH_MINOR, None, None),
    *("", None, None, 0),
    *(30, 29, 2, 28, MUCH_MINOR, MUCH_MINOR, MUCH_MINOR, 0, 0, MUCH_MINOR),
)
COUNTED: Final = replace(
    MEETING, state="counted", counted_minor=MEETING.book_minor - MUCH_MINOR, reason=None
)
OVER: Final = replace(
    COUNTED, counted_minor=MEETING.book_minor + MUCH_MINOR, reason="Change was wrong"
)
LINE: Final = MemberLine(
    *(CUSTOMER.id, 28, CUSTOMER.shown_name, "present", None, None, 0, 0, None),
)
MINUTES: Final = Minutes(
    *(samples.GROUP_NAMES[0], 29, 30, Money(MUCH_MINOR, CURRENCY), 0),
    *(Money(MUCH_MINOR, CURRENCY) for _ in range(3)),
)


def _seats(_who: Any, _today: Any, _roles: Any) -> list[Seat]:
    return [
        Seat(group.id, group.number, group.code, group.name, ("chair", "key_holder"))
        for group in samples.groups_of(_who)[:1]
    ]


def _meeting(found: Meeting | None) -> Any:
    return lambda *_: found


def _line(**changes: Any) -> Any:
    return lambda *_, **__: replace(LINE, **changes)


def _counts(found: Count) -> Any:
    return lambda *_, **__: found


ANSWERS: Final[Answers] = MappingProxyType(
    {
        committee.seats: _seats,
        meetings.find: _meeting(MEETING),
        meetings.require: _meeting(MEETING),
        meetings.rules: lambda *_: RULES,
        meetings.open_meeting: lambda **_: MEETING,
        meetings.confirm_opening: samples.nothing,
        meetings.stop: samples.nothing,
        meeting_lines.by_number: _line(),
        meeting_lines.next_to_save: _line(),
        meeting_lines.line_before: _line(saved_minor=MUCH_MINOR * 100_000),
        meeting_lines.rules_before: lambda *_: RULES,
        meeting_lines.mark: samples.nothing,
        meeting_lines.note_guests: samples.nothing,
        meeting_lines.save: _line(),
        meeting_lines.pay_social: samples.nothing,
        meeting_lines.leave_out_social: samples.nothing,
        meeting_lines.fine: samples.nothing,
        meeting_lines.drop_fines: samples.nothing,
        meeting_lines.correct: samples.nothing,
        fines.owed_minor: lambda *_: MUCH_MINOR,
        fines.pay: samples.nothing,
        meeting_count.count: _counts(Count(waits=True)),
        meeting_count.explain: samples.nothing,
        meeting_count.recount: samples.nothing,
        at_meeting.close: lambda *_, **__: MINUTES,
        my_group.next_meeting: lambda *_: NextMeeting(30, date(2026, 11, 30), "14:00", RULES.place),
        my_group.rules: lambda *_: RULES,
        my_group.fines: lambda *_: Fines(MUCH_MINOR, MUCH_MINOR),
    }
)
_AMOUNTS = ("saved", "loan_fund", "social_fund", "difference")
# What its texts say, as they are stored.
VALUES: Final = MappingProxyType(
    {
        **{name: {"$money": [MOST_MINOR, CURRENCY]} for name in _AMOUNTS},
        **{"here": 29, "members": 30, "reason": "A" * 40},
    }
)
NO_OFFICE: Final[Answers] = MappingProxyType({committee.seats: lambda *_: []})
SCENARIOS: Final = (
    Scenario(
        "no meeting is planned, and members save freely",
        {
            my_group.next_meeting: lambda *_: NextMeeting(30),
            my_group.rules: lambda *_: replace(RULES, share_minor=0, most=MUCH_MINOR, fines={}),
        },
    ),
    Scenario(
        "a meeting begins",
        {
            meetings.find: _meeting(None),
            meetings.require: _meeting(replace(MEETING, state="open")),
            meeting_lines.by_number: _line(saved_minor=0),
            meeting_lines.save: samples.nothing,
            meeting_count.count: _counts(Count()),
        },
    ),
    Scenario(
        "a box is short",
        {
            meetings.require: _meeting(COUNTED),
            meeting_count.count: _counts(Count(difference_minor=-MUCH_MINOR)),
        },
    ),
    Scenario(
        "a box holds more",
        {
            meetings.require: _meeting(OVER),
            meeting_count.count: _counts(Count(difference_minor=MUCH_MINOR)),
            at_meeting.close: refused_with(ReasonMissing()),
        },
    ),
    Scenario(
        "all were asked",
        {
            meetings.rules: lambda *_: replace(RULES, share_minor=0, most=MUCH_MINOR),
            meeting_lines.next_to_save: lambda *_: None,
            meeting_lines.by_number: _line(saved_minor=100_000),
            meeting_count.count: _counts(Count(differs=True)),
        },
    ),
    Scenario("no meeting is on", {meetings.require: refused_with(NoMeeting())}),
)
