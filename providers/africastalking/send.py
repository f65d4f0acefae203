"""Sending an SMS through Africa's Talking's SDK, and saying exactly what became of it.

The SDK's service class is built for each message and each credential: `initialize()` would put one
credential into module globals for the whole process. A connection for each message is its way too,
and a good one: on a kept-alive connection that the other side has just closed, nobody can tell
whether the message left.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
from africastalking.Service import AfricasTalkingException
from africastalking.SMS import SMSService

from providers.africastalking import forms
from providers.contracts.messages import (
    Account,
    OutcomeUnknown,
    Refused,
    Scope,
    SendError,
    Sent,
    Sms,
)
from providers.limits import (
    CONNECT_TIMEOUT_S,
    EVENT_ID_MAX_CHARS,
    PHONE_MAX_DIGITS,
    PHONE_MIN_DIGITS,
    READ_TIMEOUT_S,
    SENDER_MAX_CHARS,
    SMS_TEXT_MAX_CHARS,
)
from providers.simulator.loopback import is_loopback_host
from providers.transport import failure, may_carry_secret, session

E164 = re.compile(rf"\+[1-9][0-9]{{{PHONE_MIN_DIGITS - 1},{PHONE_MAX_DIGITS - 1}}}")
_WORDS = re.compile(r"[A-Za-z][A-Za-z ]{0,59}")
_SENT_TO = re.compile(r"Sent to (\d+)/\d+")
_UNAUTHORIZED = "The supplied authentication is invalid"

# How many handsets are named in one request: in a form, as one is, or in JSON at a path of its own.
FORM_FORMAT, JSON_FORMAT = "form", "json"
BULK_PATH = "/messaging/bulk"

ACCEPTED = range(100, 103)  # processed, sent, queued

# A recipient's statusCode that is a no → (our code, sending again may help, a person must act).
REFUSALS: dict[int, tuple[str, bool, bool]] = {
    401: ("risk_hold", False, True),
    402: ("invalid_sender", False, True),
    403: ("invalid_number", False, False),
    404: ("unsupported_number", False, False),
    405: ("insufficient_balance", False, True),
    406: ("blacklisted", False, False),
    407: ("no_route", False, False),
    409: ("do_not_disturb", False, False),
    500: ("gateway_error", True, False),
    501: ("gateway_error", True, False),
    502: ("gateway_error", True, False),
}
# Whom a refusal is about, where it is not the account: another sender id of the same account, and
# another handset, are none the worse for it.
_SCOPES: dict[str, Scope] = {
    "invalid_sender": Scope.SENDER,
    "invalid_number": Scope.TEXT,
    "unsupported_number": Scope.TEXT,
    "blacklisted": Scope.TEXT,
    "no_route": Scope.TEXT,
    "do_not_disturb": Scope.TEXT,
    "refused": Scope.TEXT,
}
# The same refusals by name, as they stand in `Message` when no recipient is listed.
_BY_NAME: dict[str, int] = {
    "riskhold": 401,
    "invalidsenderid": 402,
    "invalidphonenumber": 403,
    "unsupportednumbertype": 404,
    "insufficientbalance": 405,
    "userinblacklist": 406,
    "couldnotroute": 407,
    "donotdisturbrejection": 409,
    "internalservererror": 500,
    "gatewayerror": 501,
    "rejectedbygateway": 502,
}
# HTTP statuses that say no before any message is looked at → (our code, retryable, alarm).
_HTTP_REFUSALS: dict[int, tuple[str, bool, bool]] = {
    401: ("unauthorized", False, True),
    403: ("unauthorized", False, True),
    429: ("throttled", True, False),
}


class _Messaging(SMSService):  # type: ignore[misc]  # the SDK carries no types
    """The SDK's service, with the one line that posts replaced.

    The SDK's own line drops the HTTP status, follows redirects with the API key in a header, and
    would ask a proxy of the environment for a loopback address.
    """

    http_status: int | None = None
    loopback = False

    def _Service__make_post_request(self, url: str, **request: Any) -> requests.Response:
        with session(trust_env=not self.loopback) as client:
            response = client.post(url, **request, allow_redirects=False)
        self.http_status = response.status_code
        return response

    def send_bulk(
        self, text: str, recipients: list[str], sender_id: str | None, timeout: tuple[float, float]
    ) -> object:
        """The JSON request for many handsets, which the SDK has not; answer and errors are those of
        the form."""
        body = {
            "username": self._username,
            "message": text,
            "phoneNumbers": recipients,
            "enqueue": 1,
        }
        if sender_id is not None:
            body["senderId"] = sender_id
        response = self._Service__make_post_request(
            self._make_url(BULK_PATH), headers=self._headers, json=body, timeout=timeout
        )
        if not 200 <= response.status_code < 300:
            raise AfricasTalkingException(response.text)
        return response.json()


class SmsSender:
    """Sends texts for one account. Holds no connection and no state: threads may share it.

    Raises Refused (code bad_account) when the account's settings cannot be used.
    """

    def __init__(self, account: Account) -> None:
        self._bulk_format = account.option("bulk_format", FORM_FORMAT)
        if (
            not account.username
            or not re.fullmatch(r"[\x21-\x7e]+", account.secret)
            or self._bulk_format not in (FORM_FORMAT, JSON_FORMAT)
        ):
            raise Refused("bad_account", never_left=True, alarm=True)
        self._account = account
        self._loopback = False
        if account.base_url is not None:
            # A key never crosses a network in the clear.
            if not may_carry_secret(account.base_url):
                raise Refused("bad_account", never_left=True, alarm=True)
            self._loopback = is_loopback_host(urlsplit(account.base_url).hostname or "")
        self._timeout_s = (
            account.connect_timeout_s or CONNECT_TIMEOUT_S,
            account.read_timeout_s or READ_TIMEOUT_S,
        )

    def _service(self) -> _Messaging:
        service = _Messaging(self._account.username, self._account.secret)
        service.loopback = self._loopback
        if self._account.base_url is not None:
            base = self._account.base_url.rstrip("/") + "/version1"
            service._baseUrl = service._contentUrl = base
        return service

    # What one request may name: its body stays below what gateways take, and its answer is read
    # within the time that one is waited for.
    recipients_maximum = 500

    def send(self, sms: Sms) -> Sent:
        """One text to one handset, once. Raises NotSent, Refused or OutcomeUnknown."""
        if not E164.fullmatch(sms.to):
            raise Refused("invalid_number", never_left=True)
        if sms.link_id or sms.keyword:
            return outcome(self._post([sms.to], sms.text, sms.sender, sms))
        return outcome(self._post([sms.to], sms.text, sms.sender))

    def send_many(
        self, recipients: Sequence[str], text: str, sender: str | None
    ) -> list[Sent | SendError]:
        """One text to many handsets, in one request; see `BulkSender`."""
        found: list[Sent | SendError] = [
            Refused("invalid_number", never_left=True, scope=Scope.TEXT) for _ in recipients
        ]
        places = {to: place for place, to in enumerate(recipients) if E164.fullmatch(to)}
        if places:
            answer = self._post(list(places), text, sender)
            for to, one in outcomes(answer, list(places)).items():
                found[places[to]] = one
        return found

    def _post(
        self, recipients: list[str], text: str, sender: str | None, paid: Sms | None = None
    ) -> object:
        """The answer to a request. `paid` answers a text that its sender paid for, or one on a code
        that businesses share, which is no sender. Raises NotSent, Refused or OutcomeUnknown."""
        if not text.strip():
            raise Refused("empty_text", never_left=True)
        if len(text) > SMS_TEXT_MAX_CHARS:
            raise Refused("text_too_long", never_left=True)
        if sender is not None and not 0 < len(sender) <= SENDER_MAX_CHARS:
            raise Refused("invalid_sender", never_left=True)
        service = self._service()
        text = text.encode("utf-8", "replace").decode("utf-8")
        failed: SendError
        try:
            if paid is not None:
                return service.send_premium(
                    *(text, None if paid.keyword else sender, recipients),
                    keyword=paid.keyword or None,
                    link_id=paid.link_id or None,
                    timeout=self._timeout_s,
                )
            if len(recipients) > 1 and self._bulk_format == JSON_FORMAT:
                return service.send_bulk(text, recipients, sender, self._timeout_s)
            return service.send(text, recipients, sender_id=sender, timeout=self._timeout_s)
        except AfricasTalkingException as error:
            failed = refusal(service.http_status, str(error))
        except requests.JSONDecodeError:
            failed = OutcomeUnknown("unreadable_answer")
        except requests.RequestException as error:
            failed = failure(error)
        except ValueError:
            # The SDK's own check of the number, before any call.
            failed = Refused("invalid_number", never_left=True)
        # Raised out here, so that no error drags along a cause that quotes the number or the text.
        raise failed


def refusal(http_status: int | None, text: str) -> SendError:
    """An answer outside 2xx. A 5xx may come from a proxy whose upstream took the message."""
    if http_status is None:
        http_status = 401 if text.strip() == _UNAUTHORIZED else 500
    if http_status in _HTTP_REFUSALS:
        code, retryable, alarm = _HTTP_REFUSALS[http_status]
        return Refused(code, retryable=retryable, alarm=alarm)
    if 300 <= http_status < 500 and http_status != 408:
        return Refused(f"http_{http_status}", alarm=True)
    return OutcomeUnknown(f"http_{http_status}")


def outcome(answer: object) -> Sent:
    """Read a 2xx answer: an object, or its text where the header was not quite JSON.

    Raises Refused, or OutcomeUnknown where the answer does not say.
    """
    if isinstance(answer, str):
        answer = _json_or_none(answer)
    data = answer.get("SMSMessageData") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise OutcomeUnknown("unreadable_answer")
    recipients = data.get("Recipients")
    if isinstance(recipients, list) and len(recipients) == 1 and isinstance(recipients[0], dict):
        return _recipient(recipients[0], data.get("Message"))
    message = data.get("Message")
    if recipients or not isinstance(message, str):
        raise OutcomeUnknown("unreadable_answer")
    raise _whole_request(message)


def outcomes(answer: object, recipients: Sequence[str]) -> dict[str, Sent | SendError]:
    """Read a 2xx answer about many: what it says of each of them, by number. Of whom it says
    nothing, nothing is known.

    Raises Refused or OutcomeUnknown where it is about all of them.
    """
    if isinstance(answer, str):
        answer = _json_or_none(answer)
    data = answer.get("SMSMessageData") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise OutcomeUnknown("unreadable_answer")
    listed, message = data.get("Recipients"), data.get("Message")
    if not listed and isinstance(message, str):
        raise _whole_request(message)
    found: dict[str, Sent | SendError] = {}
    for entry in listed if isinstance(listed, list) else ():
        if not isinstance(entry, dict):
            continue
        number = "+" + str(entry.get("number")).strip().lstrip("+")  # some come without it
        if number in found:  # twice in one answer: which of the two is meant is not said
            found[number] = OutcomeUnknown("unreadable_answer", scope=Scope.TEXT)
            continue
        try:
            found[number] = _recipient(entry, message)
        except SendError as error:
            found[number] = error
    unsaid = OutcomeUnknown("unreadable_answer", scope=Scope.TEXT)
    return {to: found.get(to, unsaid) for to in recipients}


def _json_or_none(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _whole_request(message: str) -> SendError:
    """No recipient is listed: the whole request was refused, and `Message` says why."""
    sent_to = _SENT_TO.match(message)
    if sent_to and int(sent_to[1]) > 0:
        return OutcomeUnknown("unreadable_answer")
    code, retryable, alarm = REFUSALS.get(_code_named(message) or 0, ("refused", False, False))
    detail = message if _WORDS.fullmatch(message) else ""
    return Refused(code, retryable=retryable, alarm=alarm, detail=detail, scope=_scope(code))


def _scope(code: str) -> Scope:
    return _SCOPES.get(code, Scope.ACCOUNT)


def _code_named(words: str) -> int | None:
    return _BY_NAME.get(words.replace(" ", "").lower())


def _sent_to_nobody(message: object) -> bool:
    sent_to = _SENT_TO.match(message) if isinstance(message, str) else None
    return sent_to is not None and int(sent_to[1]) == 0


def _recipient(entry: dict[str, Any], message: object) -> Sent:
    """Read the one recipient; `message` is the sentence about the whole request."""
    status = str(entry.get("status") or "")
    status = status if _WORDS.fullmatch(status) else ""
    message_id = _message_id(entry.get("messageId"))
    code = entry.get("statusCode")
    if isinstance(code, str) and code.isdecimal():
        code = int(code)
    if code is None:
        code = _code_named(status)
    if code in ACCEPTED or (code is None and status == "Success"):
        return Sent(message_id, forms.cost(str(entry.get("cost") or "")), status)
    if isinstance(code, int) and code in REFUSALS:
        name, retryable, alarm = REFUSALS[code]
        raise Refused(
            name,
            retryable=retryable,
            alarm=alarm,
            detail=status,
            message_id=message_id,
            scope=_scope(name),
        )
    if code is None and message_id is None and _sent_to_nobody(message):
        raise Refused("refused", detail=status, scope=Scope.TEXT)
    # A code of tomorrow: a later report for this id may settle it.
    raise OutcomeUnknown("unknown_status", detail=status, message_id=message_id, scope=Scope.TEXT)


def _message_id(value: object) -> str | None:
    """The id, or None: the wire also gives the word None, an empty string, or nothing."""
    if not isinstance(value, str) or value in ("", "None"):
        return None
    return value if len(value) <= EVENT_ID_MAX_CHARS and value.isprintable() else None
