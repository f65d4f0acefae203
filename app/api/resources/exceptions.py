"""Money whose owner only a person can say: listed, asked about by one program, decided by another.

The same queue as the console's, by the same operations: what one key asked for, another approves.
"""

import re
import uuid
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field

from app import domains
from app.api.call import Call, Endpoint
from app.api.listing import Page, Paging, cursor_of
from app.api.problems import ProblemError
from core.approvals import requests
from core.approvals.errors import ApprovalError, NoSuchRequest
from core.approvals.kinds import Request
from core.approvals.requests import Officer
from core.payments import allocations, exceptions
from core.payments.allocations import PARTS_MAXIMUM, Allocate, Part, PayBack
from core.payments.exceptions import PaymentException
from core.payments.text_errors import NoSuchException

READ: Final = "exceptions:read"
WORK: Final = "exceptions:work"
DECIDE: Final = "exceptions:decide"
KINDS: Final = frozenset({Allocate.name, PayBack.name})

Reason = Annotated[str, Field(min_length=3, max_length=200, pattern=r"^[^\x00]*$")]
Purpose = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z_]+$")]
_NO_NAME: Final = re.compile(r"[^a-z0-9.-]+")


class SuggestedOwner(BaseModel):
    """Whose money it may be, and for what; `reasons` say why."""

    person_id: uuid.UUID
    purpose: str
    subject_id: uuid.UUID
    reasons: list[str]


class MoneyException(BaseModel):
    """An amount that came, and why nobody but a person can say whose it is. `state` is open,
    claimed (somebody works on it), allocated, to_pay_back, paid_back or dismissed."""

    id: uuid.UUID
    state: str
    owner: str | None
    reason: str
    wallet: str
    provider_txid: str
    amount_minor: int
    currency: str
    happened_at: datetime
    created_at: datetime
    suggestions: list[SuggestedOwner]


class ExceptionsPage(Page[MoneyException]):
    """Those that wait, the oldest first; or those that were settled, the newest first."""


class ExceptionPath(BaseModel):
    """Which exception."""

    exception_id: uuid.UUID


class ExceptionRequestPath(BaseModel):
    """Which request."""

    request_id: uuid.UUID


class ExceptionsAsked(Paging):
    """Which of them."""

    settled: bool = False


class PartOfMoney(BaseModel, extra="forbid"):
    """A share of it: for whom, and for what. `subject_id` is the group, the order or whatever the
    purpose is about."""

    person_id: uuid.UUID
    purpose: Purpose
    subject_id: uuid.UUID
    amount_minor: int = Field(gt=0, le=10**15)


class Allocation(BaseModel, extra="forbid"):
    """Whose it is, in parts that add up to it, and why."""

    parts: list[PartOfMoney] = Field(min_length=1, max_length=PARTS_MAXIMUM)
    reason: Reason


class Refund(BaseModel, extra="forbid"):
    """Why it is to go back to its payer."""

    reason: Reason


class Decision(BaseModel, extra="forbid"):
    """What another key says to it. A refusal has a reason."""

    decision: Literal["approve", "refuse"]
    reason: str = Field("", max_length=200, pattern=r"^[^\x00]*$")


class ExceptionRequest(BaseModel):
    """What was asked for about an exception. `state` is pending, approved, refused or expired."""

    id: uuid.UUID
    exception_id: uuid.UUID
    kind: str
    state: str
    requested_by: str
    decided_by: str | None


def list_exceptions(call: Call, query: ExceptionsAsked) -> ExceptionsPage:
    """Money in question."""
    found = exceptions.listed(call.tx, settled=query.settled, beyond=query.after, limit=query.limit)
    return ExceptionsPage(
        items=[_shown(one) for one in found],
        next_cursor=cursor_of([one.id for one in found], query.limit),
    )


def get_exception(call: Call, path: ExceptionPath) -> MoneyException:
    """One of them, whatever has become of it. The audit trail notes the look."""
    found = _found(call, path.exception_id)
    call.looked_at("exception", found.id)
    return _shown(found)


def allocate_exception(call: Call, path: ExceptionPath, body: Allocation) -> ExceptionRequest:
    """Ask that it is these people's. Nothing moves before another key approves. The same that waits
    already is that request."""
    _found(call, path.exception_id)
    parts = [
        Part(one.purpose, one.person_id, one.subject_id, one.amount_minor) for one in body.parts
    ]
    kind = domains.load().approvals[Allocate.name]
    assert isinstance(kind, Allocate)
    try:
        asked = allocations.ask_to_allocate(
            *(call.tx, call.keys, kind, path.exception_id, parts),
            by=_officer(call),
            reason=body.reason,
        )
    except ApprovalError as refused:
        raise ProblemError("refused", str(refused)) from None
    if not asked.was_new and asked.request.params["parts"] != [one.to_data() for one in parts]:
        raise ProblemError("refused", "Another allocation of it waits.")
    return _request(asked.request)


