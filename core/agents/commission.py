"""What agents earn: accrued with each sale by a dated table, paid out into their float, taken back.

    commission        given to the agent and not paid out yet
    commission_owed   the receivable, as the negative of what they owe: what was taken back of what
                      they had already; later commission pays it off first
    commissions       the tenant's own, for all of it

`topup_commission` and `cash_out_commission` are tables like those of fees: what stands there as a
fee is what the agent earns. Paying out, and taking back, one officer asks for and another approves.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from core.agents.messages import CommissionPaid, CommissionTakenBack
from core.agents.office_errors import CannotTakeBack, NothingEarned
from core.approvals.kinds import Done, Kind, Request, Shown
from core.approvals.requests import Asked, Officer, ask
from core.db.database import Tx
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.errors import FrozenAccount
from core.money.ledger import Line, Posted
from core.security.keyring import Keyring
from values import clock
from values.currencies import written
from values.ids import floor_of
from values.money import Money

EARNED: Final = ledger.COMMISSION
OWED: Final = "commission_owed"
COMMISSIONS: Final = "commissions"

ACCRUED: Final = "commission"
PAID_OUT: Final = "commission_payout"
TAKEN_BACK: Final = "commission_taken_back"
# The tables that say what they are.
COMMISSION_OF_TOPUP: Final = "topup_commission"
COMMISSION_OF_CASH_OUT: Final = "cash_out_commission"
LIFE_S: Final = 7 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Standing:
    """An agent's commission, in minor units: what is earned and not paid out, and what they owe of
    commission that was taken back after they had it."""

    earned_minor: int
    owed_minor: int
    currency: str


def accrue(
    tx: Tx,
    *,
    tenant_id: uuid.UUID,
    agent_id: uuid.UUID,
    sale_id: uuid.UUID,
    operation: str,
    commission: Money,
) -> None:
    """Give an agent what a sale earns them, once for each sale's entry; what they owe is paid off
    first. Nothing where the table says nothing."""
    if commission.amount_minor <= 0:
        return
    currency, minor = commission.currency, commission.amount_minor
    earned, owed = _open(tx, tenant_id, agent_id, currency)
    pays_off = min(minor, _owed_minor(tx, owed))
    lines = [Line(_own(tenant_id, currency), -minor)]
    lines += [Line(owed, pays_off)] if pays_off else []
    lines += [Line(earned, minor - pays_off)] if minor > pays_off else []
    ledger.post(
        tx,
        key=f"{ACCRUED}:{sale_id}",
        kind=ACCRUED,
        lines=lines,
        currency=currency,
        actor_id=None,
        detail={"sale": str(sale_id), "operation": operation},
    )


def standing(tx: Tx, agent_id: uuid.UUID, currency: str) -> Standing:
    """What an agent has earned and not been paid, and what they owe."""
    found = ledger.balance(tx, ledger.account_id(agent_id, EARNED, currency))
    owed = _sum(tx, ledger.account_id(agent_id, OWED, currency))
    return Standing(found.balance_minor if found else 0, owed, currency)


@dataclass(frozen=True, slots=True)
class Earnings:
    """An agent's commission as they see it. Of the month until now: what was earned and paid out;
    beside it what waits to be paid out, and what they owe."""

    accrued: Money
    paid: Money
    waiting: Money
    owed: Money


def earnings(tx: Tx, agent_id: uuid.UUID, currency: str, *, since: datetime) -> Earnings:
    """What an agent earned by sales since a moment, and was paid, less what was taken back."""
    accounts = [ledger.account_id(agent_id, kind, currency) for kind in (EARNED, OWED)]
    row = tx.one(
        "SELECT coalesce(sum(p.amount_minor) FILTER (WHERE e.kind <> %s), 0)::bigint,"
        " coalesce(-sum(p.amount_minor) FILTER (WHERE e.kind = %s), 0)::bigint"
        " FROM posting p JOIN entry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id"
        " WHERE p.tenant_id = current_tenant() AND p.account_id = ANY (%s) AND p.entry_id >= %s",
        (PAID_OUT, PAID_OUT, accounts, floor_of(int(since.timestamp() * 1_000))),
    )
    assert row is not None
    has = standing(tx, agent_id, currency)
    minors = (*row, has.earned_minor, has.owed_minor)
    return Earnings(*(Money(minor, currency) for minor in minors))


class _OfAgent(Kind):
    """What both have in common."""

    life_s: ClassVar[int] = LIFE_S


class PayOut(_OfAgent):
    """All that an agent has earned goes into their float. The subject is the agent."""

    name: ClassVar[str] = PAID_OUT

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        """Raises NothingEarned."""
        self._earned(tx, request)

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        earned = self._earned(tx, request)
        what = written(earned.earned_minor, earned.currency)
        before = {"commission": what}
        return Shown(
            f"pay out the commission of agent {_code(tx, request)}",
            before,
            {"commission": written(0, earned.currency), "float": f"{what} more"},
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        assert request.subject_id is not None
        agent_id, earned = request.subject_id, self._earned(tx, request)
        currency, minor = earned.currency, earned.earned_minor
        float_id = ledger.account_id(agent_id, ledger.FLOAT, currency)
        posted = _post(
            tx,
            key=f"{PAID_OUT}:{request.id}",
            kind=PAID_OUT,
            lines=[
                Line(ledger.account_id(agent_id, EARNED, currency), -minor),
                Line(float_id, minor),
            ],
            request=request,
            currency=currency,
        )
        told = CommissionPaid(
            amount=Money(minor, currency),
            float=Money(posted.balances[float_id], currency),
            reference=posted.reference,
            at=clock.now(),
        )
        write_notice(tx, agent_id, told, entry_id=posted.entry_id)
        return Done({"reference": posted.reference})

    def _earned(self, tx: Tx, request: Request) -> Standing:
        assert request.subject_id is not None
        found = standing(tx, request.subject_id, str(request.params["currency"]))
        if not found.earned_minor:
            raise NothingEarned
        return found


class TakeBack(_OfAgent):
    """The commission of one sale is taken back: out of what is not paid out yet, and the rest the
    agent owes. The subject is the sale's entry."""

    name: ClassVar[str] = TAKEN_BACK

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        """Raises CannotTakeBack."""
        assert request.subject_id is not None
        _accrued(tx, request.subject_id)

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        assert request.subject_id is not None
        agent_id, amount = _accrued(tx, request.subject_id)
        has = standing(tx, agent_id, amount.currency)
        kept = min(amount.amount_minor, has.earned_minor)
        owes = has.owed_minor + amount.amount_minor - kept
        return Shown(
            f"take back a commission of {written(amount.amount_minor, amount.currency)}",
            {
                "commission": written(has.earned_minor, amount.currency),
                "owes": written(has.owed_minor, amount.currency),
            },
            {
                "commission": written(has.earned_minor - kept, amount.currency),
                "owes": written(owes, amount.currency),
            },
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        assert request.subject_id is not None
        posted = take_back(tx, request.subject_id, request=request)
        if posted is None:
            raise CannotTakeBack
        return Done({"reference": posted.reference})


PAY_OUT: Final = PayOut()
TAKE_BACK: Final = TakeBack()


def take_back(tx: Tx, sale_id: uuid.UUID, *, request: Request) -> Posted | None:
    """Take back what a sale earned, once; None where it earned nothing, or that was taken back.
    The agent is texted."""
    try:
        agent_id, amount = _accrued(tx, sale_id)
    except CannotTakeBack:
        return None
    currency, minor = amount.currency, amount.amount_minor
    tenant = tx.one("SELECT current_tenant()")
    assert tenant is not None
    earned_id, owed_id = _open(tx, tenant[0], agent_id, currency)
    has = ledger.balance(tx, earned_id)
    kept = min(minor, has.available_minor if has else 0)
    lines = [Line(_own(tenant[0], currency), minor)]
    lines += [Line(earned_id, -kept)] if kept else []
    lines += [Line(owed_id, kept - minor)] if minor > kept else []
    posted = _post(
        tx,
        key=f"{TAKEN_BACK}:{sale_id}",
        kind=TAKEN_BACK,
        lines=lines,
        request=request,
        currency=currency,
        sale=str(sale_id),
    )
    told = CommissionTakenBack(
        amount=amount,
        owed=Money(_sum(tx, owed_id), currency),
        reference=posted.reference,
        at=clock.now(),
    )
    write_notice(tx, agent_id, told, entry_id=posted.entry_id)
    return posted


def ask_to_pay_out(
    tx: Tx, keys: Keyring, agent_id: uuid.UUID, currency: str, *, by: Officer, reason: str
) -> Asked:
    """Ask that an agent gets what they earned. Another officer approves. Raises NothingEarned and
    NoReason."""
    params = {"currency": currency}
    return ask(tx, keys, PAY_OUT, by=by, params=params, reason=reason, subject_id=agent_id)


def ask_to_take_back(
    tx: Tx, keys: Keyring, sale_id: uuid.UUID, *, by: Officer, reason: str
) -> Asked:
    """Ask that a sale's commission is taken back. Another officer approves. Raises CannotTakeBack
    and NoReason."""
    return ask(tx, keys, TAKE_BACK, by=by, params={}, reason=reason, subject_id=sale_id)


def _own(tenant_id: uuid.UUID, currency: str) -> uuid.UUID:
    return ledger.account_id(tenant_id, COMMISSIONS, currency)


def _open(
    tx: Tx, tenant_id: uuid.UUID, agent_id: uuid.UUID, currency: str
) -> tuple[uuid.UUID, uuid.UUID]:
    """The agent's two accounts, and the tenant's, opened at the first commission. The first is
    locked: what is owed is paid off by one commission after the other."""
    ids = []
    for owner_id, kind in ((tenant_id, COMMISSIONS), (agent_id, EARNED), (agent_id, OWED)):
        id = ledger.account_id(owner_id, kind, currency)
        ledger.open_account(tx, id=id, kind=kind, currency=currency, owner_id=owner_id)
        ids.append(id)
    tx.one(
        "SELECT 1 FROM account WHERE tenant_id = current_tenant() AND id = %s FOR NO KEY UPDATE",
        (ids[1],),
    )
    return ids[1], ids[2]


def _sum(tx: Tx, owed_id: uuid.UUID) -> int:
    """What is owed; the account has it as its negative."""
    row = tx.one(
        "SELECT -coalesce(sum(amount_minor), 0)::bigint FROM posting"
        " WHERE tenant_id = current_tenant() AND account_id = %s",
        (owed_id,),
    )
    assert row is not None
    return int(row[0])


def _owed_minor(tx: Tx, owed_id: uuid.UUID) -> int:
    return max(0, _sum(tx, owed_id))


def _accrued(tx: Tx, sale_id: uuid.UUID) -> tuple[uuid.UUID, Money]:
    """Whose commission a sale earned, and how much. Raises CannotTakeBack where it earned none, or
    where that was taken back before."""
    row = tx.one(
        "SELECT a.owner_id, sum(p.amount_minor)::bigint, p.currency FROM entry e JOIN posting p"
        "  ON p.tenant_id = e.tenant_id AND p.entry_id = e.id AND p.amount_minor > 0"
        " JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        " WHERE e.tenant_id = current_tenant() AND e.key = %s"
        " AND NOT EXISTS (SELECT 1 FROM entry b WHERE b.tenant_id = current_tenant()"
        "  AND b.key = %s) GROUP BY 1, 3",
        (f"{ACCRUED}:{sale_id}", f"{TAKEN_BACK}:{sale_id}"),
    )
    if row is None:
        raise CannotTakeBack
    return row[0], Money(row[1], row[2])


def _code(tx: Tx, request: Request) -> str:
    row = tx.one(
        "SELECT code FROM agent WHERE tenant_id = current_tenant() AND subscriber_id = %s",
        (request.subject_id,),
    )
    return str(row[0]) if row else ""


def _post(
    tx: Tx,
    *,
    key: str,
    kind: str,
    lines: list[Line],
    request: Request,
    currency: str,
    **detail: str,
) -> Posted:
    """Raises CannotTakeBack where an account of the agent's is frozen."""
    try:
        return ledger.post(
            tx,
            key=key,
            kind=kind,
            lines=lines,
            currency=currency,
            actor_id=None,
            detail={"request": str(request.id), "reason": request.reason, **detail},
        )
    except FrozenAccount:
        raise CannotTakeBack("The agent is frozen.") from None
