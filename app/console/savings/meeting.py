"""A meeting written down on the page, for a recorder of the group, by the operations of the phones.

Who of staff types is in the trail; who of the committee says it is in the meeting. The cash is
counted by two key holders: one of staff types for one of them at most.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Final

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import Route, Visit
from app.console.savings import meeting_lines as written
from app.console.savings.refused import amount, refusals, whole
from app.console.savings.within import LOOK, WITHIN, group_of
from core.audit.trail import record
from core.loans import at_meeting
from core.loans.errors import NoLoanOf
from core.loans.office import today_of
from core.messaging.notices import service_for
from core.savings import fines, meeting_count, meeting_lines, meetings, recorders
from core.savings.committee import KEY_HOLDER, RECORDERS
from core.savings.meeting_lines import MemberLine
from core.savings.meetings import Meeting
from core.staff.errors import StaffError
from core.staff.roles import Permission
from values.said import said

WRITE: Final = Permission(
    "savings.write",
    "write a group's meeting down",
    ("company_admin", "operator", "organisation_staff"),
    changes=True,
)
GUESTS_MAXIMUM: Final = 500


class NobodyChosen(StaffError):
    """Choose who of the committee says it."""


class NobodyToText(StaffError):
    """There is no service to text the members from."""


def shown(visit: Visit, id: uuid.UUID) -> Response:
    """The meeting that is on, as far as it has come; or how to open one."""
    group, tx = group_of(visit, id), visit.tx
    with refusals():
        found = meetings.find(tx, id)
    by, today = visit.asked_id("by"), today_of(tx)
    day = found.day if found else today
    speakers = recorders.of_group(tx, visit.keys, id, today, RECORDERS)
    speaks = next((one.id for one in speakers if one.id == by), None)
    if speaks is None and found is not None:
        speaks = next((one.id for one in speakers if one.id == found.recorded_by), None)
    values: dict[str, object] = {}
    if found is not None:
        with refusals():
            rules = meetings.rules(tx, found)
            lines = meeting_lines.all_lines(tx, visit.keys, found.id)
            values = {
                "rules": rules,
                "lines": [(line, _owing(visit, found, line)) for line in lines],
                "payouts": at_meeting.to_pay_out(tx, visit.keys, found),
                "key_holders": recorders.of_group(tx, visit.keys, id, day, {KEY_HOLDER}),
                "earlier": fines.EARLIER,
            }
    return visit.show(
        "savings/meeting.html",
        group=group,
        meeting=found,
        speakers=speakers,
        by=speaks,
        may_write=visit.may(WRITE),
        attendance=meeting_lines.ATTENDANCE,
        **values,
    )


def _owing(visit: Visit, found: Meeting, line: MemberLine) -> at_meeting.Owing | None:
    try:
        return at_meeting.owing(visit.tx, found, line)
    except NoLoanOf:
        return None


def step(visit: Visit, id: uuid.UUID, step: str) -> Response:
    """One thing of the meeting is written down, and the page shows where it is now."""
    group_of(visit, id)
    do = STEPS.get(step)
    if do is None:
        raise NotFound
    try:
        by = uuid.UUID(visit.form.get("by", ""))
    except ValueError:
        raise NobodyChosen from None
    with refusals():
        found = _open(visit, id, by) if step == "open" else meetings.require(visit.tx, id)
        note = do(visit, found, by)
    detail = {"step": step, "group": str(id), "for": str(by)}
    record(visit.tx, visit.member.actor, "write meeting down", found.id, detail)
    ended = step in ("close", "stop")
    return visit.go(f"savings/{id}" if ended else f"savings/{id}/meeting?by={by}", note)


def _open(visit: Visit, id: uuid.UUID, by: uuid.UUID) -> Meeting:
    return meetings.open_meeting(
        visit.tx,
        group_id=id,
        by=by,
        today=today_of(visit.tx),
        currency=visit.business.currency,
    )


def _opened(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    return said("The meeting is on.")


def _confirm(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    meetings.confirm_opening(visit.tx, found, by=by)
    return said("Both funds are confirmed.")


def _guests(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    guests = whole(visit, "guests", 0, GUESTS_MAXIMUM)
    meeting_lines.note_guests(visit.tx, found, guests, by=by)
    return said("Written down.")


def _count(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    """`by` is the key holder who counted."""
    counted = meeting_count.count(
        *(visit.tx, found.group_id, amount(visit, "counted")),
        by=by,
        typed_by=visit.member.actor,
    )
    if counted.waits:
        return said("Noted. Now the other key holder counts by phone, or tells somebody else.")
    if counted.differs:
        return said("The two counts differ. Both count again.")
    return said("Both counts agree.")


def _explain(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    meeting_count.explain(visit.tx, found, visit.reason(), by=by)
    return said("Written down.")


def _recount(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    meeting_count.recount(visit.tx, found, by=by)
    return said("The cash is to be counted again.")


def _close(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    service_id = service_for(visit.tx, by)
    if service_id is None:
        raise NobodyToText
    at_meeting.close(visit.tx, found.id, by=by, service_id=service_id)
    return said("The meeting is closed, and every member is texted.")


def _stop(visit: Visit, found: Meeting, by: uuid.UUID) -> str:
    meetings.stop(visit.tx, found, by=by, reason=visit.reason())
    return said("The meeting has stopped. Nothing was posted.")


STEPS: Final[Mapping[str, Callable[[Visit, Meeting, uuid.UUID], str]]] = {
    "open": _opened,
    "confirm": _confirm,
    "guests": _guests,
    "roll": written.roll,
    "savings": written.savings,
    "social": written.social,
    "fine": written.fine,
    "repay": written.repay,
    "payout": written.payout,
    "correct": written.correct,
    "count": _count,
    "explain": _explain,
    "recount": _recount,
    "close": _close,
    "stop": _stop,
}
ROUTES: Final = (
    Route("/<uuid:id>/meeting", shown, LOOK, scopes=WITHIN),
    Route("/<uuid:id>/meeting/<step>", step, WRITE, method="POST", scopes=WITHIN),
)