def refund_exception(call: Call, path: ExceptionPath, body: Refund) -> ExceptionRequest:
    """Ask that it goes back to its payer. Approved, it is set apart for that."""
    _found(call, path.exception_id)
    try:
        asked = allocations.ask_to_pay_back(
            call.tx, call.keys, path.exception_id, by=_officer(call), reason=body.reason
        )
    except ApprovalError as refused:
        raise ProblemError("refused", str(refused)) from None
    return _request(asked.request)


def decide_exception_request(
    call: Call, path: ExceptionRequestPath, body: Decision
) -> ExceptionRequest:
    """Approve or refuse what another key, or an officer, asked for."""
    try:
        known = requests.get(call.tx, path.request_id)
        if known.kind not in KINDS:
            raise NoSuchRequest
        if body.decision == "approve":
            kinds = domains.load().approvals
            decided = requests.approve(
                call.tx, call.keys, kinds, path.request_id, by=_officer(call)
            ).request
        else:
            decided = requests.refuse(
                call.tx, path.request_id, by=_officer(call), reason=body.reason
            )
    except NoSuchRequest:
        raise ProblemError("not_found") from None
    except ApprovalError as refused:
        raise ProblemError("refused", str(refused)) from None
    return _request(decided)


def _officer(call: Call) -> Officer:
    """The key, as one of two who decide: `api.till`."""
    name = _NO_NAME.sub("-", call.client.name.lower())
    return requests.officer(f"api.{name}"[:40], call.client.actor)


def _found(call: Call, id: uuid.UUID) -> PaymentException:
    try:
        return exceptions.get(call.tx, id)
    except NoSuchException:
        raise ProblemError("not_found") from None


def _shown(found: PaymentException) -> MoneyException:
    return MoneyException(
        id=found.id,
        state=found.state,
        owner=found.owner,
        reason=found.reason,
        wallet=found.wallet,
        provider_txid=found.provider_txid,
        amount_minor=found.amount_minor,
        currency=found.currency,
        happened_at=found.happened_at,
        created_at=found.created_at,
        suggestions=[_suggested(one) for one in found.suggestions],
    )


def _suggested(said: dict[str, Any]) -> SuggestedOwner:
    return SuggestedOwner(
        person_id=uuid.UUID(said["subscriber"]),
        purpose=said["purpose"],
        subject_id=uuid.UUID(said["subject"]),
        reasons=[str(one) for one in said["reasons"]],
    )


def _request(found: Request) -> ExceptionRequest:
    assert found.subject_id is not None, "it is about an exception"
    return ExceptionRequest(
        id=found.id,
        exception_id=found.subject_id,
        kind=found.kind,
        state=found.state,
        requested_by=found.requested_by,
        decided_by=found.decided_by,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/exceptions",
        view=list_exceptions,
        scope=READ,
        answer=ExceptionsPage,
        query_model=ExceptionsAsked,
        tags=("payments",),
    ),
    Endpoint(
        method="GET",
        path="/exceptions/<exception_id>",
        view=get_exception,
        scope=READ,
        answer=MoneyException,
        path_model=ExceptionPath,
        problems=("not_found",),
        tags=("payments",),
    ),
    Endpoint(
        method="POST",
        path="/exceptions/<exception_id>/allocate",
        view=allocate_exception,
        scope=WORK,
        answer=ExceptionRequest,
        path_model=ExceptionPath,
        body_model=Allocation,
        problems=("not_found", "refused"),
        tags=("payments",),
    ),
    Endpoint(
        method="POST",
        path="/exceptions/<exception_id>/refund",
        view=refund_exception,
        scope=WORK,
        answer=ExceptionRequest,
        path_model=ExceptionPath,
        body_model=Refund,
        problems=("not_found", "refused"),
        tags=("payments",),
    ),
    Endpoint(
        method="POST",
        path="/exceptions/requests/<request_id>/decide",
        view=decide_exception_request,
        scope=DECIDE,
        answer=ExceptionRequest,
        path_model=ExceptionRequestPath,
        body_model=Decision,
        problems=("not_found", "refused"),
        tags=("payments",),
    ),
)
