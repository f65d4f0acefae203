"""Africa's Talking airtime: an order, the question whether it is ours, and what became of it."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson
import phonenumbers
import requests
from africastalking.Airtime import AirtimeService
from africastalking.Service import AfricasTalkingException
from babel.numbers import get_territory_currencies

from providers.africastalking import NAME, forms
from providers.africastalking.send import E164, refusal
from providers.contracts.airtime import (
    AirtimeAsked,
    AirtimeOrder,
    AirtimeReport,
    AirtimeSent,
    AirtimeStatus,
)
from providers.contracts.cost import Cost
from providers.contracts.errors import BadPayload
from providers.contracts.messages import (
    Account,
    OutcomeUnknown,
    Refused,
    Scope,
    SendError,
)
from providers.contracts.webhooks import HttpReply
from providers.limits import (
    BODY_MAX_BYTES,
    CONNECT_TIMEOUT_S,
    EVENT_ID_MAX_CHARS,
    FIELDS_MAX,
    NOTE_MAX_CHARS,
    READ_TIMEOUT_S,
)
from providers.simulator.loopback import is_loopback_host
from providers.transport import failure, may_carry_secret
from values.currencies import minor_digits
from values.money import Money

JSON: Final = "application/json"
# How their answers say that nothing is wrong: the word, not a null.
NOTHING: Final = "None"

STATUSES: Final = {"Success": AirtimeStatus.DELIVERED, "Failed": AirtimeStatus.FAILED}
# What an answer says when it takes no order → our code, whether sending it again later may help,
# whether a person must act, and whom it is about.
_REFUSALS: Final[tuple[tuple[str, tuple[str, bool, bool, Scope]], ...]] = (
    ("duplicate request", ("duplicate_order", True, False, Scope.TEXT)),
    ("insufficient", ("insufficient_balance", False, True, Scope.ACCOUNT)),
    ("invalid phone", ("invalid_number", False, False, Scope.TEXT)),
    ("not supported", ("unsupported_number", False, False, Scope.TEXT)),
    ("amount", ("invalid_amount", False, False, Scope.TEXT)),
    ("currency", ("currency_mismatch", False, False, Scope.TEXT)),
)
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9 .,'-]{0,119}")
_CURRENCY = re.compile(r"[A-Z]{3}")


class _Airtime(AirtimeService):  # type: ignore[misc]  # the SDK carries no types
    """The SDK's service, with the line that posts replaced as for messages. One serves one order:
    the SDK keeps an order's key in its headers, and sends it with the next one, too."""

    http_status: int | None = None
    loopback = False

    def _Service__make_post_request(self, url: str, **request: Any) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = not self.loopback
            response = session.post(url, **request, allow_redirects=False)
        self.http_status = response.status_code
        return response


class AirtimeOrders:
    """Sends orders for one account. Holds no connection and no state: threads may share it.

    Raises Refused (code bad_account) when the account's settings cannot be used.
    """

    def __init__(self, account: Account) -> None:
        good = account.username and re.fullmatch(r"[\x21-\x7e]+", account.secret)
        if not good or (account.base_url is not None and not may_carry_secret(account.base_url)):
            raise Refused("bad_account", never_left=True, alarm=True)
        self._account = account
        self._timeout_s = (
            account.connect_timeout_s or CONNECT_TIMEOUT_S,
            account.read_timeout_s or READ_TIMEOUT_S,
        )

    def _service(self) -> _Airtime:
        service = _Airtime(self._account.username, self._account.secret)
        base_url = self._account.base_url
        if base_url is not None:
            service.loopback = is_loopback_host(urlsplit(base_url).hostname or "")
            service._baseUrl = base_url.rstrip("/") + "/version1/airtime"
        return service

    def send_airtime(self, order: AirtimeOrder) -> AirtimeSent:
        """One order, once. Raises NotSent, Refused or OutcomeUnknown."""
        check(order)
        service = self._service()
        recipient = {
            "phoneNumber": order.to,
            "amount": plain_amount(order.amount),
            "currency_code": order.amount.currency,
        }
        failed: SendError
        try:
            answer = service.send(
                recipients=[recipient], idempotency_key=order.key, timeout=self._timeout_s
            )
        except AfricasTalkingException as error:
            failed = refusal(service.http_status, str(error))
        except requests.JSONDecodeError:
            failed = OutcomeUnknown("unreadable_answer")
        except requests.RequestException as error:
            failed = failure(error)
        except ValueError:
            # The SDK's own check of the recipient, before any call.
            failed = Refused("invalid_number", never_left=True, scope=Scope.TEXT)
        else:
            return outcome(answer)
        # Raised out here, so that no error drags along a cause that quotes the number.
        raise failed


def check(order: AirtimeOrder) -> None:
    """Raises Refused for an order that cannot be right: the SDK would send `nan` and `-5`."""
    code = ""
    if not E164.fullmatch(order.to):
        code = "invalid_number"
    elif order.amount.amount_minor <= 0:
        code = "invalid_amount"
    elif order.amount.currency not in currencies_at(order.to):
        code = "currency_mismatch"
    elif not _KEY.fullmatch(order.key):
        code = "invalid_key"
    if code:
        raise Refused(code, never_left=True, scope=Scope.TEXT)


def currencies_at(number: str) -> frozenset[str]:
    """The currencies of a number's country: airtime is sold in no other."""
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        region = None
    return frozenset(get_territory_currencies(region)) if region else frozenset()


