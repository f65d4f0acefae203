"""The loans of a person who signed in: what they applied for, and what they owe."""

import uuid
from datetime import date

from pydantic import BaseModel, Field

from app.api.call import Auth, Call, Endpoint
from core.loans import loans
from core.loans.loans import Loan
from core.loans.office import today_of
from core.sign_in.tokens import SCOPE


class MyInstalment(BaseModel):
    """An instalment of which something is still to be paid."""

    number: int
    due_on: date
    open_minor: int


class MyLoan(BaseModel):
    """A loan that they applied for or owe. Until it is paid out it has no instalments, and nothing
    of it is owed."""

    id: uuid.UUID
    reference: str = Field(description="What they read out when they ask about it.")
    group_id: uuid.UUID
    group: str
    state: str = Field(description="applied, guaranteed, approved, disbursed or repaying")
    currency: str
    principal_minor: int
    owed_minor: int = Field(description="All that is still to be paid, interest included.")
    due_now_minor: int = Field(description="What is overdue, and what is due today.")
    days_late: int
    instalments: list[MyInstalment]


class MyLoans(BaseModel):
    """All loans of theirs that are not over, the oldest first."""

    items: list[MyLoan]


def list_my_loans(call: Call) -> MyLoans:
    """The loans that they applied for or owe."""
    today = today_of(call.tx)
    return MyLoans(
        items=[_shown(call, one, today) for one in loans.of_borrower(call.tx, call.person_id)]
    )


def _shown(call: Call, loan: Loan, today: date) -> MyLoan:
    standing = loans.standing(call.tx, loan, today) if loan.is_owed else None
    instalments = standing.instalments if standing else []
    return MyLoan(
        id=loan.id,
        reference=loan.reference,
        group_id=loan.group_id,
        group=loan.group,
        state=loan.state,
        currency=loan.currency,
        principal_minor=loan.principal_minor,
        owed_minor=standing.owed_minor if standing else 0,
        due_now_minor=standing.due_now_minor if standing else 0,
        days_late=standing.days_late if standing else 0,
        instalments=[
            MyInstalment(number=one.number, due_on=one.due_on, open_minor=one.open_minor)
            for one in instalments
            if one.open_minor
        ],
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/me/loans",
        view=list_my_loans,
        scope=SCOPE,
        answer=MyLoans,
        tags=("me",),
        auth=Auth.PERSON,
    ),
)
