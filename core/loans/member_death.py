"""A member died: two officers decide to whom their savings in a group go, and they leave it.

What of the group's money lies with the tenant goes to the wallet of the next of kin; the rest the
group hands over in cash, from its box.
"""

import uuid
from dataclasses import dataclass
from typing import ClassVar, Final

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.loans import leaving, loans
from core.loans.member_messages import SavingsOfDead, SavingsOfDeadInCash
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.errors import FrozenAccount
from core.money.ledger import Line
from core.people import people
from core.savings import funds
from core.savings.funds import Book
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
        self._payout(tx, request)

    def _saved(self, tx: Tx, request: Request) -> Money:
        """What the next of kin gets. Raises CannotPayOut."""
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

    def _payout(self, tx: Tx, request: Request) -> "_Payout":
        """How they get it. Raises CannotPayOut."""
        saved, (_, group_id, _) = self._saved(tx, request), _of(request)
        held = funds.of_group(tx, group_id, saved.currency)
        wallet_minor = min(saved.amount_minor, held.loan_e_money_minor)
        cash_minor = saved.amount_minor - wallet_minor
        if cash_minor > held.loan_cash_minor:
            raise CannotPayOut("The group has lent too much: wait until enough is repaid.")
        return _Payout(*(Money(minor, saved.currency) for minor in (wallet_minor, cash_minor)))

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        who, group_id, kin = _of(request)
        paid, name = self._payout(tx, request), loans.name_of(tx, keys, kin)
        parts = {f"to the wallet of {name}": paid.wallet, f"in cash to {name}": paid.cash}
        return Shown(
            f"{loans.name_of(tx, keys, who)} died: savings in {_group(tx, group_id)}",
            {"savings": _written(paid.whole), "member": "yes"},
            {way: _written(part) for way, part in parts.items() if part.amount_minor}
            | {"member": "no, frozen"},
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        who, group_id, kin = _of(request)
        # A loan that is paid out, or a meeting that opens, waits for this, or was first.
        book = funds.lock(tx, group_id, self._saved(tx, request).currency)
        paid, actor = self._payout(tx, request), f"request {request.id}"
        if people.is_frozen(tx, who) and _was_done(tx, request):
            # By their death in another group; nobody uses it before they leave this one.
            people.freeze(tx, who, frozen=False, actor=actor, reason=request.reason)
        if paid.whole.amount_minor:
            entry_id = uuid7()
            _post(tx, paid, entry_id, request, book)
            about = {
                "member": loans.name_of(tx, keys, who),
                "group": _group(tx, group_id),
                "reference": reference_of(entry_id),
            }
            for kind, part in ((SavingsOfDead, paid.wallet), (SavingsOfDeadInCash, paid.cash)):
                if part.amount_minor:
                    write_notice(tx, kin, kind(amount=part, **about), entry_id=entry_id)
        try:
            leaving.leave(
                tx,
                group_id=group_id,
                subscriber_id=who,
                how="death",
                reason=request.reason,
                by=actor,
            )
        except leaving.CannotLeave as refused:
            raise CannotPayOut(str(refused)) from None
        in_cash = {"in cash": _written(paid.cash)} if paid.cash.amount_minor else {}
        return Done({"paid": _written(paid.whole), **in_cash})


@dataclass(frozen=True, slots=True)
class _Payout:
    """What goes to the wallet of the next of kin, and what they get in cash from the box."""

    wallet: Money
    cash: Money

    @property
    def whole(self) -> Money:
        return Money(self.wallet.amount_minor + self.cash.amount_minor, self.wallet.currency)


def _written(amount: Money) -> str:
    return written(amount.amount_minor, amount.currency)


_WAS_DONE: Final = (
    "SELECT 1 FROM approval_request WHERE tenant_id = current_tenant() AND kind = %s"
    " AND subject_id = %s AND state = 'approved' AND id <> %s LIMIT 1"
)


def _was_done(tx: Tx, request: Request) -> bool:
    """Whether they have left another group by such a request."""
    return tx.one(_WAS_DONE, (request.kind, request.subject_id, request.id)) is not None


def _post(tx: Tx, paid: _Payout, entry_id: uuid.UUID, request: Request, book: Book) -> None:
    """Raises CannotPayOut."""
    (who, group_id, kin), whole = _of(request), paid.whole
    lines = (
        Line(ledger.savings_account_id(group_id, who, whole.currency), -whole.amount_minor),
        Line(ledger.account_id(kin, ledger.WALLET, whole.currency), paid.wallet.amount_minor),
        Line(book.cash, paid.cash.amount_minor),
    )
    try:
        ledger.post(
            tx,
            key=f"member_death:{request.id}",
            kind=ENTRY,
            lines=[line for line in lines if line.amount_minor],
            currency=whole.currency,
            actor_id=None,
            detail={"name": _group(tx, group_id), "request": str(request.id)},
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
