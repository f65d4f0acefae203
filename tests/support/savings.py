"""A savings group with a constitution and a committee, and its meetings as a group holds them."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date

import orjson

from core.loans import at_meeting
from core.money import ledger
from core.savings import (
    committee,
    funds,
    groups,
    meeting_count,
    meeting_lines,
    meetings,
)
from core.savings.constitution import Constitution
from core.savings.funds import Funds
from core.savings.meeting_closing import Minutes
from core.savings.meetings import Meeting
from tests.support.tenants import CURRENCY, KEYS, Tenant
from values.ids import uuid7

DAY = date(2026, 3, 2)
RULES = Constitution(
    valid_from=date(2026, 1, 5),
    valid_until=date(2026, 12, 18),
    every="week",
    on_day=0,
    at="14:00",
    place="Kacyiru market",
    share_minor=500,
    least=1,
    most=5,
    social_minor=200,
    fines={"late": 100, "phone": 50},
    quorum_percent=60,
    languages=("rw",),
    coin_minor=1,
    shares_out_social=False,
)


def new_group(tenant: Tenant, code: str) -> uuid.UUID:
    organisation, id = uuid7(), uuid7()
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO organisation VALUES (current_tenant(), %s, 'Union')", (organisation,)
        )
        tx.execute(
            "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
            " VALUES (current_tenant(), %s, %s, %s, %s)",
            (id, organisation, code, f"Group {code}"),
        )
    return id


@dataclass
class Group:
    """A group whose first two members have every office, and the keys."""

    tenant: Tenant
    id: uuid.UUID
    people: list[uuid.UUID]
    rules: Constitution = RULES
    service_id: uuid.UUID = field(default_factory=uuid7)
    day: date = DAY

    @property
    def treasurer(self) -> uuid.UUID:
        return self.people[0]

    @property
    def secretary(self) -> uuid.UUID:
        return self.people[1]

    @property
    def funds(self) -> Funds:
        with self.tenant.tx() as tx:
            return funds.of_group(tx, self.id, CURRENCY)

    def saved_minor(self, person: uuid.UUID) -> int:
        account = ledger.savings_account_id(self.id, person, CURRENCY)
        return self.tenant.balance(account)[0]

    # -- a meeting ---------------------------------------------------------------------------------

    def open(self, *, confirmed: bool = True) -> Meeting:
        with self.tenant.tx() as tx:
            opened = meetings.open_meeting(
                tx, group_id=self.id, by=self.treasurer, today=self.day, currency=CURRENCY
            )
            if confirmed:
                meetings.confirm_opening(tx, opened, by=self.treasurer)
        return self.now()

    def now(self) -> Meeting:
        with self.tenant.tx() as tx:
            return meetings.require(tx, self.id)

    def save(self, person: uuid.UUID, typed: int, by: uuid.UUID | None = None) -> None:
        with self.tenant.tx() as tx:
            meeting = meetings.require(tx, self.id)
            meeting_lines.save(tx, KEYS, meeting, person, typed, by=by or self.treasurer)

    def pay_social(self) -> None:
        with self.tenant.tx() as tx:
            meeting_lines.pay_social(tx, meetings.require(tx, self.id), by=self.treasurer)

    def fine(self, person: uuid.UUID, kind: str) -> None:
        with self.tenant.tx() as tx:
            meeting = meetings.require(tx, self.id)
            meeting_lines.fine(tx, meeting, person, kind, by=self.secretary)

    def count(self, counted_minor: int, reason: str = "") -> None:
        """Both key holders count the same."""
        for who in self.people[:2]:
            with self.tenant.tx() as tx:
                meeting_count.count(tx, self.id, counted_minor, by=who)
        if reason:
            with self.tenant.tx() as tx:
                meeting = meetings.require(tx, self.id)
                meeting_count.explain(tx, meeting, reason, by=self.treasurer)

    def close(self, meeting_id: uuid.UUID) -> Minutes:
        with self.tenant.tx() as tx:
            return at_meeting.close(tx, meeting_id, by=self.treasurer, service_id=self.service_id)

    def hold_meeting(self, shares: dict[uuid.UUID, int], over_minor: int = 0) -> Minutes:
        """A whole meeting: these shares, the social fund by all, and so much more counted."""
        meeting = self.open()
        for person, typed in shares.items():
            self.save(person, typed)
        self.pay_social()
        self.count(self.now().book_minor + over_minor, "Change was wrong" if over_minor else "")
        return self.close(meeting.id)


def group_of(
    tenant: Tenant, code: str, members: int = 4, rules: Constitution = RULES, **changes: object
) -> Group:
    """A new group with so many members."""
    rules = replace(rules, **changes)  # type: ignore[arg-type]  # the caller names its fields
    group_id = new_group(tenant, code)
    people = [tenant.person(f"Member {number}") for number in range(members)]
    for person in people:
        with tenant.tx() as tx:
            groups.join(tx, group_id=group_id, subscriber_id=person, currency=CURRENCY)
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO savings_constitution VALUES (current_tenant(), %s, %s, %s, %s)",
            (
                *(group_id, rules.valid_from, rules.valid_until),
                orjson.dumps(rules.to_body()).decode(),
            ),
        )
        for person in people[:2]:
            for role in committee.ROLES:
                tx.execute(
                    "INSERT INTO savings_office VALUES (current_tenant(), %s, %s, %s, %s, %s)",
                    (group_id, role, person, rules.valid_from, rules.valid_until),
                )
    return Group(tenant, group_id, people, rules)


def hold_two_meetings(tenant: Tenant) -> None:
    """Of a group of two. The second one corrects what the first wrote down wrong."""
    group = group_of(tenant, "MEETS", members=2)
    ann, ben = group.people
    group.hold_meeting({ann: 3, ben: 1}, over_minor=-500)
    meeting = group.open()
    with tenant.tx() as tx:
        before = meeting_lines.line_before(tx, tenant.keys, meeting, 2)
        meeting_lines.correct(tx, meeting, before, 2, reason="Heard wrong", by=ann)
    group.save(ann, 2)
    group.fine(ben, "late")
    group.count(group.now().book_minor)
    group.close(meeting.id)
