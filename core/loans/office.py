"""What two officers of the tenant decide on a loan that is paid out: to write it off, to call on
its guarantors, to plan it anew, to book a payment that counts from an earlier day."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar, Final

from core.approvals.errors import ApprovalError
from core.approvals.kinds import Done, Kind, Request, Shown
from core.audit.trail import record
from core.db.database import Tx
from core.loans import calling, guarantors, loans, repaying
from core.loans.disbursing import write_plan
from core.loans.errors import MoreThanOwed
from core.loans.lifecycle import LOAN
from core.loans.loans import Loan
from core.loans.messages import LoanReplanned, LoanWrittenOff
from core.loans.replay import Paid, Replayed
from core.loans.terms import FeeDue, Interest, Part, Planned, plan
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.errors import FrozenAccount, InsufficientFunds
from core.money.ledger import Line
from core.savings.loan_schedule import PERIODS_MAXIMUM
from core.security.keyring import Keyring
from values.currencies import written
from values.ids import uuid7

LIFE_S: Final = 7 * 24 * 60 * 60


class LoanNotOwed(ApprovalError):
    """This loan is not paid out, or is repaid or written off."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NothingOverdue(ApprovalError):
    """Nothing of this loan is overdue: guarantors are not called on."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NoGuarantors(ApprovalError):
    """Nothing is held of this loan's guarantors any more."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class PeriodsInvalid(ApprovalError):
    def __init__(self) -> None:
        super().__init__(f"A plan has 1 to {PERIODS_MAXIMUM} periods.")


class PaidToday(ApprovalError):
    """A payment counts from today: plan it anew tomorrow, or the two could not be told apart."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class DayInvalid(ApprovalError):
    """The payment counts from a day between the payout, or the last new plan, and today."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NotBooked(ApprovalError):
    """The account has too little, is on hold, or more is paid than is owed. The text says which."""


def today_of(tx: Tx) -> date:
    """The day by the tenant's clock."""
    row = tx.one(
        "SELECT (now() AT TIME ZONE time_zone)::date FROM tenant WHERE id = current_tenant()"
    )
    assert row is not None
    found: date = row[0]
    return found


class _LoanKind(Kind):
    """What the kinds have in common: the subject is a loan that is owed."""

    life_s: ClassVar[int] = LIFE_S

    def loan(self, tx: Tx, request: Request) -> Loan:
        """Raises LoanNotOwed."""
        assert request.subject_id is not None, "each is asked for of a loan"
        loan = loans.locked(tx, request.subject_id)
        if not loan.is_owed:
            raise LoanNotOwed
        return loan

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        self.loan(tx, request)

    def _shown(self, what: str, loan: Loan, before: Replayed, after: Mapping[str, str]) -> Shown:
        return Shown(f"{what} loan {loan.reference}", _told(loan, before), after)


def _told(loan: Loan, standing: Replayed) -> dict[str, str]:
    return {
        "state": loan.state,
        "to repay": written(standing.owed_minor, loan.currency),
        "principal": written(standing.open_of(Part.PRINCIPAL), loan.currency),
        "days late": str(standing.days_late),
    }


class WriteOff(_LoanKind):
    """What is owed of the principal becomes a loss of the group's. What was held is free again."""

    name: ClassVar[str] = "loan_write_off"

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        loan = self.loan(tx, request)
        before = loans.standing(tx, loan, today_of(tx))
        after = {"state": "written_off", "to repay": written(0, loan.currency)}
        return self._shown("write off", loan, before, after)

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        loan = self.loan(tx, request)
        lost_minor = loans.standing(tx, loan, today_of(tx)).open_of(Part.PRINCIPAL)
        if lost_minor:
            losses = ledger.account_id(loan.group_id, loans.LOSSES, loan.currency)
            ledger.post(
                tx,
                key=f"loan:{loan.id}:write_off",
                kind=repaying.WRITE_OFF,
                lines=[Line(loan.account_id, lost_minor), Line(losses, -lost_minor)],
                currency=loan.currency,
                actor_id=None,
                detail={"loan": str(loan.id), "request": str(request.id)},
            )
        tx.execute(_WRITTEN_OFF, (lost_minor, loan.id))
        guarantors.release(tx, loan)
        write_notice(
            tx, loan.borrower_id, LoanWrittenOff(group=loan.group, reference=loan.reference)
        )
        return Done({"lost": written(lost_minor, loan.currency)})


_WRITTEN_OFF = LOAN.advance("write_off", sets="lost_minor = %s, ended_at = now()", where="id = %s")


class CallGuarantors(_LoanKind):
    """What is overdue is paid from what the guarantors pledged, in equal parts."""

    name: ClassVar[str] = "loan_guarantee_call"

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        self._shares(tx, self.loan(tx, request))

    def _shares(self, tx: Tx, loan: Loan) -> list[calling.Share]:
        overdue_minor = loans.standing(tx, loan, today_of(tx)).due_now_minor
        if not overdue_minor:
            raise NothingOverdue
        shares = calling.shares(tx, loan.id, overdue_minor)
        if not shares:
            raise NoGuarantors
        return shares

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        loan = self.loan(tx, request)
        before = loans.standing(tx, loan, today_of(tx))
        after = {
            f"from {loans.name_of(tx, keys, one.guarantor_id)}": written(
                one.amount_minor, loan.currency
            )
            for one in self._shares(tx, loan)
        }
        return self._shown("call on the guarantors of", loan, before, after)

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        loan = self.loan(tx, request)
        shares = self._shares(tx, loan)
        try:
            calling.call(tx, keys, loan, shares, today=today_of(tx), request_id=request.id)
        except FrozenAccount:
            raise NotBooked("The savings of a guarantor are on hold. Nothing was taken.") from None
        return Done({"paid": written(sum(one.amount_minor for one in shares), loan.currency)})


