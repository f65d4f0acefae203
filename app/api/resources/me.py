"""What is theirs, for a person who signed in: nothing of anybody else, by no id."""

import uuid
from datetime import datetime

from pydantic import BaseModel, Field

from app.api.call import Auth, Call, Endpoint
from app.api.listing import Page, Paging, cursor_of
from app.api.problems import ProblemError
from app.api.resources.money import Accounts, Movement, StatementPage, account_of, moved
from core.money import ledger, listing
from core.payments import tokens as payment_tokens
from core.people import listing as people
from core.savings import groups
from core.sign_in.tokens import SCOPE


class Me(BaseModel):
    """The person who signed in."""

    id: uuid.UUID
    name: str
    language: str
    roles: list[str]
    status: str = Field(description="active or frozen")
    registered_at: datetime | None


class MyGroup(BaseModel):
    """A group that they are in, and what they have saved in it."""

    id: uuid.UUID
    number: int = Field(description="Its place in their own list, for life.")
    code: str
    name: str
    frozen: bool
    account_id: uuid.UUID
    currency: str
    saved_minor: int


class MyGroups(BaseModel):
    """All groups that they are in."""

    items: list[MyGroup]


class MyToken(BaseModel):
    """What they write into a transfer, so that it is known whose it is and what for."""

    token: str
    purpose: str
    subject_id: uuid.UUID


class MyTokens(BaseModel):
    """All reference tokens that they were given."""

    items: list[MyToken]


class MyStatementQuery(Paging):
    """Which account of theirs, and which page."""

    account_id: uuid.UUID


class MyReceiptsQuery(Paging):
    """Which page."""


class Receipt(Movement):
    """What moved on an account of theirs; `fee_minor` is the fee of it."""

    fee_minor: int


class ReceiptsPage(Page[Receipt]):
    """A page of receipts, the newest first."""


def get_me(call: Call) -> Me:
    """Who is signed in."""
    rows = people.page(call.tx, call.keys, after=None, limit=1, ids=[call.person_id])
    if not rows:
        raise ProblemError("unauthenticated")
    row = rows[0]
    return Me(
        id=row.id,
        name=row.name,
        language=row.language,
        roles=list(row.roles),
        status=row.status,
        registered_at=row.registered_at,
    )


def list_my_groups(call: Call) -> MyGroups:
    """The groups that they are in."""
    return MyGroups(
        items=[
            MyGroup(
                id=one.id,
                number=one.number,
                code=one.code,
                name=one.name,
                frozen=one.frozen,
                account_id=one.savings_account_id,
                currency=one.currency,
                saved_minor=one.saved_minor,
            )
            for one in groups.of_member(call.tx, call.person_id)
        ]
    )


def list_my_balances(call: Call) -> Accounts:
    """Their accounts, with what is on them."""
    return Accounts(items=[account_of(one) for one in _mine(call)])


def list_my_movements(call: Call, query: MyStatementQuery) -> StatementPage:
    """The movements of an account of theirs, the newest first."""
    if query.account_id not in [one.id for one in _mine(call)]:
        raise ProblemError("not_found")
    rows = ledger.statement(call.tx, query.account_id, query.limit, after=query.after)
    return StatementPage(
        items=[moved(row) for row in rows],
        next_cursor=cursor_of([row.entry_id for row in rows], query.limit),
    )


def list_my_receipts(call: Call, query: MyReceiptsQuery) -> ReceiptsPage:
    """What moved on their wallet and their float, the newest first: as the phone shows receipts."""
    kinds = (ledger.WALLET, ledger.FLOAT)
    rows = ledger.receipts(call.tx, call.person_id, kinds, query.limit, after=query.after)
    return ReceiptsPage(
        items=[
            Receipt(**moved(row).model_dump(), fee_minor=int(row.detail.get("fee_minor", 0)))
            for row in rows
        ],
        next_cursor=cursor_of([row.entry_id for row in rows], query.limit),
    )


def list_my_tokens(call: Call) -> MyTokens:
    """Their reference tokens."""
    found = payment_tokens.of_person(call.tx, call.person_id)
    return MyTokens(
        items=[
            MyToken(token=one.token, purpose=one.purpose, subject_id=one.subject_id)
            for one in found
        ]
    )


def _mine(call: Call) -> list[listing.Account]:
    return listing.accounts_of(call.tx, call.person_id)


ENDPOINTS = tuple(
    Endpoint(
        method="GET",
        path=path,
        view=view,
        scope=SCOPE,
        answer=answer,
        query_model=query,
        problems=("not_found",) if query is MyStatementQuery else (),
        tags=("me",),
        auth=Auth.PERSON,
    )
    for path, view, answer, query in (
        ("/me", get_me, Me, None),
        ("/me/groups", list_my_groups, MyGroups, None),
        ("/me/balances", list_my_balances, Accounts, None),
        ("/me/statements", list_my_movements, StatementPage, MyStatementQuery),
        ("/me/receipts", list_my_receipts, ReceiptsPage, MyReceiptsQuery),
        ("/me/tokens", list_my_tokens, MyTokens, None),
    )
)
