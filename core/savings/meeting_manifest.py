"""What groups.yaml says of a group's year: its constitutions, one a cycle, and its committee."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, Final

import orjson
from pydantic import Field

from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry
from core.manifest.ids import id_of
from core.manifest.values import (
    Amount,
    Flag,
    Key,
    Moment,
    Name,
    OptionalAmount,
    Text,
    matching,
    one_of,
    whole,
)
from core.savings.committee import KEY_HOLDER, ROLES
from core.savings.constitution import EVERY, MONTH, REMINDED, Constitution

WEEKDAYS: Final = (
    *("monday", "tuesday", "wednesday", "thursday"),
    *("friday", "saturday", "sunday"),
)
SHARES_MAXIMUM: Final = 1_000
CYCLE_DAYS_MAXIMUM: Final = 2 * 366
REMINDED_DAYS_MAXIMUM: Final = 60

Time = Annotated[Text, matching("([01][0-9]|2[0-3]):[0-5][0-9]", "a time such as 14:00")]


class MeetsEntry(Entry):
    """When and where a group meets: on a weekday, or each month on a day (31 is the last)."""

    every: Annotated[Text, one_of(EVERY)]
    weekday: Annotated[Text, one_of(WEEKDAYS)] | None = None
    day: Annotated[int, whole(1, 31)] | None = None
    at: Time
    where: Name


Days = list[Annotated[int, whole(0, REMINDED_DAYS_MAXIMUM)]]


class RemindersEntry(Entry):
    """How many days before a meeting and an instalment members are reminded, and how many days
    after one that is late. Nobody is where the list is empty."""

    meeting: Days = Field(default_factory=lambda: list(REMINDED["meeting"]), max_length=3)
    instalment: Days = Field(default_factory=lambda: list(REMINDED["instalment"]), max_length=3)
    late: Days = Field(default_factory=lambda: list(REMINDED["late"]), max_length=5)

    def days(self) -> dict[str, tuple[int, ...]]:
        return {
            "meeting": tuple(self.meeting),
            "instalment": tuple(self.instalment),
            "late": tuple(self.late),
        }


class ConstitutionEntry(Entry):
    """A cycle's rules. `until` is its last day. Members buy shares of `share_value`, from
    `shares_min` to `shares_max` at a meeting; or save freely, from `saved_min` to `saved_max`."""

    valid_from: Moment
    valid_until: Moment
    meets: MeetsEntry
    share_value: OptionalAmount = None
    shares_min: Annotated[int, whole(1, SHARES_MAXIMUM)] = 1
    shares_max: Annotated[int, whole(1, SHARES_MAXIMUM)] = 5
    saved_min: OptionalAmount = None
    saved_max: OptionalAmount = None
    social_fund: Amount = 0
    fines: dict[Key, Amount] = Field(default_factory=dict)
    quorum_percent: Annotated[int, whole(1, 100)] = 50
    languages: list[Annotated[Text, one_of(lambda reading: reading.languages)]] = Field(
        default_factory=list
    )
    coin: OptionalAmount = None
    shares_out_social_fund: Flag = False
    reminders: RemindersEntry = Field(default_factory=RemindersEntry)
    fined_at_close: list[Annotated[Text, one_of(lambda _: ["late", "absent"])]] = Field(
        default_factory=list
    )

    def constitution(self) -> Constitution:
        meets, has_shares = self.meets, self.share_value is not None
        on_day = meets.day if meets.every == MONTH else WEEKDAYS.index(meets.weekday or "monday")
        return Constitution(
            valid_from=self.valid_from.date(),
            valid_until=self.valid_until.date(),
            every=meets.every,
            on_day=on_day or 0,
            at=meets.at,
            place=meets.where,
            share_minor=self.share_value or 0,
            least=self.shares_min if has_shares else self.saved_min or 1,
            most=self.shares_max if has_shares else self.saved_max or 0,
            social_minor=self.social_fund,
            fines=dict(sorted(self.fines.items())),
            quorum_percent=self.quorum_percent,
            languages=tuple(self.languages),
            coin_minor=self.coin or 1,
            shares_out_social=self.shares_out_social_fund,
            reminders=self.reminders.days(),
            fined_at_close=tuple(sorted(set(self.fined_at_close))),
        )


class OfficeEntry(Entry):
    """An office that a person has in a group's committee, and from which day to which."""

    group: Text
    role: Annotated[Text, one_of(ROLES)]
    valid_from: Moment
    valid_until: Moment

    def row(self, person_id: uuid.UUID) -> tuple[uuid.UUID, str, uuid.UUID, date, date]:
        group_id = id_of(self.reading.tenant_id, "group", self.group)
        return (group_id, self.role, person_id, self.valid_from.date(), self.valid_until.date())


