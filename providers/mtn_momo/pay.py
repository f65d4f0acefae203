"""Requests to MTN MoMo: money asked for, paid out, paid back, and what became of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import requests

from providers.contracts.messages import (
    Account,
    NotSent,
    OutcomeUnknown,
    Refused,
    Scope,
    SendError,
)
from providers.contracts.payments import (
    Collection,
    Disbursement,
    PaymentAccepted,
    PaymentKind,
    PaymentStatus,
    Refund,
    in_major_units,
)
from providers.limits import (
    CONNECT_TIMEOUT_S,
    PAYMENT_READ_TIMEOUT_S,
    PHONE_MAX_DIGITS,
    PHONE_MIN_DIGITS,
    TOKEN_READ_TIMEOUT_S,
)
from providers.mtn_momo.account import PLACES, MomoAccount, Product
from providers.mtn_momo.answers import accepted, active_of, code_of, refusal, status_of
from providers.mtn_momo.tokens import SHARED, Fetched, Tokens
from providers.simulator.loopback import is_loopback_host
from providers.transport import failure, may_carry_secret
from values.money import Money

NOTE_MAX_CHARS: Final = 128
# MTN's newer gateway is reported to refuse a library's own name.
USER_AGENT: Final = "Piga"

_E164 = re.compile(rf"\+[1-9][0-9]{{{PHONE_MIN_DIGITS - 1},{PHONE_MAX_DIGITS - 1}}}")
_NOT_IN_NOTES = re.compile(r"[^A-Za-z0-9 .-]+")


@dataclass(frozen=True, slots=True)
class _Call:
    """A request that shows a token. `message_id` is what it is about, for an error to say."""

    product: Product
    method: str
    path: str
    message_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


class MomoPayments:
    """Payments of one account. Holds no connection; tokens are shared by all who have the account.

    Raises Refused (code bad_account) when the account's settings cannot be used.
    """

    def __init__(self, account: Account, tokens: Tokens = SHARED) -> None:
        self._account = MomoAccount.read(account)
        self._tokens = tokens
        self._loopback = is_loopback_host(urlsplit(self._account.url).hostname or "")
        self._connect_s = account.connect_timeout_s or CONNECT_TIMEOUT_S
        self._read_s = account.read_timeout_s or PAYMENT_READ_TIMEOUT_S
        self._token_read_s = min(self._read_s, TOKEN_READ_TIMEOUT_S)

    # --- what the contract has ------------------------------------------------------------------

    def collect(self, asked: Collection) -> PaymentAccepted:
        """The payer's phone is to ask for their PIN. Raises NotSent, Refused or OutcomeUnknown."""
        body = self._body(asked) | {"payer": _party(asked.payer)}
        return self._ask(PaymentKind.COLLECTION, asked, body)

    def disburse(self, asked: Disbursement) -> PaymentAccepted:
        """Money of ours to a person. Raises NotSent, Refused or OutcomeUnknown."""
        body = self._body(asked) | {"payee": _party(asked.payee)}
        return self._ask(PaymentKind.DISBURSEMENT, asked, body)

    def refund(self, asked: Refund) -> PaymentAccepted:
        """A collection is paid back out of the disbursement wallet. Raises NotSent, Refused or
        OutcomeUnknown."""
        body = self._body(asked) | {"referenceIdToRefund": str(asked.collection)}
        return self._ask(PaymentKind.REFUND, asked, body)

    def status(self, kind: PaymentKind, reference: UUID) -> PaymentStatus:
        """What MTN says of it. Raises NotSent, Refused or OutcomeUnknown, of the question alone."""
        product, path = PLACES[kind]
        answer = self._call(_Call(product, "GET", f"v1_0/{path}/{reference}", str(reference)))
        return status_of(kind, reference, answer.status_code, answer.content)

    def is_active(self, phone: str) -> bool:
        """Raises NotSent, Refused or OutcomeUnknown."""
        # Either product answers; a number that no plan has is no account of theirs.
        party = _party(phone)["partyId"]
        product = next(iter(self._account.credentials))
        answer = self._call(_Call(product, "GET", f"v1_0/accountholder/msisdn/{party}/active"))
        active = active_of(answer.status_code, answer.content)
        if active is None:
            code = code_of(answer.content)
            raise refusal(PaymentKind.COLLECTION, answer.status_code, code, "")
        return active

    # --- requests -------------------------------------------------------------------------------

    def _body(self, asked: Collection | Disbursement | Refund) -> dict[str, Any]:
        return {
            "amount": amount_on_wire(asked.amount, self._account.currency),
            "currency": asked.amount.currency,
            # A callback has no X-Reference-Id: this is what it names.
            "externalId": str(asked.reference),
            "payerMessage": note(asked.purpose),
            "payeeNote": note(asked.memo or asked.purpose),
        }

    def _ask(
        self,
        kind: PaymentKind,
        asked: Collection | Disbursement | Refund,
        body: Mapping[str, Any],
    ) -> PaymentAccepted:
        if asked.reference.version != 4:
            raise Refused("invalid_reference", never_left=True, scope=Scope.TEXT)
        headers = {"X-Reference-Id": str(asked.reference)}
        if asked.callback_url:  # an empty header is an error of its own
            if not may_carry_secret(asked.callback_url):
                raise Refused("invalid_callback_url", never_left=True, alarm=True)
            headers["X-Callback-Url"] = asked.callback_url
        product, path = PLACES[kind]
        call = _Call(product, "POST", f"v1_0/{path}", str(asked.reference), headers, body)
        answer = self._call(call)
        return accepted(kind, asked.reference, answer.status_code, answer.content)

    def _call(self, call: _Call) -> requests.Response:
        """One request with a token; a second one where the token was not taken. The gateway asks
        for the token before anything else, so the first one changed nothing."""
        token = self._token(call.product)
        answer = self._send(call, token)
        if answer.status_code == 401:
            answer = self._send(call, self._token(call.product, refused=token))
        return answer

    def _send(self, call: _Call, token: str) -> requests.Response:
        url = f"{self._account.url}/{call.product.value}/{call.path}"
        headers = self._headers(call.product) | {"Authorization": f"Bearer {token}"}
        headers |= call.headers
        failed: SendError
        try:
            return self._request(call.method, url, headers, self._read_s, call.body)
        except requests.RequestException as error:
            failed = failure(error, call.message_id)
        # Raised out here, so that no error drags along a cause that quotes the number.
        raise failed

    def _headers(self, product: Product) -> dict[str, str]:
        return {
            "Ocp-Apim-Subscription-Key": self._account.credential(product).subscription_key,
            "X-Target-Environment": self._account.environment,
            "User-Agent": USER_AGENT,
        }

    def _request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        read_s: float,
        body: Mapping[str, Any] | None = None,
    ) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = not self._loopback
            return session.request(
                *(method, url),
                json=body,
                headers=dict(headers),
                timeout=(self._connect_s, read_s),
                allow_redirects=False,
            )

    # --- tokens ---------------------------------------------------------------------------------

    def _token(self, product: Product, refused: str = "") -> str:
        """Raises NotSent or Refused: whatever becomes of the token's request, the payment's has not
        left."""
        credential = self._account.credential(product)
        key = (self._account.url, self._account.environment, product, credential.digest)
        return self._tokens.get(key, lambda: self._fetch_token(product), refused)

    def _fetch_token(self, product: Product) -> Fetched:
        """A POST without a body; MTN answers 400 to one with."""
        headers = self._headers(product)
        headers |= {"Authorization": self._account.credential(product).basic}
        url = f"{self._account.url}/{product.value}/token/"
        failed: SendError
        try:
            answer = self._request("POST", url, headers, self._token_read_s)
        except requests.RequestException as error:
            failed = failure(error)
            if isinstance(failed, OutcomeUnknown):
                failed = NotSent("no_token", detail=failed.code)
        else:
            token = _token_in(answer)
            if token is not None:
                return token
            failed = NotSent("no_token", detail=f"http_{answer.status_code}")
            if answer.status_code in (400, 401, 403):
                failed = Refused("unauthorized", never_left=True, alarm=True)
        raise failed


