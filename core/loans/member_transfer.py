"""A member goes to another group with their savings, in one step, as two officers decide.

What of the savings lies with the tenant moves there as it is; the rest is cash, which the committee
of the one group carries to that of the other. Both boxes are right at once by the book.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.loans import leaving, loans
from core.loans.member_messages import CashCarried, SavingsMoved
from core.loans.office import today_of
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.errors import FrozenAccount
from core.money.ledger import Line
from core.savings import committee, funds, groups, meetings
from core.security.keyring import Keyring
from values.currencies import written
from values.ids import reference_of, uuid7
from values.money import Money

ENTRY: Final = "savings_transfer"


class CannotTransfer(ApprovalError):
    """It cannot be done. The text says why."""


@dataclass(frozen=True, slots=True)
class _Move:
    """Who goes from which group to which, with how much; `cash_minor` of it is carried."""

    who: uuid.UUID
    left: uuid.UUID
    group: uuid.UUID
    saved: Money
    cash_minor: int

    @property
    def cash(self) -> Money:
        return Money(self.cash_minor, self.saved.currency)


class MemberTransfer(Kind):
    """`subject_id` is the member; `params` name the group that they leave and the one that they go
    to. Nothing may be open but their savings, and no meeting may be on in either group."""

    name: ClassVar[str] = "member_transfer"
    life_s: ClassVar[int] = 30 * 24 * 60 * 60

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        self._move(tx, request)

    def _move(self, tx: Tx, request: Request) -> _Move:
        """Raises CannotTransfer."""
        assert request.subject_id is not None, "it is asked for of somebody"
        who, params = request.subject_id, request.params
        left, group = uuid.UUID(params["group"]), uuid.UUID(params["to_group"])
        if left == group:
            raise CannotTransfer("That is the same group.")
        try:
            saved = leaving.saved(tx, left, who)
            found = leaving.open_beside_savings(tx, left, who)
        except leaving.CannotLeave as refused:
            raise CannotTransfer(str(refused)) from None
        if found:
            raise CannotTransfer(" ".join(one.text for one in found))
        if groups.is_frozen(tx, group):
            raise CannotTransfer("The other group is on hold.")
        if meetings.find(tx, group) is not None:
            raise CannotTransfer("A meeting of the other group is on: close it first.")
        held = funds.of_group(tx, left, saved.currency)
        cash_minor = max(0, saved.amount_minor - held.loan_e_money_minor)
        if cash_minor > held.loan_cash_minor:
            raise CannotTransfer("The group has lent too much: wait until enough is repaid.")
        return _Move(who, left, group, saved, cash_minor)

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        move = self._move(tx, request)
        left, group = groups.name_of(tx, move.left), groups.name_of(tx, move.group)
        after = {"group": group, "savings there": _written(move.saved)}
        if move.cash_minor:
            after["cash from box to box"] = _written(move.cash)
        return Shown(
            f"{loans.name_of(tx, keys, move.who)} goes from {left} to {group}",
            {"group": left, "savings": _written(move.saved)},
            after,
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        first = self._move(tx, request)
        # In one order, whoever goes which way. A meeting that opens waits for this, or was first.
        for group_id in sorted((first.left, first.group)):
            funds.lock(tx, group_id, first.saved.currency)
        move, entry_id = self._move(tx, request), uuid7()
        groups.join(tx, group_id=move.group, subscriber_id=move.who, currency=move.saved.currency)
        if move.saved.amount_minor:
            self._post(tx, move, request, entry_id)
        try:
            leaving.leave(
                tx,
                group_id=move.left,
                subscriber_id=move.who,
                how="transfer",
                reason=request.reason,
                by=f"request {request.id}",
                to_group_id=move.group,
            )
        except leaving.CannotLeave as refused:
            raise CannotTransfer(str(refused)) from None
        self._tell(tx, keys, move, entry_id)
        carried = {"carried in cash": _written(move.cash)} if move.cash_minor else {}
        return Done({"savings": _written(move.saved), **carried})

    def _post(self, tx: Tx, move: _Move, request: Request, entry_id: uuid.UUID) -> None:
        """Raises CannotTransfer."""
        currency, saved_minor = move.saved.currency, move.saved.amount_minor
        left, group = (funds.book_of(id, currency) for id in (move.left, move.group))
        lines = (
            Line(ledger.savings_account_id(move.left, move.who, currency), -saved_minor),
            Line(ledger.savings_account_id(move.group, move.who, currency), saved_minor),
            Line(left.cash, move.cash_minor),
            Line(group.cash, -move.cash_minor),
        )
        try:
            ledger.post(
                tx,
                key=f"{self.name}:{request.id}",
                kind=ENTRY,
                lines=[line for line in lines if line.amount_minor],
                currency=currency,
                actor_id=None,
                detail={"name": groups.name_of(tx, move.group), "request": str(request.id)},
                entry_id=entry_id,
            )
        except FrozenAccount:
            raise CannotTransfer("The savings are on hold: let go of them first.") from None

    def _tell(self, tx: Tx, keys: Keyring, move: _Move, entry_id: uuid.UUID) -> None:
        left, group = groups.name_of(tx, move.left), groups.name_of(tx, move.group)
        reference = reference_of(entry_id)
        told = SavingsMoved(left=left, group=group, amount=move.saved, reference=reference)
        entry = entry_id if move.saved.amount_minor else None
        write_notice(tx, move.who, told, entry_id=entry)
        if not move.cash_minor:
            return
        carried = CashCarried(
            member=loans.name_of(tx, keys, move.who),
            left=left,
            group=group,
            amount=move.cash,
            reference=reference,
        )
        for who in _committees(tx, (move.left, move.group), today_of(tx)):
            write_notice(tx, who, carried, entry_id=entry_id)


def _committees(tx: Tx, group_ids: tuple[uuid.UUID, ...], today: date) -> list[uuid.UUID]:
    """Chairs, secretaries and treasurers of groups, each once."""
    rows = tx.all(
        "SELECT DISTINCT subscriber_id FROM savings_office WHERE tenant_id = current_tenant()"
        " AND group_id = ANY (%s) AND role = ANY (%s) AND valid_from <= %s AND valid_until >= %s"
        " ORDER BY subscriber_id",
        (list(group_ids), sorted(committee.RECORDERS), today, today),
    )
    return [row[0] for row in rows]


def _written(amount: Money) -> str:
    return written(amount.amount_minor, amount.currency)