def check_constitutions(entries: Sequence[ConstitutionEntry]) -> None:
    """Faults of one group's cycles, each at its place."""
    for entry in entries:
        _check_days(entry, entry.valid_from.date(), entry.valid_until.date())
        _check_meets(entry.meets)
        _check_savings(entry)
        if entry.coin == 0:
            entry.place("coin").fault("the smallest coin is at least one minor unit")
        for kind, amount_minor in entry.fines.items():
            if not amount_minor:
                entry.place("fines", kind).fault("a fine costs something")
        for kind in entry.fined_at_close:
            if kind not in entry.fines:
                entry.place("fined_at_close").fault(f"fines says nothing of {kind}")
    in_order = sorted(entries, key=lambda entry: entry.valid_from)
    for earlier, later in pairwise(in_order):
        if later.valid_from <= earlier.valid_until:
            later.place("valid_from").fault("the cycle before it is not over by then")


def _check_days(entry: Entry, first: date, last: date) -> None:
    if last <= first:
        entry.place("valid_until").fault("the last day comes after the first")
    elif last - first > timedelta(CYCLE_DAYS_MAXIMUM):
        entry.place("valid_until").fault(f"a cycle has at most {CYCLE_DAYS_MAXIMUM} days")


def _check_meets(meets: MeetsEntry) -> None:
    monthly = meets.every == MONTH
    if monthly and (meets.day is None or meets.weekday is not None):
        meets.place().fault("a group that meets each month says the day, and no weekday")
    if not monthly and (meets.weekday is None or meets.day is not None):
        meets.place().fault("a group that meets by the week says the weekday, and no day")


def _check_savings(entry: ConstitutionEntry) -> None:
    has_shares = entry.share_value is not None
    if has_shares and (entry.saved_min is not None or entry.saved_max is not None):
        entry.place("share_value").fault("members buy shares, or they save freely: not both")
    if has_shares and not entry.share_value:
        entry.place("share_value").fault("a share costs something")
    if has_shares and entry.shares_min > entry.shares_max:
        entry.place("shares_min").fault("the least is above the most")
    if not has_shares and not entry.saved_max:
        entry.place().fault("share_value, or saved_max, is needed here")
    if not has_shares and (entry.saved_min or 0) > (entry.saved_max or 0):
        entry.place("saved_min").fault("the least is above the most")


def check_offices(offices: Sequence[OfficeEntry], groups: Collection[str]) -> None:
    """Faults of one person's offices, beside the groups that the person is a member of."""
    seen: set[tuple[str, str, date]] = set()
    for office in offices:
        if office.valid_until < office.valid_from:
            office.place("valid_until").fault("the last day comes after the first")
        if office.group not in groups:
            office.place("group").fault("the person is not a member of this group")
        key = (office.group, office.role, office.valid_from.date())
        if key in seen:
            office.place().fault("this office stands here twice")
        seen.add(key)


