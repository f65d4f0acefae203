"""A request to the API: who asks, what they may, and the transaction that it is.

Around every view, in this order: who asks is found, by a key or a token, their calls are counted,
their scope is looked at, an answer that was given before is given again, the view answers, the
answer is kept. Everything but the count is one transaction of the tenant: an answer that was kept
belongs to an act that was done.
"""

import hashlib
import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

import redis
from flask import Response, request
from pydantic import BaseModel

from app.api.problems import ProblemError, documented, problem_response
from core.audit.trail import record
from core.clients import keys as api_keys
from core.clients import results
from core.clients.errors import ClientError, InFlight, OtherContent
from core.clients.keys import Client
from core.db.database import Database, Deadline, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.security.keyring import Keyring
from core.sign_in import tokens
from core.sign_in.errors import SignInError, TokenRefused, TooManyCodes, WrongCode
from core.sign_in.tokens import Signer
from values.refusals import BusinessError

DEADLINE_S: Final = 10.0
# A key's calls within a minute; the header tells it what is left.
CALLS_A_MINUTE: Final = 600
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
_ALWAYS: Final = ("unauthenticated", "forbidden", "invalid", "rate_limited", "unavailable", "fault")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose key is valid and may do what it asks. `tx` is committed after the view."""

    tx: Tx
    keys: Keyring
    client: Client
    signer: Signer

    @property
    def person_id(self) -> uuid.UUID:
        """Who signed in; of an endpoint that is theirs."""
        assert self.client.person_id is not None, "only people who signed in come here"
        return self.client.person_id

    def looked_at(self, what: str, object_id: Any = None, **detail: Any) -> None:
        """Note in the audit trail that personal data was read."""
        record(self.tx, self.client.actor, f"looked at {what}", object_id, detail)


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is a file. `content` reads it, part by part, once the view's transaction has
    ended."""

    name: str
    media_type: str
    size_bytes: int
    content: Callable[[Database], Iterator[bytes]]


View = Callable[..., BaseModel | File]


