"""Accounts, what is on them, and what moved."""

import uuid
from datetime import date, datetime

from pydantic import BaseModel, Field

from app.api.call import Call, Endpoint, File
from app.api.listing import Page, Paging, cursor_of
from app.api.problems import ProblemError
from app.api.resources.people import PersonPath, require_person
from app.operations import statements
from core.money import ledger, listing
from core.money.statements import StatementTooLong
from values.ids import made_at

READ = "accounts:read"


class Account(BaseModel):
    """An account. One that only collects has no balance."""

    id: uuid.UUID
    kind: str
    currency: str
    frozen: bool
    balance_minor: int | None
    held_minor: int | None = Field(description="Of the balance; set aside and not to be spent.")


class Accounts(BaseModel):
    """All accounts of somebody."""

    items: list[Account]


class AccountPath(BaseModel):
    """Which account."""

    account_id: uuid.UUID


class Movement(BaseModel):
    """What moved: more than 0 in, less than 0 out."""

    entry_id: uuid.UUID
    reference: str = Field(description="What the receipt shows.")
    kind: str
    amount_minor: int
    currency: str
    at: datetime


class StatementPage(Page[Movement]):
    """A page of movements, the newest first."""


class StatementQuery(Paging):
    """Which page."""


class StatementDays(BaseModel, extra="forbid"):
    """Both days are in, and the business's own."""

    first: date | None = Field(None, description="A month before the last one, unless given.")
    last: date | None = Field(None, description="Today, unless given.")


def list_accounts(call: Call, path: PersonPath) -> Accounts:
    """List the accounts of a person."""
    require_person(call, path.person_id)
    call.looked_at("accounts", path.person_id)
    return Accounts(items=[account_of(one) for one in listing.accounts_of(call.tx, path.person_id)])


def get_account(call: Call, path: AccountPath) -> Account:
    """One account."""
    account = _found(call, path.account_id)
    call.looked_at("an account", account.id)
    return account_of(account)


def list_movements(call: Call, path: AccountPath, query: StatementQuery) -> StatementPage:
    """The movements of an account, the newest first."""
    account = _found(call, path.account_id)
    call.looked_at("a statement", account.id)
    rows = ledger.statement(call.tx, account.id, query.limit, after=query.after)
    return StatementPage(
        items=[moved(row) for row in rows],
        next_cursor=cursor_of([row.entry_id for row in rows], query.limit),
    )


def get_statement(call: Call, path: AccountPath, query: StatementDays) -> File:
    """An account's statement as a PDF, in its owner's language: movements, and the balance behind
    each. At most 10,000 movements."""
    try:
        written = statements.pdf(
            *(call.tx, call.keys, path.account_id),
            first=query.first,
            last=query.last,
            by=call.client.actor,
        )
    except StatementTooLong as refused:
        raise ProblemError("refused", str(refused)) from None
    if written is None:
        raise ProblemError("not_found")
    name = f"statement-{path.account_id.hex[-6:]}.pdf"
    return File(name, "application/pdf", len(written), lambda _: iter([written]))


def _found(call: Call, account_id: uuid.UUID) -> listing.Account:
    account = listing.account(call.tx, account_id)
    if account is None:
        raise ProblemError("not_found")
    return account


def moved(row: ledger.StatementLine) -> Movement:
    """A line of a statement as the API shows it."""
    return Movement(
        entry_id=row.entry_id,
        reference=row.reference,
        kind=row.kind,
        amount_minor=row.amount_minor,
        currency=row.currency,
        at=made_at(row.entry_id),
    )


def account_of(one: listing.Account) -> Account:
    """An account as the API shows it."""
    return Account(
        id=one.id,
        kind=one.kind,
        currency=one.currency,
        frozen=one.frozen,
        balance_minor=one.balance_minor if one.guarded else None,
        held_minor=one.held_minor if one.guarded else None,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/people/<person_id>/accounts",
        view=list_accounts,
        scope=READ,
        answer=Accounts,
        path_model=PersonPath,
        problems=("not_found",),
        tags=("accounts",),
    ),
    Endpoint(
        method="GET",
        path="/accounts/<account_id>",
        view=get_account,
        scope=READ,
        answer=Account,
        path_model=AccountPath,
        problems=("not_found",),
        tags=("accounts",),
    ),
    Endpoint(
        method="GET",
        path="/accounts/<account_id>/movements",
        view=list_movements,
        scope=READ,
        answer=StatementPage,
        path_model=AccountPath,
        query_model=StatementQuery,
        problems=("not_found",),
        tags=("accounts",),
    ),
    Endpoint(
        method="GET",
        path="/accounts/<account_id>/statement",
        view=get_statement,
        scope=READ,
        answer=("application/pdf",),
        path_model=AccountPath,
        query_model=StatementDays,
        problems=("not_found", "refused"),
        tags=("accounts",),
    ),
)
