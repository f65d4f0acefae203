"""What stands before the fake's payments: subscription keys, users and their keys, tokens."""

from __future__ import annotations

import base64
import secrets
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from werkzeug.wrappers import Request, Response

from providers.mobile_money.fake import as_json, object_of
from providers.mtn_momo.wallet import Wallets


@dataclass(frozen=True, slots=True)
class _Token:
    product: str
    user: str
    expires_at_s: float


class Gate:
    """Who may ask for what. `accounts` and `keys` are those of MomoFake."""

    def __init__(
        self,
        wallets: Wallets,
        accounts: Mapping[str, str] | None,
        keys: Mapping[str, str] | None,
        environment: str,
        clock: Callable[[], float],
    ) -> None:
        self.environment = environment
        self._wallets = wallets
        self._accounts = dict(accounts) if accounts is not None else None
        self._keys = keys
        self._clock = clock
        self._hosts: dict[str, str] = {}
        self._tokens: dict[str, _Token] = {}
        self._lock = threading.Lock()

    def _has_key(self, request: Request, product: str) -> bool:
        shown = request.headers.get("Ocp-Apim-Subscription-Key", "")
        return bool(shown) and (self._keys is None or self._keys.get(product) == shown)

    def refused(self, request: Request, product: str) -> Response | None:
        """What the gateway answers before MTN's own system sees a request."""
        if not self._has_key(request, product):
            return gateway_error(401, "Access denied due to invalid subscription key.")
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        with self._lock:
            token = self._tokens.get(shown)
        own = token is not None and (
            token.product == product or not self._wallets.options.token_of_product
        )
        if token is None or not own or self._clock() >= token.expires_at_s:
            return gateway_error(401, "Unauthorized")
        if request.headers.get("X-Target-Environment") != self.environment:
            return error_of(500, "NOT_ALLOWED_TARGET_ENVIRONMENT")
        return None

    def host_of(self, request: Request) -> str | None:
        """The host that the asking user's callbacks go to; None for a user who named none."""
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        with self._lock:
            token = self._tokens.get(shown)
        return self._hosts.get(token.user) if token else None

    def expire_tokens(self) -> None:
        with self._lock:
            self._tokens.clear()

    def token(self, request: Request, product: str) -> Response:
        if not self._has_key(request, product):
            return gateway_error(401, "Access denied due to invalid subscription key.")
        if request.get_data():
            return error_of(400, "VALIDATION_ERROR")
        shown = request.headers.get("Authorization", "")
        try:
            user, _, key = base64.b64decode(shown.removeprefix("Basic ")).decode().partition(":")
        except ValueError:
            user, key = "", ""
        known = self._accounts is None or self._accounts.get(user, "") == key
        if not shown.startswith("Basic ") or not user or not key or not known:
            return as_json(401, {"error": "login_failed"})
        life_s = self._wallets.options.token_life_s
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._tokens[token] = _Token(product, user, self._clock() + life_s)
        told = {"access_token": token, "token_type": "access_token", "expires_in": int(life_s)}
        return as_json(200, told)

    def user(self, request: Request, user: str | None, is_key: bool) -> Response:
        """Users and keys, as the sandbox alone makes them."""
        if not request.headers.get("Ocp-Apim-Subscription-Key"):
            return gateway_error(401, "Access denied due to missing subscription key.")
        if self.environment != "sandbox":
            return gateway_error(404, "Resource not found")
        if user is None:
            return self._new_user(request)
        host = self._hosts.get(user)
        if host is None:
            return error_of(404, "RESOURCE_NOT_FOUND")
        if is_key:
            key = secrets.token_hex(16)
            self._accounts = {**(self._accounts or {}), user: key}
            return as_json(201, {"apiKey": key})
        return as_json(200, {"providerCallbackHost": host, "targetEnvironment": self.environment})

    def _new_user(self, request: Request) -> Response:
        user = request.headers.get("X-Reference-Id", "")
        host = (object_of(request) or {}).get("providerCallbackHost")
        if not is_uuid4(user) or not isinstance(host, str):
            return error_of(400, "VALIDATION_ERROR")
        if user in self._hosts:
            return error_of(409, "RESOURCE_ALREADY_EXIST")
        self._hosts[user] = host
        return Response(b"", 201)


def is_uuid4(word: str) -> bool:
    try:
        return str(uuid.UUID(word)) == word.lower() and uuid.UUID(word).version == 4
    except ValueError:
        return False


def error_of(status: int, code: str, message: str = "") -> Response:
    """As MTN's own system says it."""
    words = message or code.replace("_", " ").capitalize()
    return as_json(status, {"code": code, "message": words})


def gateway_error(status: int, message: str) -> Response:
    """As the gateway in front says it."""
    return as_json(status, {"statusCode": status, "message": message})
