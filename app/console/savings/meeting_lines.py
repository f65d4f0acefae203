"""What members do at a meeting, as a form of the page has it: the roll, savings, other money."""

import uuid
from collections.abc import Iterator

from app.console.page import Visit
from app.console.savings.refused import AMOUNT_MAXIMUM_MINOR, amount, refusals, whole
from core.loans import at_meeting
from core.savings import fines, meeting_lines, meetings
from core.savings.meeting_lines import ATTENDANCE, MemberLine
from core.savings.meetings import Meeting
from core.staff.errors import StaffError
from menus.answers import Amount, Number
from values.said import said

NUMBER_MAXIMUM = 999


class NoSuchChoice(StaffError):
    """Choose one of those that the form offers."""


def _lines(visit: Visit, found: Meeting) -> list[MemberLine]:
    return meeting_lines.all_lines(visit.tx, visit.keys, found.id)


def _given(visit: Visit, found: Meeting, name: str) -> Iterator[tuple[MemberLine, str]]:
    """The members for whom the form says something under `name_NUMBER`, and what."""
    for line in _lines(visit, found):
        typed = visit.form.get(f"{name}_{line.number}", "").strip()
        if typed:
            yield line, typed


def _called(line: MemberLine) -> str:
    return f"{line.number} {line.name}"


def _one(visit: Visit, found: Meeting) -> MemberLine:
    """The member whose number the form has. Raises NoSuchMember."""
    number = whole(visit, "number", 1, NUMBER_MAXIMUM)
    return meeting_lines.by_number(visit.tx, visit.keys, found.id, number)


def roll(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    for line, attendance in _given(visit, found, "here"):
        if attendance not in ATTENDANCE:
            raise NoSuchChoice
        if attendance != line.attendance:
            with refusals(_called(line)):
                meeting_lines.mark(visit.tx, found, line.subscriber_id, attendance, by=by)
    return said("The roll is written down.")


def savings(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    """Only what is another than before is written: somebody else may write, too."""
    rules, currency = meetings.rules(visit.tx, found), found.currency
    wanted = Number(0, rules.most) if rules.has_shares else Amount(currency, 0, rules.most)
    for line, raw in _given(visit, found, "saved"):
        with refusals(_called(line)):
            typed = wanted.parse(raw)
            if line.saved_minor is not None and rules.typed(line.saved_minor) == typed:
                continue
            meeting_lines.save(visit.tx, visit.keys, found, line.subscriber_id, typed, by=by)
    return said("The savings are written down.")


def social(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    """Everybody here pays, but those who are ticked."""
    meeting_lines.pay_social(visit.tx, found, by=by)
    for line, _ in _given(visit, found, "unpaid"):
        meeting_lines.leave_out_social(visit.tx, found, line.subscriber_id, by=by)
    return said("The social fund is written down.")


def fine(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    line, kind = _one(visit, found), visit.form.get("kind", "")
    with refusals(_called(line)):
        if not kind:
            meeting_lines.drop_fines(visit.tx, found, line.subscriber_id, by=by)
        elif kind == fines.EARLIER:
            fines.pay(visit.tx, found, line.subscriber_id, by=by)
        elif kind in meetings.rules(visit.tx, found).fines:
            meeting_lines.fine(visit.tx, found, line.subscriber_id, kind, by=by)
        else:
            raise NoSuchChoice
    return said("The fine is written down.")


def repay(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    for line, raw in _given(visit, found, "repaid"):
        with refusals(_called(line)):
            amount_minor = Amount(found.currency, 0, AMOUNT_MAXIMUM_MINOR).parse(raw)
            if at_meeting.owing(visit.tx, found, line).written_minor != amount_minor:
                at_meeting.repay(visit.tx, found, line, amount_minor, by=by)
    return said("The repayments are written down.")


def payout(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    """A loan that waits is paid out now; or not, after all."""
    waiting = at_meeting.to_pay_out(visit.tx, visit.keys, found)
    chosen = [one for one in waiting if str(one.loan_id) == visit.form.get("loan")]
    if not chosen:
        raise NoSuchChoice
    is_paid = visit.form.get("paid") == "yes"
    at_meeting.write_payout(visit.tx, found, chosen[0].loan_id, by=by, paid=is_paid)
    return said("The loan is written down.")


def correct(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    """What a member saved at the last meeting was written down wrong."""
    rules = meeting_lines.rules_before(visit.tx, found)
    number = whole(visit, "number", 1, NUMBER_MAXIMUM)
    before = meeting_lines.line_before(visit.tx, visit.keys, found, number)
    most = rules.most
    typed = whole(visit, "right", 0, most) if rules.has_shares else amount(visit, "right")
    with refusals(_called(before)):
        meeting_lines.correct(visit.tx, found, before, typed, reason=visit.reason(), by=by)
    return said("The correction is written down.")
