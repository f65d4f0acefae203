"""What a savings group has held, in a database with a history."""

import uuid

from core.loans import at_meeting
from core.savings import fines, meeting_count, meeting_lines, meetings, next_of_kin, reminders
from tests.support.ussd import UssdTenant


def what_a_group_holds(tenant: UssdTenant) -> None:
    """Two meetings of the first group, the second of which corrects the first; a third is on."""
    group_id = tenant.one("SELECT id FROM savings_group WHERE code = 'KOP1'")[0]
    first = open_meeting(tenant, group_id)
    treasurer, others = tenant.id_of("uwera"), ("habimana", "mukamana")
    tenant.change(meeting_lines.save, tenant.keys, first, treasurer, 3, by=treasurer)
    tenant.change(meeting_lines.pay_social, first, by=treasurer)
    tenant.change(meeting_lines.fine, first, treasurer, "late", by=treasurer)
    away = tenant.id_of("habimana")
    tenant.change(meeting_lines.mark, first, away, "absent", by=treasurer)
    for who, typed_by in zip(others, ("officer clerk", ""), strict=True):
        by = tenant.id_of(who)
        tenant.change(meeting_count.count, group_id, 2000, by=by, typed_by=typed_by)
    meeting = tenant.change(meetings.require, group_id)
    tenant.change(meeting_count.explain, meeting, "Change was wrong", by=treasurer)
    _close(tenant, meeting.id)
    second = open_meeting(tenant, group_id)
    with tenant.tx() as tx:
        lines = meeting_lines.all_lines(tx, tenant.keys, second.id)
        number = next(one.number for one in lines if one.subscriber_id == treasurer)
        before = meeting_lines.line_before(tx, tenant.keys, second, number)
    member = tenant.id_of("habimana")
    tenant.change(fines.pay, second, member, by=treasurer)
    why = {"reason": "Heard wrong", "by": treasurer}
    tenant.change(meeting_lines.correct, second, before, 2, **why)
    for who in others:
        tenant.change(meeting_count.count, group_id, 1700, by=tenant.id_of(who))
    _close(tenant, second.id)
    third = open_meeting(tenant, group_id)
    tenant.change(meeting_lines.note_guests, third, 2, by=treasurer)
    kin = {"called": "Mukamana Rose", "number": "+250788500123"}
    tenant.change(next_of_kin.name, tenant.keys, treasurer, **kin)
    tenant.change(reminders.once, reminders.SAVING, group_id, [treasurer], third.day)
    tenant.change(reminders.turn, treasurer, reminders.LATE, is_on=False)


def open_meeting(tenant: UssdTenant, group_id: uuid.UUID) -> meetings.Meeting:
    who = tenant.id_of("uwera")
    today = tenant.service().tenant.today()
    about = {"group_id": group_id, "by": who, "today": today, "currency": "RWF"}
    opened: meetings.Meeting = tenant.change(meetings.open_meeting, **about)
    tenant.change(meetings.confirm_opening, opened, by=who)
    return opened


def _close(tenant: UssdTenant, meeting_id: uuid.UUID) -> None:
    who, service_id = tenant.id_of("uwera"), tenant.service().id
    tenant.change(at_meeting.close, meeting_id, by=who, service_id=service_id)
