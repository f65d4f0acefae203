"""Signing people in for a program of the tenant: a code to their number, then tokens."""

import uuid
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from app.api.call import Auth, Call, Endpoint
from core.sign_in import codes, tokens
from core.sign_in.tokens import ACCESS_S, SCOPE, Issued

SEND = "otp:send"
VERIFY = "otp:verify"


class CodeWanted(BaseModel, extra="forbid"):
    """To whom a code goes: by WhatsApp where the business sends codes there, and by SMS where that
    fails; or by SMS at once."""

    number: str = Field(description="In E.164.", pattern=r"^\+[1-9][0-9]{6,14}$")
    channel: Literal["any", "sms"] = "any"


class CodeAsked(BaseModel):
    """A code that was asked for. It says the same whether anybody has the number or not."""

    id: uuid.UUID
    expires_at: datetime


class CodeTyped(BaseModel, extra="forbid"):
    """What the person typed, for the code of that id. It has five tries."""

    id: uuid.UUID
    code: str = Field(pattern=r"^[0-9]{6}$")


class Tokens(BaseModel):
    """What a person's application carries. The refresh token is good once."""

    person_id: uuid.UUID
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the word of RFC 6750
    expires_in_s: int
    scope: str
    refresh_token: str
    refresh_expires_at: datetime


class RefreshToken(BaseModel, extra="forbid"):
    """A refresh token, which is also what lets it be used."""

    refresh_token: str = Field(max_length=200)


class SignedOut(BaseModel):
    """All tokens of the sign-in are void."""

    signed_out: Literal[True] = True


def send_code(call: Call, body: CodeWanted) -> CodeAsked:
    """Send a one-time code to a number. A newer code of a number takes the place of the one before;
    a number gets three in a quarter of an hour and ten in a day."""
    asked = codes.ask(
        *(call.tx, call.keys),
        client=call.client.name,
        number=body.number,
        by_sms=body.channel == "sms",
    )
    return CodeAsked(id=asked.id, expires_at=asked.expires_at)


def verify_code(call: Call, body: CodeTyped) -> Tokens:
    """Sign somebody in by the code that they typed."""
    right = codes.check(
        call.tx, call.keys, client=call.client.name, code_id=body.id, code=body.code
    )
    return _tokens(tokens.begin(call.tx, call.signer, call.client, right))


def refresh_tokens(call: Call, body: RefreshToken) -> Tokens:
    """The next two tokens. A refresh token that was used already ends the sign-in: it was copied.
    A request that got no answer is sent again with the same Idempotency-Key."""
    return _tokens(tokens.rotate(call.tx, call.signer, call.client, body.refresh_token))


def revoke_tokens(call: Call, body: RefreshToken) -> SignedOut:
    """Sign out: the access token of the same sign-in opens nothing either, at once."""
    tokens.end(call.tx, call.client)
    return SignedOut()


def _tokens(issued: Issued) -> Tokens:
    return Tokens(
        person_id=issued.subscriber_id,
        access_token=issued.access_token,
        expires_in_s=ACCESS_S,
        scope=SCOPE,
        refresh_token=issued.refresh_token,
        refresh_expires_at=issued.expires_at,
    )


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/otp/send",
        view=send_code,
        scope=SEND,
        answer=CodeAsked,
        body_model=CodeWanted,
        status=202,
        tags=("sign in",),
    ),
    Endpoint(
        method="POST",
        path="/otp/verify",
        view=verify_code,
        scope=VERIFY,
        answer=Tokens,
        body_model=CodeTyped,
        problems=("wrong_code",),
        tags=("sign in",),
    ),
    Endpoint(
        method="POST",
        path="/token/refresh",
        view=refresh_tokens,
        scope=SCOPE,
        answer=Tokens,
        body_model=RefreshToken,
        auth=Auth.REFRESH,
        tags=("sign in",),
    ),
    Endpoint(
        method="POST",
        path="/token/revoke",
        view=revoke_tokens,
        scope=SCOPE,
        answer=SignedOut,
        body_model=RefreshToken,
        auth=Auth.REFRESH,
        tags=("sign in",),
    ),
)