def constitution_changes(
    site: Site, said: Mapping[uuid.UUID, tuple[str, Sequence[ConstitutionEntry]]]
) -> Iterator[Change]:
    """Cycles that are new or differ, by the groups' ids. One under which a meeting closed is only
    made longer or shorter."""
    known = {
        (group_id, first): (last, body)
        for group_id, first, last, body in site.tx.all(
            "SELECT group_id, valid_from, valid_until, body FROM savings_constitution"
            " WHERE tenant_id = current_tenant()"
        )
    }
    met = {
        (group_id, first)
        for group_id, first in site.tx.all(
            "SELECT c.group_id, c.valid_from FROM savings_constitution c"
            " WHERE c.tenant_id = current_tenant() AND EXISTS (SELECT 1 FROM savings_meeting m"
            "  WHERE m.tenant_id = c.tenant_id AND m.group_id = c.group_id AND m.state = 'closed'"
            "  AND m.day BETWEEN c.valid_from AND c.valid_until)"
        )
    }
    for group_id, (code, entries) in said.items():
        for entry in entries:
            rules = entry.constitution()
            key = (group_id, rules.valid_from)
            body = orjson.loads(orjson.dumps(rules.to_body()))
            if known.get(key) == (rules.valid_until, body):
                continue
            if key in met and _price(known[key][1]) != _price(body):
                entry.place().fault(
                    "the group has met under these rules: what a share costs stays for the cycle"
                )
            verb = "changed" if key in known else "added"
            write = partial(_write_constitution, group_id, rules)
            yield Change(verb, "constitutions", code, write, Stage.PEOPLE)


def _price(body: Mapping[str, Any]) -> Any:
    return body["share_minor"]


def _write_constitution(group_id: uuid.UUID, rules: Constitution, tx: Tx) -> None:
    tx.execute(
        "INSERT INTO savings_constitution (tenant_id, group_id, valid_from, valid_until, body)"
        " VALUES (current_tenant(), %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, group_id, valid_from)"
        " DO UPDATE SET valid_until = excluded.valid_until, body = excluded.body",
        (group_id, rules.valid_from, rules.valid_until, orjson.dumps(rules.to_body()).decode()),
    )


def office_changes(
    site: Site, said: Mapping[uuid.UUID, tuple[str, Sequence[OfficeEntry]]]
) -> Iterator[Change]:
    """Offices that are new, or that end on another day, by the people's ids. Those that the folder
    says no more stay: who had them signed. One whose place somebody took since by an election ends
    where it ended."""
    known = {
        tuple(row[:4]): row[4]
        for row in site.tx.all(
            "SELECT group_id, role, subscriber_id, valid_from, valid_until FROM savings_office"
            " WHERE tenant_id = current_tenant() AND subscriber_id = ANY (%s)",
            ([*said],),
        )
    }
    for person_id, (key, offices) in said.items():
        for office in offices:
            row = office.row(person_id)
            if known.get(row[:4]) != row[4] and not _was_followed(site, row):
                verb = "changed" if row[:4] in known else "added"
                name = f"{key} {office.group} {office.role}"
                yield Change(verb, "offices", name, partial(_write_office, row), Stage.PEOPLE)


def _was_followed(site: Site, row: tuple[uuid.UUID, str, uuid.UUID, date, date]) -> bool:
    """Whether somebody was elected into the office within its days, as the folder has them."""
    group_id, role, _, first, last = row
    return role != KEY_HOLDER and bool(
        site.tx.one(
            "SELECT 1 FROM savings_office WHERE tenant_id = current_tenant() AND group_id = %s"
            " AND role = %s AND valid_from > %s AND valid_from <= %s LIMIT 1",
            (group_id, role, first, last),
        )
    )


def _write_office(row: tuple[uuid.UUID, str, uuid.UUID, date, date], tx: Tx) -> None:
    tx.execute(
        "INSERT INTO savings_office (tenant_id, group_id, role, subscriber_id, valid_from,"
        " valid_until) VALUES (current_tenant(), %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, group_id, role, subscriber_id, valid_from)"
        " DO UPDATE SET valid_until = excluded.valid_until",
        row,
    )