def _token_in(answer: requests.Response) -> Fetched | None:
    try:
        said = answer.json() if answer.status_code == 200 else None
    except requests.JSONDecodeError:
        return None
    if not isinstance(said, dict):
        return None
    token = said.get("access_token")
    if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]{1,8192}", token):
        return None
    try:
        return Fetched(token, float(said["expires_in"]))
    except (KeyError, TypeError, ValueError):
        return Fetched(token, None)


def _party(phone: str) -> dict[str, str]:
    """Digits with the country code and no plus. MTN finds out later what is no number, so it is
    found out here. Raises Refused."""
    if not _E164.fullmatch(phone):
        raise Refused("invalid_number", never_left=True, scope=Scope.TEXT)
    return {"partyIdType": "MSISDN", "partyId": phone[1:]}


def amount_on_wire(amount: Money, currency: str) -> str:
    """Whole units, with decimals only where there are any: "1500", "12.50". Raises Refused."""
    if amount.currency != currency:
        raise Refused("other_currency", never_left=True, scope=Scope.TEXT)
    if amount.amount_minor <= 0:
        raise Refused("not_payable", never_left=True, scope=Scope.TEXT)
    value = in_major_units(amount)
    whole = value.to_integral_value()
    return f"{whole if whole == value else value:f}"


def note(words: str) -> str:
    """As MTN takes it: letters, digits, blanks, dots and dashes, 128 at most, and never nothing."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    plain = " ".join(_NOT_IN_NOTES.sub(" ", plain).split())
    return plain[:NOTE_MAX_CHARS].rstrip() or "-"
