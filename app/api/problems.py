"""Errors as RFC 9457 says: a stable code, a sentence, and nothing of what is inside."""

from typing import Any

from flask import Response
from pydantic import BaseModel, Field

TYPE = "application/problem+json"

# Each with its status and the sentence that is always the same.
PROBLEMS: dict[str, tuple[int, str]] = {
    "unauthenticated": (401, "The request carries no valid key or token."),
    "forbidden": (403, "This key or token may not do that."),
    "not_found": (404, "There is no such thing."),
    "method_not_allowed": (405, "That cannot be done with it."),
    "invalid": (422, "The request is not as documented."),
    "not_json": (400, "The body is not JSON."),
    "too_large": (413, "The body is too large."),
    "idempotency_key_missing": (400, "This request needs an Idempotency-Key."),
    "in_flight": (409, "A request with this Idempotency-Key is being answered."),
    "other_content": (422, "This Idempotency-Key belongs to a request of other content."),
    "wrong_code": (403, "This code is not right, or not any more. Ask for another."),
    "no_price": (409, "What is asked for has no price."),
    "refused": (409, "The business refuses this."),
    "rate_limited": (429, "Too many requests: wait for as long as Retry-After says."),
    "unavailable": (503, "Nothing was done. Try again."),
    "fault": (500, "Something failed here. Send the same request again to see if it was done."),
}


class FieldFault(BaseModel):
    """What is wrong with one field, by its path: `body.reason`."""

    field: str
    detail: str


class Problem(BaseModel):
    """A refusal. `code` is stable, `title` says it in a sentence, `detail` says more."""

    type: str = Field(default="about:blank")
    code: str
    status: int
    title: str
    detail: str | None = None
    errors: list[FieldFault] | None = None


class ProblemError(Exception):
    """Raised by a view to answer with a problem."""

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        *,
        errors: list[FieldFault] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


def problem_response(error: ProblemError, headers: dict[str, str] | None = None) -> Response:
    status, title = PROBLEMS[error.code]
    problem = Problem(
        code=error.code, status=status, title=title, detail=error.detail, errors=error.errors
    )
    response = Response(problem.model_dump_json(exclude_none=True), status, mimetype=TYPE)
    response.headers.extend(headers or {})
    if error.code == "unauthenticated":
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def documented(*codes: str) -> dict[str | int, Any]:
    """The responses of an operation that may end in these problems."""
    statuses = sorted({PROBLEMS[code][0] for code in codes})
    return {
        str(status): {
            "description": "; ".join(
                f"`{code}`: {PROBLEMS[code][1]}" for code in codes if PROBLEMS[code][0] == status
            ),
            "content": {TYPE: {"schema": Problem.model_json_schema()}},
        }
        for status in statuses
    }