def plain_amount(amount: Money) -> str:
    """In whole units, with all decimals of its currency: `100` in RWF, `100.50` in KES."""
    value = Decimal(amount.amount_minor).scaleb(-minor_digits(amount.currency))
    return f"{value:f}"


def outcome(answer: object) -> AirtimeSent:
    """Read a 2xx answer: an object, or its text where the header was not quite JSON.

    Raises Refused, or OutcomeUnknown where the answer does not say.
    """
    if isinstance(answer, str):
        answer = _json_or_none(answer)
    if not isinstance(answer, dict):
        raise OutcomeUnknown("unreadable_answer")
    responses = answer.get("responses")
    if responses == [] and _trouble(answer):
        raise _refused(_trouble(answer))
    if not isinstance(responses, list) or len(responses) != 1 or not isinstance(responses[0], dict):
        raise OutcomeUnknown("unreadable_answer")
    entry = responses[0]
    status = str(entry.get("status") or "")
    request_id = _id(entry.get("requestId"))
    if status == "Sent" and not _trouble(entry):
        value, discount = (forms.cost(str(entry.get(n) or "")) for n in ("amount", "discount"))
        return AirtimeSent(request_id, value, discount, status)
    if status == "Failed" or (_trouble(entry) and request_id is None):
        raise _refused(_trouble(entry), request_id)
    # A status of tomorrow: a later report for this id may settle it.
    raise OutcomeUnknown("unknown_status", message_id=request_id, scope=Scope.TEXT)


def _json_or_none(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _trouble(said: dict[str, Any]) -> str:
    """What is wrong; '' for nothing."""
    words = said.get("errorMessage")
    return words if isinstance(words, str) and words not in ("", NOTHING) else ""


def _id(value: object) -> str | None:
    if not isinstance(value, str) or value in ("", NOTHING):
        return None
    return value if len(value) <= EVENT_ID_MAX_CHARS and value.isprintable() else None


def _refused(words: str, request_id: str | None = None) -> Refused:
    low = words.lower()
    known = next((told for part, told in _REFUSALS if part in low), None)
    code, retryable, alarm, scope = known or ("refused", False, False, Scope.TEXT)
    detail = words if _WORDS.fullmatch(words) else ""
    return Refused(
        *(code,),
        retryable=retryable,
        alarm=alarm,
        scope=scope,
        detail=detail,
        message_id=request_id,
    )


# --- what they ask and tell us ------------------------------------------------------------------


def parse_validation(body: bytes, content_type: str = JSON) -> AirtimeAsked:
    """The question whether an order is ours. Raises BadPayload."""
    fields = _fields(body, content_type)
    currency = _word(fields, "currencyCode", 3)
    if not _CURRENCY.fullmatch(currency):
        raise BadPayload("unreadable", "currencyCode")
    try:
        amount = Decimal(str(fields.get("amount", "")))
    except InvalidOperation:
        raise BadPayload("unreadable", "amount") from None
    if not amount.is_finite() or amount <= 0:
        raise BadPayload("unreadable", "amount")
    return AirtimeAsked(
        provider=NAME,
        transaction_id=_word(fields, "transactionId", EVENT_ID_MAX_CHARS),
        address=_phone(fields),
        amount=amount,
        currency=currency,
    )


def validation_reply(is_ours: bool) -> HttpReply:
    """Yes or no: at a no, and at anything else, no airtime is given."""
    status = "Validated" if is_ours else "Failed"
    return HttpReply(200, JSON, orjson.dumps({"status": status}))


def parse_status(body: bytes, content_type: str = JSON) -> AirtimeReport:
    """What became of an order, as JSON or, as older pages have it, as a form with an id and a
    status. Raises BadPayload."""
    fields = _fields(body, content_type)
    status = _word(fields, "status", 64)
    try:
        address = _phone(fields)
    except BadPayload:
        address = None  # the id is what a report is matched by
    note = str(fields.get("description") or "").encode()
    return AirtimeReport(
        provider=NAME,
        request_id=_word(fields, "requestId", EVENT_ID_MAX_CHARS),
        status=STATUSES.get(status, AirtimeStatus.UNKNOWN),
        raw_status=status,
        note=forms.note(note.replace(b"%", b"%25").replace(b"+", b"%2B"), NOTE_MAX_CHARS),
        address=address,
        value=_cost(fields, "value"),
        discount=_cost(fields, "discount"),
    )


def _fields(body: bytes, content_type: str) -> dict[str, Any]:
    if len(body) > BODY_MAX_BYTES:
        raise BadPayload("body_too_long")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == forms.FORM:
        try:
            pairs = parse_qsl(
                body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS_MAX
            )
        except ValueError:
            raise BadPayload("too_many_fields") from None
        return dict(pairs)
    if kind not in (JSON, ""):
        raise BadPayload("not_json", "content-type")
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadPayload("not_json") from None
    if not isinstance(data, dict):
        raise BadPayload("not_an_object")
    return data


def _word(fields: dict[str, Any], name: str, limit_chars: int) -> str:
    value = fields.get(name)
    word = value.strip() if isinstance(value, str) else ""
    if not word:
        raise BadPayload("missing", name)
    if len(word) > limit_chars:
        raise BadPayload("too_long", name)
    if not (word.isascii() and word.isprintable()):
        raise BadPayload("unreadable", name)
    return word


def _phone(fields: dict[str, Any]) -> str:
    number = _word(fields, "phoneNumber", 32)
    return forms.phone(number.replace("+", "%2B").encode(), "phoneNumber")


def _cost(fields: dict[str, Any], name: str) -> Cost | None:
    value = fields.get(name)
    return forms.cost(value) if isinstance(value, str) else None
