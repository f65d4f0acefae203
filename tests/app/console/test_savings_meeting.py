"""A meeting written down on the page: the phones' operations, staff's hands, two who count."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from core.loans import at_meeting
from core.savings import meeting_count, meetings
from core.savings.meetings import Meeting
from core.staff.roles import Grant
from tests.app.console.conftest import Clerk
from tests.app.console.test_savings import Union, union
from tests.support.tenants import KEYS

__all__ = ["union"]


@dataclass
class Hall:
    """A group of the union, and somebody of staff who writes its meeting down."""

    union: Union
    clerk: Clerk
    group: uuid.UUID
    by: uuid.UUID

    def does(self, step: str, **form: object) -> str:
        path = f"/console/savings/{self.group}/meeting/{step}"
        return self.clerk.does(path, **{"by": str(self.by), **form})

    def is_refused(self, step: str, **form: object) -> str:
        path = f"/console/savings/{self.group}/meeting/{step}"
        answer = self.clerk.post(path, **{"by": str(self.by), **form})
        assert answer.status_code == 409, answer.text
        return answer.text

    @property
    def now(self) -> Meeting:
        with self.union.tenant.tx() as tx:
            return meetings.require(tx, self.group)

    def numbers(self) -> list[str]:
        """Of the members but the first, who is on hold."""
        page = self.clerk.reads(f"/console/savings/{self.group}/meeting")
        return re.findall(r'name="here_(\d+)"', page)[1:]


@pytest.fixture
def hall(union: Union) -> Iterator[Hall]:
    clerk = union.clerk_of("KOP1")
    yield Hall(union, clerk, union.group("KOP1"), union.tenant.id_of("uwera"))
    assert union.tenant.broken() == []


def test_a_whole_meeting_on_the_page(hall: Hall) -> None:
    tenant = hall.union.tenant
    assert "Both funds" in hall.does("open")
    hall.does("confirm")
    first, second, *others = hall.numbers()
    hall.does("guests", guests="2")
    hall.does("roll", **{f"here_{second}": "late"}, **{f"here_{one}": "absent" for one in others})
    refused = hall.is_refused("savings", **{f"saved_{first}": "2", f"saved_{second}": "999"})
    assert hall.now.saved_minor == 0, "all of a form, or nothing"
    assert re.search(rf">{second} \w+", refused), refused
    hall.does("savings", **{f"saved_{first}": "2", f"saved_{second}": "1"})
    hall.does("social", **{f"unpaid_{second}": "1"})
    hall.does("fine", number=second, kind="late")
    now = hall.now
    assert (now.here, now.guests, now.entered) == (3, 2, 2)
    assert now.saved_minor == 3 * (now.saved_minor // 3) > 0
    held = now.book_minor
    counters = [tenant.id_of("habimana"), tenant.id_of("mukamana")]
    assert "Noted." in hall.does("count", by=str(counters[0]), counted=str(held))
    # Nobody of staff counts for both: the other key holder has a phone, or tells somebody else.
    assert "You typed the first count" in hall.is_refused(
        "count", by=str(counters[1]), counted=str(held)
    )
    with tenant.tx() as tx:
        meeting_count.count(tx, hall.group, held, by=counters[1])
    page = hall.does("close")
    assert "every member is texted" in page
    assert "2 guests" in page
    said = (
        "SELECT count(*) FROM audit WHERE action = 'write meeting down' AND actor LIKE '%%clerk%%'"
    )
    assert tenant.number(said) == 9
    assert tenant.number("SELECT count(*) FROM savings_meeting WHERE state = 'closed'") == 1


def test_cash_that_is_short_is_explained_and_two_of_staff_count(hall: Hall) -> None:
    tenant = hall.union.tenant
    for step in ("open", "confirm"):
        hall.does(step)
    first = hall.numbers()[0]
    hall.does("savings", **{f"saved_{first}": "3"})
    short = str(hall.now.book_minor - 500)
    hall.does("count", by=str(tenant.id_of("habimana")), counted=short)
    other = hall.union.clerk_as("second", [Grant("operator")])
    path = f"/console/savings/{hall.group}/meeting/count"
    assert "Both counts agree" in other.does(path, by=str(tenant.id_of("mukamana")), counted=short)
    assert "Say why" in hall.is_refused("close")
    hall.does("explain", reason="Change was wrong")
    hall.does("recount")
    assert hall.now.state == "recording"
    assert hall.now.first_typed_by == ""
    hall.does("stop", reason="The rain came in")
    with tenant.tx() as tx:
        assert meetings.find(tx, hall.group) is None
    assert tenant.entries() == 0


def test_who_has_no_office_says_nothing_and_who_only_looks_writes_nothing(hall: Hall) -> None:
    tenant = hall.union.tenant
    stranger = tenant.id_of("bizimana")
    assert "committee" in hall.is_refused("open", by=str(stranger))
    assert "Choose who" in hall.is_refused("open", by="")
    assert hall.clerk.post(f"/console/savings/{hall.group}/meeting/dance").status_code == 404
    auditor = hall.union.clerk_as("looks", [Grant("auditor")])
    page = auditor.reads(f"/console/savings/{hall.group}/meeting")
    assert '<form method="post"' not in page.partition("<main")[2]
    path = f"/console/savings/{hall.group}/meeting/open"
    assert auditor.post(path, by=str(hall.by)).status_code == 403


def test_what_is_typed_wrong_is_said_with_whose_it_is(hall: Hall) -> None:
    for step in ("open", "confirm"):
        hall.does(step)
    first = hall.numbers()[0]
    hall.is_refused("savings", **{f"saved_{first}": "many"})
    hall.is_refused("repay", **{f"repaid_{first}": "500"})  # who owes nothing repays nothing
    hall.is_refused("fine", number=first, kind="dancing")
    hall.is_refused("payout", loan=str(uuid.uuid4()), paid="yes")
    hall.is_refused("correct", number=first, right="1", reason="Heard wrong")
    with hall.union.tenant.tx() as tx:
        assert at_meeting.to_pay_out(tx, KEYS, hall.now) == []
    assert hall.now.lines_minor == 0
