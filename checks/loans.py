"""Samples of the loans domain."""

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from checks import loans_in_cash as meetings
from checks import samples
from checks.samples import (
    AMOUNT_MINOR,
    CALLER,
    CURRENCY,
    CUSTOMER,
    ENTRY,
    GROUP_NAMES,
    MUCH_MINOR,
    Answer,
    Answers,
)
from checks.scenario import OTHER_LETTERS, Goal, Samples, Scenario, refused_with
from core.loans import applying, cash, deciding, guarantors, loans
from core.loans.applying import Applied, Choice
from core.loans.deciding import Agreed, Waiting
from core.loans.errors import (
    CommitteeTooSmall,
    FundTooSmall,
    GuarantorIsBorrower,
    GuarantorNotMember,
    GuarantorSavingsTooLow,
    LoanGone,
    LoanOpen,
    MoreThanOwed,
    NoLoanProducts,
    NotAnOfficer,
    NotWaiting,
    OwnSavingsTooLow,
    SavingsTooLow,
)
from core.loans.guarantors import GuaranteeRequest
from core.loans.loans import GroupMember, Loan
from core.loans.repaying import REPAY_LOAN, Repaid
from core.loans.replay import replay
from core.loans.terms import Terms, plan
from core.money.errors import InsufficientFunds
from core.savings.loan_schedule import Every, Method
from values.ids import reference_of
from values.money import Money

MEMBER = CUSTOMER.shown_name
TERMS = Terms(
    method=Method.DECLINING_EQUAL,
    rate_percent=Decimal(2),
    every=Every.MONTH,
    minimum_periods=1,
    maximum_periods=12,
    minimum_minor=AMOUNT_MINOR,
    maximum_minor=10 * AMOUNT_MINOR,
    guarantors=2,
    guaranteed_percent=Decimal(50),
    penalty_percent=Decimal(1),
)
PLAN = plan(TERMS, 10 * AMOUNT_MINOR, 12, from_on=date(2026, 12, 31))
LOAN = Loan(
    id=uuid.UUID(int=31),
    group_id=uuid.UUID(int=1),
    group=GROUP_NAMES[0],
    borrower_id=CALLER.id,
    terms=TERMS,
    principal_minor=PLAN.principal_minor,
    currency=CURRENCY,
    periods=12,
    state="repaying",
    reason=None,
    account_id=uuid.UUID(int=32),
    disbursed_on=date(2026, 12, 31),
    entry_id=ENTRY,
    lost_minor=0,
)
APPLICATION = replace(LOAN, id=uuid.UUID(int=33), state="applied", disbursed_on=None, entry_id=None)
CHOICES = [
    Choice(uuid.UUID(int=number), name, AMOUNT_MINOR, 10 * AMOUNT_MINOR, 1, 12, every, count)
    for number, (name, every, count) in enumerate(
        (
            ("Inguzanyo y'ubuhinzi n'ubworozi", "month", 2),
            ("Emergency loan", "week", 0),
        ),
        start=1,
    )
]
REQUEST = GuaranteeRequest(
    LOAN.id, MEMBER, GROUP_NAMES[0], 10 * AMOUNT_MINOR, 5 * AMOUNT_MINOR, 12, "month"
)
WAITING = Waiting(
    loan_id=LOAN.id,
    borrower=MEMBER,
    group=GROUP_NAMES[0],
    principal_minor=10 * AMOUNT_MINOR,
    periods=12,
    every="month",
    saved_minor=10 * AMOUNT_MINOR,
    to_repay_minor=PLAN.to_repay_minor,
    agreed=1,
    needed=3,
)
REPAID = Repaid(
    GROUP_NAMES[0],
    Money(AMOUNT_MINOR, CURRENCY),
    reference_of(ENTRY),
    Money(MUCH_MINOR, CURRENCY),
)


def _members(*_: object) -> list[GroupMember]:
    return [GroupMember(uuid.UUID(int=50 + number), MEMBER) for number in range(20)]


def _standing(today: date) -> Answer:
    return lambda *_: replay(TERMS, PLAN.instalments, (), today)


def _is(loan: Loan) -> Answers:
    return {loans.get: lambda _id: loan, loans.of_borrower: lambda _id: [loan] * 2}


