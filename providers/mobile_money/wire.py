"""A request to a provider, once: how it leaves, what a failed one proves, what an answer proves."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from typing import Final, TypeVar
from urllib.parse import urlsplit

import requests

from providers.contracts.messages import (
    Account,
    NotSent,
    OutcomeUnknown,
    Refused,
    Scope,
    SendError,
)
from providers.contracts.payments import Reason, in_major_units
from providers.limits import (
    CONNECT_TIMEOUT_S,
    PAYMENT_READ_TIMEOUT_S,
    PHONE_MAX_DIGITS,
    PHONE_MIN_DIGITS,
    TOKEN_READ_TIMEOUT_S,
)
from providers.mobile_money.reading import object_of
from providers.mobile_money.tokens import Fetched, Tokens
from providers.simulator.loopback import is_loopback_host
from providers.transport import failure, may_carry_secret, session
from values.money import Money

# A gateway is reported to refuse a library's own name.
USER_AGENT: Final = "Piga"
JSON: Final = "application/json"
# In an answer to a request these say nothing of what became of it.
_UNDECIDED: Final = frozenset({Reason.PROVIDER_FAULT, Reason.OTHER})

Answer = TypeVar("Answer")

_E164 = re.compile(rf"\+[1-9][0-9]{{{PHONE_MIN_DIGITS - 1},{PHONE_MAX_DIGITS - 1}}}")
_NOT_IN_NOTES = re.compile(r"[^A-Za-z0-9 .-]+")
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")


class Wire:
    """Requests of one account. Holds no connection; threads may share it."""

    def __init__(self, account: Account, url: str) -> None:
        self.url = url.rstrip("/")
        self._connect_s = account.connect_timeout_s or CONNECT_TIMEOUT_S
        self._read_s = account.read_timeout_s or PAYMENT_READ_TIMEOUT_S

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        url: str = "",
        message_id: str | None = None,
        token: bool = False,
    ) -> requests.Response:
        """One request; `url` is another host than the account's own, `token` a question for one.
        Raises NotSent, Refused or OutcomeUnknown."""
        shown = {"User-Agent": USER_AGENT} | ({"Content-Type": JSON} if body is not None else {})
        base = (url or self.url).rstrip("/")
        read_s = min(self._read_s, TOKEN_READ_TIMEOUT_S) if token else self._read_s
        failed: SendError
        try:
            with session(trust_env=not is_loopback_host(urlsplit(base).hostname or "")) as one:
                return one.request(
                    *(method, f"{base}/{path}"),
                    data=body,
                    headers=shown | dict(headers),
                    timeout=(self._connect_s, read_s),
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            failed = failure(error, message_id)
        # Raised out here, so that no error drags along a cause that quotes the number.
        raise failed


def with_token(
    tokens: Tokens,
    key: Hashable,
    fetch: Callable[[], requests.Response],
    ask: Callable[[str], requests.Response],
    not_taken: Callable[[requests.Response], bool] = lambda answer: answer.status_code == 401,
) -> requests.Response:
    """A request that shows a token; a second one where the token was not taken. A gateway looks at
    the token before anything else, so the first one changed nothing.

    Raises NotSent or Refused while no token can be had: the payment's request has not left.
    """
    token = tokens.get(key, lambda: _fetched(fetch))
    answer = ask(token)
    if not_taken(answer):
        answer = ask(tokens.get(key, lambda: _fetched(fetch), token))
    return answer


def first(code: str, ask: Callable[[], Answer]) -> Answer:
    """What must be there before the payment's own request leaves. Raises Refused, or NotSent with
    `code` where nobody knows what became of the question: the payment has not left."""
    failed: SendError
    try:
        return ask()
    except OutcomeUnknown as error:
        failed = NotSent(code, detail=error.code)
    except Refused as error:
        error.never_left = True
        raise
    raise failed


def _fetched(fetch: Callable[[], requests.Response]) -> Fetched:
    answer = first("no_token", fetch)
    said = object_of(answer.content) if answer.status_code == 200 else None
    token = said.get("access_token") if said else None
    if said is not None and isinstance(token, str) and _TOKEN.fullmatch(token):
        try:
            return Fetched(token, float(said["expires_in"]))
        except (KeyError, TypeError, ValueError):
            return Fetched(token, None)
    if answer.status_code in (400, 401, 403):
        raise Refused("unauthorized", never_left=True, alarm=True)
    raise NotSent("no_token", detail=f"http_{answer.status_code}")


def refusal(
    status: int, reason: Reason, detail: str, message_id: str | None
) -> Refused | OutcomeUnknown:
    """What an answer without a yes proves. `reason` is our name of the provider's code: where the
    code says who or why not it counts for more than the HTTP status."""
    if status == 401:
        return Refused("unauthorized", alarm=True)
    if reason not in _UNDECIDED:
        scope = Scope.ACCOUNT if reason.alarm else Scope.TEXT
        return Refused(reason.value, alarm=reason.alarm, detail=detail, scope=scope)
    if status == 403:
        return Refused("unauthorized", alarm=True, detail=detail)
    if status == 429:
        return Refused("throttled", retryable=True)
    if 300 <= status < 500 and status not in (408, 409) and reason is not Reason.PROVIDER_FAULT:
        return Refused(f"http_{status}", alarm=True, detail=detail)
    said = "unreadable_answer" if status < 300 else f"http_{status}"
    return OutcomeUnknown(said, message_id=message_id, detail=detail)


def bad_account() -> Refused:
    return Refused("bad_account", never_left=True, alarm=True)


def checked_callback(url: str) -> str:
    """Where callbacks go. Raises Refused: not by https, or to this machine."""
    if not may_carry_secret(url):
        raise Refused("invalid_callback_url", never_left=True, alarm=True)
    return url


def needed_callback(url: str) -> str:
    """The same for a request that must say where its callback goes. Raises Refused."""
    if not url:
        raise Refused("needs_callback_url", never_left=True, scope=Scope.TEXT)
    return checked_callback(url)


def digits(phone: str) -> str:
    """Digits with the country code and no plus. Providers find out late what is no number, so it
    is found out here. Raises Refused."""
    if not _E164.fullmatch(phone):
        raise Refused("invalid_number", never_left=True, scope=Scope.TEXT)
    return phone[1:]


def national(phone: str, calling_code: str, *, trunk: str = "") -> str:
    """Digits without the country code, behind `trunk`. Raises Refused: another country's, too."""
    number = digits(phone)
    if not number.startswith(calling_code):
        raise Refused("invalid_number", never_left=True, scope=Scope.TEXT)
    return trunk + number.removeprefix(calling_code)


def payable(amount: Money, currency: str) -> Decimal:
    """In whole units, with decimals only where there are any: 1500, 12.50. Raises Refused."""
    if amount.currency != currency:
        raise Refused("other_currency", never_left=True, scope=Scope.TEXT)
    if amount.amount_minor <= 0:
        raise Refused("not_payable", never_left=True, scope=Scope.TEXT)
    value = in_major_units(amount)
    whole = value.to_integral_value()
    return whole if whole == value else value


def note(words: str, chars_maximum: int) -> str:
    """As all of them take it: letters, digits, blanks, dots and dashes, and never nothing."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    plain = " ".join(_NOT_IN_NOTES.sub(" ", plain).split())
    return plain[:chars_maximum].rstrip() or "-"


def encoded(value: object) -> bytes:
    """JSON, with a decimal as the number that it is: through no float."""
    return _json(value).encode()


def _json(value: object) -> str:
    if isinstance(value, Mapping):
        inside = (f"{json.dumps(str(name))}:{_json(each)}" for name, each in value.items())
        return "{" + ",".join(inside) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_json, value)) + "]"
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value)
