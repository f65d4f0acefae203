"""A member died: two officers decide to whom their savings in a group go, and they leave it."""

import uuid
from typing import ClassVar, Final

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.loans import leaving, loans
from core.loans.messages import SavingsOfDead
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.errors import FrozenAccount
from core.money.ledger import Line
from core.people import people
from core.security.keyring import Keyring
from values.currencies import written
from values.ids import reference_of, uuid7
from values.money import Money

ENTRY: Final = "savings_of_dead"


class CannotPayOut(ApprovalError):
    """It cannot be done. The text says why."""


class MemberDeath(Kind):
    """`subject_id` is who died; `params` name the group, and the next of kin, a person of the
    tenant, whose wallet gets the savings. Who died is frozen, and no member of the group any
    more."""

    name: ClassVar[str] = "member_death"
    life_s: ClassVar[int] = 30 * 24 * 60 * 60

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        self._saved(tx, request)

    def _saved(self, tx: Tx, request: Request) -> Money:
        """What goes to the next of kin. Raises CannotPayOut."""
        who, group_id, kin = _of(request)
        if kin == who:
            raise CannotPayOut("Somebody else is the next of kin.")
        if people.is_frozen(tx, kin):
            raise CannotPayOut("The next of kin is on hold: nothing can be paid to them.")
        try:
            saved = leaving.saved(tx, group_id, who)
            found = leaving.open_beside_savings(tx, group_id, who)
        except leaving.CannotLeave as refused:
            raise CannotPayOut(str(refused)) from None
        if found:
            raise CannotPayOut(" ".join(one.text for one in found))
        return saved

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        who, group_id, kin = _of(request)
        saved = self._saved(tx, request)
        amount = written(saved.amount_minor, saved.currency)
        return Shown(
            f"{loans.name_of(tx, keys, who)} died: savings in {_group(tx, group_id)}",
            {"savings": amount, "member": "yes"},
            {f"to the wallet of {loans.name_of(tx, keys, kin)}": amount, "member": "no, frozen"},
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        who, group_id, kin = _of(request)
        saved, entry_id = self._saved(tx, request), uuid7()
        group = _group(tx, group_id)
        if saved.amount_minor:
            _post(tx, saved, entry_id, request, group)
            told = SavingsOfDead(
                member=loans.name_of(tx, keys, who),
                amount=saved,
                group=group,
                reference=reference_of(entry_id),
            )
            write_notice(tx, kin, told, entry_id=entry_id)
        try:
            leaving.leave(
                tx,
                group_id=group_id,
                subscriber_id=who,
                how="death",
                reason=request.reason,
                by=f"request {request.id}",
            )
        except leaving.CannotLeave as refused:
            raise CannotPayOut(str(refused)) from None
        return Done({"paid": written(saved.amount_minor, saved.currency)})


def _post(tx: Tx, saved: Money, entry_id: uuid.UUID, request: Request, group: str) -> None:
    """Raises CannotPayOut."""
    who, group_id, kin = _of(request)
    savings = ledger.savings_account_id(group_id, who, saved.currency)
    wallet = ledger.account_id(kin, ledger.WALLET, saved.currency)
    try:
        ledger.post(
            tx,
            key=f"member_death:{request.id}",
            kind=ENTRY,
            lines=[Line(savings, -saved.amount_minor), Line(wallet, saved.amount_minor)],
            currency=saved.currency,
            actor_id=None,
            detail={"name": group, "request": str(request.id)},
            entry_id=entry_id,
        )
    except FrozenAccount:
        raise CannotPayOut("The savings are on hold: let go of them first.") from None


def _of(request: Request) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Who died, in which group, and who is the next of kin."""
    assert request.subject_id is not None, "it is asked for of somebody"
    params = request.params
    return request.subject_id, uuid.UUID(params["group"]), uuid.UUID(params["next_of_kin"])


def _group(tx: Tx, group_id: uuid.UUID) -> str:
    row = tx.one(
        "SELECT name FROM savings_group WHERE tenant_id = current_tenant() AND id = %s",
        (group_id,),
    )
    return str(row[0]) if row else ""