SAMPLES = Samples(
    answers=MappingProxyType(
        {
            applying.choices: lambda *_, **__: CHOICES,
            applying.offer: lambda **_: PLAN,
            applying.guarantor_at: lambda *_, **__: _members()[0],
            applying.require_guarantor: samples.nothing,
            applying.apply: lambda *_, **__: Applied(LOAN.id, LOAN.reference),
            applying.withdraw: lambda _id: True,
            loans.members_beside: _members,
            loans.of_borrower: lambda _id: [LOAN] * 2,
            loans.owed_by: lambda _id: [LOAN] * 2,
            loans.get: lambda _id: LOAN,
            loans.standing: _standing(date(2027, 1, 31)),
            guarantors.asked_of: lambda *_: [REQUEST] * 2,
            guarantors.accept: lambda *_, **__: LOAN,
            guarantors.refuse: lambda *_, **__: LOAN,
            deciding.waiting_for: lambda *_: [WAITING] * 2,
            deciding.approve: lambda *_, **__: Agreed(MEMBER, 1, 3, disbursed=False),
            deciding.refuse: samples.nothing,
            REPAY_LOAN.pay: lambda **_: REPAID,
            **meetings.ANSWERS,
            cash.of_group: lambda *_: [(LOAN, MEMBER)] * 2,
        }
    ),
    scenarios=(
        *meetings.SCENARIOS,
        Scenario(
            "nothing yet",
            {
                **meetings.NOTHING,
                cash.of_group: lambda *_: [],
                loans.of_borrower: lambda _id: [],
                loans.owed_by: lambda _id: [],
                guarantors.asked_of: lambda *_: [],
                deciding.waiting_for: lambda *_: [],
            },
        ),
        Scenario("a loan is open", {applying.choices: refused_with(LoanOpen())}),
        Scenario("no products", {applying.choices: refused_with(NoLoanProducts())}),
        Scenario(
            "too little saved",
            {
                applying.choices: refused_with(
                    SavingsTooLow(needed_minor=MUCH_MINOR, currency=CURRENCY)
                ),
                applying.require_guarantor: refused_with(GuarantorSavingsTooLow()),
                guarantors.accept: refused_with(
                    OwnSavingsTooLow(pledge_minor=MUCH_MINOR, currency=CURRENCY)
                ),
            },
        ),
        Scenario("no such guarantor", {applying.guarantor_at: refused_with(GuarantorNotMember())}),
        Scenario("own guarantor", {applying.guarantor_at: refused_with(GuarantorIsBorrower())}),
        Scenario(
            "a small committee", {applying.apply: refused_with(CommitteeTooSmall(approvals=3))}
        ),
        Scenario("an application", _is(APPLICATION)),
        Scenario("agreed to, in cash", _is(replace(APPLICATION, state="approved", payout="cash"))),
        Scenario(
            "the last to agree, in cash",
            {
                deciding.approve: lambda *_, **__: Agreed(
                    MEMBER, 3, 3, disbursed=False, waits_for_cash=True
                )
            },
        ),
        Scenario("with the committee", _is(replace(APPLICATION, state="guaranteed"))),
        Scenario("in arrears", {loans.standing: _standing(date(2027, 3, 31))}),
        Scenario("no officer", {deciding.waiting_for: refused_with(NotAnOfficer())}),
        Scenario(
            "the last to agree",
            {deciding.approve: lambda *_, **__: Agreed(MEMBER, 3, 3, disbursed=True)},
        ),
        Scenario(
            "a small fund",
            {
                deciding.approve: refused_with(
                    FundTooSmall(available_minor=MUCH_MINOR, currency=CURRENCY)
                )
            },
        ),
        Scenario(
            "somebody was faster",
            {
                deciding.approve: refused_with(NotWaiting()),
                deciding.refuse: refused_with(NotWaiting()),
                guarantors.accept: refused_with(NotWaiting()),
                guarantors.refuse: refused_with(NotWaiting()),
                REPAY_LOAN.pay: refused_with(LoanGone()),
            },
        ),
        Scenario(
            "more than owed",
            {REPAY_LOAN.pay: refused_with(MoreThanOwed(owed_minor=MUCH_MINOR, currency=CURRENCY))},
        ),
        Scenario("done before", {REPAY_LOAN.pay: lambda **_: replace(REPAID, owed=None)}),
        Scenario(
            "too little in the wallet",
            {REPAY_LOAN.pay: refused_with(InsufficientFunds(available_minor=0, currency=CURRENCY))},
        ),
        Scenario(
            "other letters",
            {
                loans.members_beside: lambda *_: [
                    GroupMember(uuid.UUID(int=60), OTHER_LETTERS) for _ in range(4)
                ]
            },
        ),
    ),
    values=MappingProxyType(
        {
            "member": MEMBER,
            "left": samples.GROUP_NAMES[0],
            "first_on": "31/01/2027",
            "last_on": "31/12/2027",
            **{
                name: {"$money": [10 * AMOUNT_MINOR, CURRENCY]}
                for name in ("pledge", "payout", "total", "first", "owed")
            },
        }
    ),
    goals=MappingProxyType({"loan_apply": Goal(messages=6, segments=9, scenario="no products")}),
)