class Replan(_LoanKind):
    """What is owed of the principal is due over new periods, from today; interest and fees that are
    overdue come with the first instalment. Penalties stay."""

    name: ClassVar[str] = "loan_reschedule"

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        self._planned(tx, self.loan(tx, request), request)

    def _planned(self, tx: Tx, loan: Loan, request: Request) -> list[Planned]:
        periods, today = int(request.params["periods"]), today_of(tx)
        if not 1 <= periods <= PERIODS_MAXIMUM:
            raise PeriodsInvalid
        known = loans.facts(tx, loan.id)
        days = [*(one.on for one in known.payments), *(one.on for one in known.later)]
        if max(days, default=date.min) >= today:
            raise PaidToday
        standing = known.replayed(loan.terms, today)
        principal_minor = standing.open_of(Part.PRINCIPAL)
        overdue = [one for one in standing.instalments if one.due_on <= today]
        terms = replace(
            loan.terms,
            interest=Interest.WITH_INSTALMENTS,
            grace_periods=0,
            fee_minor=0,
            fee_percent=loan.terms.fee_percent * 0,
            fee_due=FeeDue.FIRST_INSTALMENT,
        )
        made = plan(terms, principal_minor, periods, from_on=today).instalments
        number = len(standing.instalments)
        first, *others = [replace(one, number=number + one.number) for one in made]
        return [
            replace(
                first,
                interest_minor=first.interest_minor
                + sum(one.open_of(Part.INTEREST) for one in overdue),
                fee_minor=standing.open_of(Part.FEE),
            ),
            *others,
        ]

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        loan = self.loan(tx, request)
        before = loans.standing(tx, loan, today_of(tx))
        planned = self._planned(tx, loan, request)
        after = {
            "to repay": written(sum(one.total_minor for one in planned), loan.currency),
            "instalments": str(len(planned)),
            "last day": f"{planned[-1].due_on:%Y-%m-%d}",
        }
        return self._shown("plan anew", loan, before, after)

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        loan, today = self.loan(tx, request), today_of(tx)
        planned = self._planned(tx, loan, request)
        version = 2 + len(loans.facts(tx, loan.id).later)
        write_plan(tx, loan.id, version=version, on=today, instalments=planned)
        told = LoanReplanned(
            group=loan.group,
            total=loan.money(sum(one.total_minor for one in planned)),
            first=loan.money(planned[0].total_minor),
            first_on=f"{planned[0].due_on:%d/%m/%Y}",
            last_on=f"{planned[-1].due_on:%d/%m/%Y}",
            reference=loan.reference,
        )
        write_notice(tx, loan.borrower_id, told)
        return Done({"instalments": str(len(planned))})


class BackdatedPayment(_LoanKind):
    """A payment from the borrower's wallet that counts from an earlier day: what was charged and
    split since is worked out again, and the difference is booked."""

    name: ClassVar[str] = "loan_payment_backdated"

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        self._replayed(tx, self.loan(tx, request), request)

    def _paid(self, request: Request, id: uuid.UUID) -> Paid:
        params: Mapping[str, Any] = request.params
        return Paid(id, date.fromisoformat(params["paid_on"]), int(params["amount_minor"]))

    def _replayed(self, tx: Tx, loan: Loan, request: Request) -> Replayed:
        """Raises DayInvalid and NotBooked."""
        paid, today = self._paid(request, uuid7()), today_of(tx)
        known = loans.facts(tx, loan.id)
        assert loan.disbursed_on is not None, "it is owed"
        if not max([loan.disbursed_on, *(one.on for one in known.later)]) <= paid.on <= today:
            raise DayInvalid
        after = known.replayed(loan.terms, today, paid)
        if paid.amount_minor < 1 or after.left_over_minor:
            most = written(max(0, paid.amount_minor - after.left_over_minor), loan.currency)
            raise NotBooked(f"That is more than is owed: at most {most}. Nothing was booked.")
        return after

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        loan = self.loan(tx, request)
        before = loans.standing(tx, loan, today_of(tx))
        return self._shown(
            f"book {written(int(request.params['amount_minor']), loan.currency)} as of"
            f" {request.params['paid_on']} on",
            loan,
            before,
            _told(loan, self._replayed(tx, loan, request)),
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        loan, today = self.loan(tx, request), today_of(tx)
        self._replayed(tx, loan, request)
        paid = self._paid(request, uuid7())
        try:
            booked = repaying.book(
                tx,
                loan,
                paid,
                today=today,
                payer_id=loan.borrower_id,
                source=repaying.WALLET,
                key=f"{self.name}:{request.id}",
            )
        except InsufficientFunds as short:
            available = written(int(short.params["available_minor"]), loan.currency)
            raise NotBooked(f"The wallet has {available}. Nothing was booked.") from None
        except FrozenAccount:
            raise NotBooked("The wallet is on hold. Nothing was booked.") from None
        except MoreThanOwed:
            raise NotBooked("That is more than is owed. Nothing was booked.") from None
        wallet = ledger.account_id(loan.borrower_id, ledger.WALLET, loan.currency)
        balance = loan.money(booked.posted.balances[wallet])
        receipt = repaying.receipt_of(loan, paid.amount_minor, booked, balance)
        write_notice(tx, loan.borrower_id, receipt, entry_id=paid.id)
        record(tx, "loans", "book backdated payment", loan.id, {"paid_on": paid.on.isoformat()})
        return Done({"reference": booked.posted.reference})


KINDS: Final = (WriteOff(), CallGuarantors(), Replan(), BackdatedPayment())
