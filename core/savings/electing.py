"""Who a group elected into its committee, and until when: two officers of the union write it down.

A term follows on the one before, or takes its place: then that one ends on the day before. Whoever
holds a key does so beside others.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.audit.trail import record
from core.db.database import Tx
from core.messaging.notices import write_notice
from core.people.people import get as get_person
from core.savings import groups
from core.savings.committee import KEY_HOLDER, ROLES
from core.savings.messages import OfficeBegins
from core.security.keyring import Keyring


class CannotElect(ApprovalError):
    """It cannot be written down. The text says why."""


@dataclass(frozen=True, slots=True)
class Term:
    """An office of a group, from its first day to its last."""

    role: str
    holder_id: uuid.UUID
    holder: str
    first: date
    last: date


def terms(tx: Tx, keys: Keyring, group_id: uuid.UUID, since: date) -> list[Term]:
    """The offices of a group that end on that day or later, by role and first day."""
    rows = tx.all(
        "SELECT role, subscriber_id, valid_from, valid_until FROM savings_office"
        " WHERE tenant_id = current_tenant() AND group_id = %s AND valid_until >= %s"
        " ORDER BY role, valid_from, subscriber_id",
        (group_id, since),
    )
    return [Term(role, who, _name(tx, keys, who), *days) for role, who, *days in rows]


_MEMBER: Final = (
    "SELECT 1 FROM membership WHERE tenant_id = current_tenant() AND group_id = %s"
    " AND subscriber_id = %s AND left_at IS NULL"
)
_CUT: Final = (
    "UPDATE savings_office SET valid_until = %s WHERE tenant_id = current_tenant()"
    " AND group_id = %s AND role = %s AND subscriber_id = %s AND valid_from = %s"
)
_WRITE: Final = (
    "INSERT INTO savings_office (tenant_id, group_id, role, subscriber_id, valid_from,"
    " valid_until) VALUES (current_tenant(), %s, %s, %s, %s, %s)"
    " ON CONFLICT (tenant_id, group_id, role, subscriber_id, valid_from)"
    " DO UPDATE SET valid_until = excluded.valid_until"
)


class Election(Kind):
    """`subject_id` is who was elected; `params` name the group, the role, and the first and the
    last day of the term."""

    name: ClassVar[str] = "committee_election"
    life_s: ClassVar[int] = 30 * 24 * 60 * 60

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        self._cut(tx, keys, request)

    def _cut(self, tx: Tx, keys: Keyring, request: Request) -> list[Term]:
        """The terms of the office that end the day before. Raises CannotElect."""
        who, group_id, role, first, last = _of(request)
        if role not in ROLES:
            raise CannotElect(f"An office is one of {', '.join(ROLES)}.")
        if last < first:
            raise CannotElect("The last day comes after the first.")
        if tx.one(_MEMBER, (group_id, who)) is None:
            raise CannotElect("Only a member of the group is in its committee.")
        found = [
            one
            for one in terms(tx, keys, group_id, first)
            if one.role == role
            and one.first <= last
            and (role != KEY_HOLDER or one.holder_id == who)
            and (one.holder_id, one.first) != (who, first)
        ]
        later = [one for one in found if one.first >= first]
        if later:
            raise CannotElect(
                f"{later[0].holder} has this office from {later[0].first}: let it end before."
            )
        return found

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        cut = self._cut(tx, keys, request)
        who, group_id, role, first, last = _of(request)
        return Shown(
            f"{role} of {groups.name_of(tx, group_id)}: {_name(tx, keys, who)}",
            {one.holder: f"until {one.last}" for one in cut},
            {
                **{one.holder: f"until {first - timedelta(1)}" for one in cut},
                _name(tx, keys, who): f"{first} until {last}",
            },
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        who, group_id, role, first, last = _of(request)
        # Two elections of one office, one after the other.
        tx.one(
            "SELECT 1 FROM savings_group WHERE tenant_id = current_tenant() AND id = %s FOR UPDATE",
            (group_id,),
        )
        for one in self._cut(tx, keys, request):
            tx.execute(_CUT, (first - timedelta(1), group_id, role, one.holder_id, one.first))
        tx.execute(_WRITE, (group_id, role, who, first, last))
        told = OfficeBegins(
            group=groups.name_of(tx, group_id),
            first_on=f"{first:%d/%m/%Y}",
            last_on=f"{last:%d/%m/%Y}",
        )
        write_notice(tx, who, told)
        detail = {"group": str(group_id), "role": role, "first": str(first), "last": str(last)}
        record(tx, f"request {request.id}", "elect into committee", who, detail)
        return Done({"office": role, "until": str(last)})


def _of(request: Request) -> tuple[uuid.UUID, uuid.UUID, str, date, date]:
    assert request.subject_id is not None, "it is asked for of somebody"
    params = request.params
    days = (date.fromisoformat(params[name]) for name in ("first", "last"))
    first, last = days
    return request.subject_id, uuid.UUID(params["group"]), str(params["role"]), first, last


def _name(tx: Tx, keys: Keyring, who: uuid.UUID) -> str:
    found = get_person(tx, keys, who)
    return found.shown_name if found else ""
