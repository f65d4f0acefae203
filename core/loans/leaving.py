"""A member leaves a group: by exit, by transfer to another group, or by death.

Nobody leaves with anything open between them and the group: a loan, a pledge for another's loan, a
meeting that is on, savings. Savings go first, as two officers book them, to the wallet or to the
savings of the group that the member goes to; so no money moves here. The group's number in their
list, and their place in the group's roll, stay theirs if they come back.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from core.audit.trail import record
from core.db.database import Tx
from core.people import people
from core.savings import funds, groups
from values.money import Money

How = Literal["exit", "transfer", "death"]
WAYS: Final[tuple[How, ...]] = ("exit", "transfer", "death")

_MEMBER: Final = (
    "SELECT a.balance_minor, a.held_minor, a.currency, g.frozen FROM membership m"
    " JOIN account a ON a.tenant_id = m.tenant_id AND a.id = m.savings_account_id"
    " JOIN savings_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id"
    " WHERE m.tenant_id = current_tenant() AND m.group_id = %s AND m.subscriber_id = %s"
    " AND m.left_at IS NULL"
)
_OPEN_LOAN: Final = (
    "SELECT 1 FROM loan WHERE tenant_id = current_tenant() AND group_id = %s AND borrower_id = %s"
    " AND state IN ('applied', 'guaranteed', 'approved', 'disbursed', 'repaying') LIMIT 1"
)
_GUARANTEE: Final = (
    "SELECT 1 FROM loan_guarantor g JOIN loan l ON l.tenant_id = g.tenant_id AND l.id = g.loan_id"
    " WHERE g.tenant_id = current_tenant() AND l.group_id = %s AND g.subscriber_id = %s"
    " AND g.state IN ('asked', 'accepted')"
    " AND l.state IN ('applied', 'guaranteed', 'approved', 'disbursed', 'repaying') LIMIT 1"
)
_MEETING: Final = (
    "SELECT 1 FROM savings_meeting WHERE tenant_id = current_tenant() AND group_id = %s"
    " AND state IN ('open', 'recording', 'counted') LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What is still open. `code` is for programs, the text for the officer."""

    code: str
    text: str


class CannotLeave(ValueError):
    """A member cannot leave yet. `obstacles` are all that is open."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__(" ".join(one.text for one in obstacles))
        self.obstacles: Final = tuple(obstacles)


def leave(
    tx: Tx,
    *,
    group_id: uuid.UUID,
    subscriber_id: uuid.UUID,
    how: How,
    reason: str,
    by: str,
    to_group_id: uuid.UUID | None = None,
) -> None:
    """End a membership today, and with it the offices in the group's committee, which only its
    members hold. `to_group_id` is where a transfer leads to, and None for the other ways. A person
    who died is frozen: nobody uses what is theirs until it is decided.

    Raises CannotLeave; after it the transaction can only be rolled back.
    """
    if (how == "transfer") != (to_group_id is not None):
        raise CannotLeave([Obstacle("no_target", "A transfer names another group, no other way.")])
    *_, currency, _ = _member(tx, group_id, subscriber_id)
    # A meeting that opens or closes waits for this, or was first: the book, and then the account.
    funds.lock(tx, group_id, currency)
    balance_minor, held_minor, currency, frozen = _member(tx, group_id, subscriber_id, lock=True)
    found = [*_obstacles(tx, group_id, subscriber_id, balance_minor, held_minor)]
    if frozen:
        found.append(Obstacle("group_frozen", "The group is on hold."))
    if found:
        raise CannotLeave(found)
    tx.execute(
        "UPDATE membership SET left_at = now() WHERE tenant_id = current_tenant()"
        " AND group_id = %s AND subscriber_id = %s",
        (group_id, subscriber_id),
    )
    if to_group_id is not None:
        _require_other(tx, group_id, to_group_id)
        groups.join(tx, group_id=to_group_id, subscriber_id=subscriber_id, currency=currency)
    if how == "death":
        people.freeze(tx, subscriber_id, frozen=True, actor=by, reason=reason)
    detail = {"group": str(group_id), "how": how, "reason": reason}
    if to_group_id is not None:
        detail["to_group"] = str(to_group_id)
    record(tx, by, "member leaves", subscriber_id, detail)


def saved(tx: Tx, group_id: uuid.UUID, subscriber_id: uuid.UUID) -> Money:
    """What a member has saved in a group. Raises CannotLeave for who is none."""
    balance_minor, _, currency, _ = _member(tx, group_id, subscriber_id)
    return Money(balance_minor, currency)


def open_beside_savings(tx: Tx, group_id: uuid.UUID, subscriber_id: uuid.UUID) -> list[Obstacle]:
    """What keeps a member from leaving but for what they saved. Raises CannotLeave for who is
    none."""
    _, held_minor, _, frozen = _member(tx, group_id, subscriber_id)
    found = [*_obstacles(tx, group_id, subscriber_id, 0, held_minor)]
    if frozen:
        found.append(Obstacle("group_frozen", "The group is on hold."))
    return found


def _member(
    tx: Tx, group_id: uuid.UUID, subscriber_id: uuid.UUID, *, lock: bool = False
) -> tuple[int, int, str, bool]:
    """What they have saved, what of it is held, in which currency, and whether the group is on
    hold. Raises CannotLeave."""
    row = tx.one(_MEMBER + (" FOR UPDATE OF m, a" if lock else ""), (group_id, subscriber_id))
    if row is None:
        raise CannotLeave([Obstacle("not_a_member", "This person is no member of the group.")])
    balance_minor, held_minor, currency, frozen = row
    return balance_minor, held_minor, currency, frozen


def _obstacles(
    tx: Tx, group_id: uuid.UUID, subscriber_id: uuid.UUID, balance_minor: int, held_minor: int
) -> Iterator[Obstacle]:
    if tx.one(_OPEN_LOAN, (group_id, subscriber_id)):
        yield Obstacle("loan_open", "They have a loan of the group, or have applied for one.")
    if held_minor or tx.one(_GUARANTEE, (group_id, subscriber_id)):
        yield Obstacle("guarantee_held", "They are guarantor of a loan that is not over.")
    if tx.one(_MEETING, (group_id,)):
        yield Obstacle("meeting_is_on", "A meeting of the group is on: close it first.")
    if balance_minor:
        yield Obstacle("savings_left", "They have savings in the group: book them out first.")


def _require_other(tx: Tx, group_id: uuid.UUID, to_group_id: uuid.UUID) -> None:
    """Raises CannotLeave where the group that somebody goes to cannot take them."""
    row = tx.one(
        "SELECT frozen FROM savings_group WHERE tenant_id = current_tenant() AND id = %s",
        (to_group_id,),
    )
    if row is None or to_group_id == group_id:
        raise CannotLeave([Obstacle("no_target", "There is no such other group.")])
    if row[0]:
        raise CannotLeave([Obstacle("target_frozen", "The other group is on hold.")])