class Auth(Enum):
    """Who may ask: a program by its key, a person by their access token, or who has the refresh
    token that stands in the body as `refresh_token`."""

    KEY = "key"
    PERSON = "person"
    REFRESH = "refresh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What can be asked: `view(call, path=…, query=…, body=…)`, those of them that it has.

    `scope` is what a key or a token must have. A POST is `keyed`: it takes an Idempotency-Key, and
    needs one; unless it only asks, and is a POST since its question is too long for an address.
    `answer` is the model that the view answers, or of which types the file may be.
    """

    method: str
    path: str
    view: View
    scope: str
    answer: type[BaseModel] | tuple[str, ...]
    problems: tuple[str, ...] = ()
    path_model: type[BaseModel] | None = None
    query_model: type[BaseModel] | None = None
    body_model: type[BaseModel] | None = None
    status: int = 200
    only_asks: bool = False
    tags: tuple[str, ...] = field(default=())
    auth: Auth = Auth.KEY

    @property
    def security(self) -> list[dict[str, list[str]]]:
        """How OpenAPI says who may ask."""
        return [] if self.auth is Auth.REFRESH else [{self.auth.value: []}]

    @property
    def keyed(self) -> bool:
        return self.method == "POST" and not self.only_asks

    @property
    def responses(self) -> dict[str | int, Any]:
        codes = [*_ALWAYS, *self.problems]
        if self.keyed:
            codes += ["idempotency_key_missing", "in_flight", "other_content"]
        if self.method == "POST":
            codes.append("not_json")
        answer: Any = self.answer
        if isinstance(answer, tuple):
            schema = {"type": "string", "format": "binary"}
            content = {media_type: {"schema": schema} for media_type in answer}
            answer = {"description": "The file.", "content": content}
        return {str(self.status): answer, **documented(*codes)}


class Caller:
    """Answers calls to endpoints."""

    def __init__(self, database: Database, signer: Signer, redis_url: str) -> None:
        self._database = database
        self._signer = signer
        self._keys = signer.keys
        self._redis = redis.Redis.from_url(redis_url, socket_timeout=0.5)

    def answer(self, endpoint: Endpoint, given: Mapping[str, Any]) -> Response:
        """Answer a request whose parts were read as its models say."""
        left: dict[str, str] = {}
        try:
            return self._answer(endpoint, given, left)
        except _ANSWERED as error:
            problem = _problem_of(error)
            return problem_response(problem, left | problem.headers)

    def _answer(
        self, endpoint: Endpoint, given: Mapping[str, Any], left: dict[str, str]
    ) -> Response:
        tenant_id, find = self._claimed(endpoint, given)
        with self._database.transaction(tenant_id, Deadline(DEADLINE_S)) as tx:
            client = find(tx)
            if client is None:
                raise ProblemError("unauthenticated")
            left.update(self._count(client))
            if endpoint.scope not in client.scopes:
                raise ProblemError("forbidden", f"It lacks the scope {endpoint.scope}.")
            call = Call(tx, self._keys, client, self._signer)
            made = None if endpoint.keyed else endpoint.view(call, **given)
            if not isinstance(made, File):
                kept = _made(endpoint, made) if made else self._once(endpoint, call, given)
        if isinstance(made, File):
            return self._file(made, left)
        response = Response(kept.body, kept.status, mimetype="application/json")
        response.headers.extend(left)
        if request.method == "GET":
            response.set_etag(hashlib.blake2b(kept.body, digest_size=16).hexdigest())
            response.headers["Cache-Control"] = "private, no-cache"
            response.make_conditional(request)
        return response

    def _claimed(
        self, endpoint: Endpoint, given: Mapping[str, Any]
    ) -> tuple[uuid.UUID, Callable[[Tx], Client | None]]:
        """The tenant that a request is of by its own word, and what finds out who asks. Raises
        ProblemError."""
        if endpoint.auth is Auth.PERSON:
            claims = self._signer.read(_bearer())
            if claims is not None:
                return claims.tenant_id, lambda tx: tokens.holder(tx, claims)
        elif endpoint.auth is Auth.REFRESH:
            token = given["body"].refresh_token
            tenant_id = tokens.tenant_of(token)
            if tenant_id is not None:
                return tenant_id, lambda tx: tokens.owner(tx, self._keys, tenant_id, token)
        else:
            key = _bearer()
            tenant_id = api_keys.tenant_of(key)
            if tenant_id is not None:
                return tenant_id, lambda tx: api_keys.find(tx, self._keys, key)
        raise ProblemError("unauthenticated")

    def _file(self, made: File, headers: Mapping[str, str]) -> Response:
        response = Response(made.content(self._database), mimetype=made.media_type)
        response.headers.extend(headers)
        response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
        response.headers["Cache-Control"] = "private, no-store"
        response.content_length = made.size_bytes
        return response

    def _once(self, endpoint: Endpoint, call: Call, given: Mapping[str, Any]) -> results.Kept:
        """The answer to a request that changes something, the first time and every time after."""
        named = request.headers.get(IDEMPOTENCY_KEY, "")
        if not named or len(named) > results.KEY_CHARS_MAXIMUM or not named.isprintable():
            raise ProblemError("idempotency_key_missing")
        fields = {
            f"{part}.{name}": value
            for part, model in given.items()
            for name, value in model.model_dump(mode="json").items()
        }
        asked = results.Asked(named, f"{endpoint.method} {endpoint.path}", fields)
        before = results.begin(call.tx, call.keys, call.client, asked)
        if before is not None:
            return before
        made = endpoint.view(call, **given)
        assert isinstance(made, BaseModel), "what is kept to be answered again is no file"
        kept = _made(endpoint, made)
        results.keep(call.tx, call.keys, call.client, asked, kept)
        return kept

    def _count(self, client: Client) -> dict[str, str]:
        """Count a call. Without Redis nothing is counted: a limit is no reason to stop."""
        minute, second = divmod(now_s(), 60)
        try:
            pipeline = self._redis.pipeline(transaction=False)
            name = f"api:{client.id}:{minute}"
            pipeline.incr(name)
            pipeline.expire(name, 120)
            made = int(pipeline.execute()[0])
        except redis.RedisError:
            return {}
        left = max(CALLS_A_MINUTE - made, 0)
        headers = {
            "RateLimit-Limit": str(CALLS_A_MINUTE),
            "RateLimit-Remaining": str(left),
            "RateLimit-Reset": str(60 - second),
        }
        if made > CALLS_A_MINUTE:
            raise ProblemError(
                "rate_limited", headers=headers | {"Retry-After": headers["RateLimit-Reset"]}
            )
        return headers


_ANSWERED = (ProblemError, BusinessError, ClientError, SignInError, Unavailable, OutcomeUnknown)


def _problem_of(error: Exception) -> ProblemError:
    """What the client is answered, of an error that came behind a request of the right form."""
    match error:
        case ProblemError():
            return error
        case BusinessError():
            return ProblemError("refused", error.code)
        case OtherContent():
            named = ", ".join(name or "what it does" for name in error.fields)
            return ProblemError("other_content", f"It differs in {named}.")
        case TooManyCodes():
            return ProblemError("rate_limited", headers={"Retry-After": str(error.after_s)})
    for kind, code in _CODES.items():
        if isinstance(error, kind):
            return ProblemError(code)
    log.warning("a call ended in %s", type(error).__name__)
    return ProblemError("fault" if isinstance(error, OutcomeUnknown) else "unavailable")


_CODES: Final[Mapping[type[Exception], str]] = {
    InFlight: "in_flight",
    WrongCode: "wrong_code",
    TokenRefused: "unauthenticated",
}


def now_s() -> int:
    """The time by which calls are counted."""
    return int(time.time())


def _made(endpoint: Endpoint, answer: BaseModel) -> results.Kept:
    return results.Kept(endpoint.status, answer.model_dump_json().encode())


def _bearer() -> str:
    """The key or token of the request; '' where it carries none."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
