"""Loans of savings groups."""

from app.domains.domain import Domain, Sections
from checks import loans as samples
from core.loans import (
    checks,
    figures_list,
    lifecycle,
    member_death,
    member_messages,
    member_transfer,
    messages,
    office,
    personal,
    reversing,
)
from core.loans.repaying import REPAY_LOAN
from flows.loans.apply import ApplyForLoan
from flows.loans.decide import DecideOnLoan
from flows.loans.entries import ENTRIES
from flows.loans.guarantee import Guarantee
from flows.loans.my_loan import MyLoan
from flows.loans.repay import RepayLoan
from workers.schedule import loans as schedule


def _sections() -> Sections:
    from core.loans.manifest import LOANS

    return (LOANS,)


DOMAIN = Domain(
    name="loans",
    flows=(ApplyForLoan, MyLoan, RepayLoan, Guarantee, DecideOnLoan),
    entries=ENTRIES,
    messages=(*messages.MESSAGES, *member_messages.MESSAGES),
    checks=checks.CHECKS,
    lifecycles=(lifecycle.LOAN, lifecycle.GUARANTOR),
    approvals=(
        *office.KINDS,
        reversing.CashReversal(),
        member_death.MemberDeath(),
        member_transfer.MemberTransfer(),
    ),
    operations=(REPAY_LOAN,),
    personal=personal.PERSONAL,
    holds_back=personal.HOLDS_BACK,
    tasks=schedule.TASKS,
    listings=(figures_list.FIGURES,),
    endpoints=("app.api.resources.my_loans",),
    sections=_sections,
    samples=samples.SAMPLES,
)
