"""A text through Kannel's smsbox (`sendsms`), and what became of it.

Kannel gives no id for a text. So ours goes along in the address that reports are sent to, and is
what the text is known by; also where the answer was lost.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

import requests

from providers.contracts.messages import (
    Account,
    OutcomeUnknown,
    Refused,
    Scope,
    SendError,
    Sent,
    Sms,
)
from providers.kannel.sms import QUERY_REPORT
from providers.limits import (
    CONNECT_TIMEOUT_S,
    PHONE_MAX_DIGITS,
    PHONE_MIN_DIGITS,
    READ_TIMEOUT_S,
    SENDER_MAX_CHARS,
    SMS_TEXT_MAX_CHARS,
)
from providers.simulator.handset import size
from providers.transport import failure, may_carry_secret, session

PATH = "/cgi-bin/sendsms"
# Every bit of a report: at the handset, failed, waiting, taken and refused by the SMSC.
REPORT_MASK = 31
GSM_7, UCS_2 = "0", "2"

_E164 = re.compile(rf"\+[1-9][0-9]{{{PHONE_MIN_DIGITS - 1},{PHONE_MAX_DIGITS - 1}}}")
_WORD = re.compile(r"[\x21-\x7e]+")
_SENDER = re.compile(rf"[\x20-\x7e]{{1,{SENDER_MAX_CHARS}}}")
_TAKEN = re.compile(r"[03]: ([A-Za-z ]{1,60})")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z() /.,-]{0,79}")

# What Kannel answers when it takes nothing, word for word → our code, whether sending again may
# help, whether a person must act, and whom it is about.
_REFUSALS: dict[str, tuple[str, bool, bool, Scope]] = {
    "Authorization failed for sendsms": ("unauthorized", False, True, Scope.ACCOUNT),
    "Not routable. Do not try again.": ("no_route", False, False, Scope.TEXT),
    "Number(s) has/have been denied by white- and/or black-lists.": (
        *("number_denied", False, False, Scope.TEXT),
    ),
    "Missing receiver number, rejected": ("invalid_number", False, False, Scope.TEXT),
    "Missing receiver(s) number(s), rejected": ("invalid_number", False, False, Scope.TEXT),
    "Empty receiver number not allowed, rejected": ("invalid_number", False, False, Scope.TEXT),
    "Sender missing and no global set, rejected": ("invalid_sender", False, True, Scope.SENDER),
    "Temporal failure, try again later.": ("gateway_error", True, False, Scope.ACCOUNT),
}


class SmsSender:
    """Sends texts through one smsbox. Holds no connection and no state: threads may share it.

    The account's `base_url` is where smsbox listens, its `sendsms` path left out. Raises Refused
    (code bad_account) when the account's settings cannot be used.
    """

    def __init__(self, account: Account) -> None:
        base_url = account.base_url or ""
        # A gateway on a host of one's own or behind a VPN, and only there, may speak plain HTTP.
        if (
            not _WORD.fullmatch(account.username)
            or not _WORD.fullmatch(account.secret)
            or not _WORD.fullmatch(account.option("smsc", "-"))
            or not may_carry_secret(base_url, private=True)
        ):
            raise Refused("bad_account", never_left=True, alarm=True)
        self._account = account
        self._url = base_url.rstrip("/") + PATH
        self._through_proxy = urlsplit(base_url).scheme == "https"
        self._timeout_s = (
            account.connect_timeout_s or CONNECT_TIMEOUT_S,
            account.read_timeout_s or READ_TIMEOUT_S,
        )

    def send(self, sms: Sms) -> Sent:
        """One text to one handset, once. Raises NotSent, Refused or OutcomeUnknown."""
        if not _E164.fullmatch(sms.to):
            raise Refused("invalid_number", never_left=True)
        if not sms.text.strip():
            raise Refused("empty_text", never_left=True)  # Kannel would send it, and it would cost
        if len(sms.text) > SMS_TEXT_MAX_CHARS:
            raise Refused("text_too_long", never_left=True)
        if sms.sender is not None and not _SENDER.fullmatch(sms.sender):
            raise Refused("invalid_sender", never_left=True)
        message_id = sms.reference if sms.report_url and sms.reference else None
        failed: SendError
        try:
            response = self._post(sms)
        except requests.RequestException as error:
            failed = failure(error, message_id)
        else:
            # As text it is short; whatever stands before a gateway may answer with a page.
            return outcome(response.status_code, response.text[:200].strip(), message_id)
        # Raised out here, so that no error drags along a cause that quotes the number or the text.
        raise failed

    def _post(self, sms: Sms) -> requests.Response:
        """All but the text is in headers, so that neither text nor password stands in an address,
        which every log on the way keeps."""
        with session(trust_env=self._through_proxy) as client:
            return client.post(
                self._url,
                data=sms.text.encode("utf-8", "replace"),
                headers=self._headers(sms),
                timeout=self._timeout_s,
                allow_redirects=False,
            )

    def _headers(self, sms: Sms) -> dict[str, str]:
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",
            "X-Kannel-Username": self._account.username,
            "X-Kannel-Password": self._account.secret,
            "X-Kannel-To": sms.to,
            # Without it, a letter that GSM-7 has not becomes a question mark.
            "X-Kannel-Coding": GSM_7 if size(sms.text)[1] else UCS_2,
        }
        smsc = self._account.option("smsc")
        if smsc:  # the one of Kannel's that is to take it
            headers["X-Kannel-SMSC"] = smsc
        if sms.sender is not None:
            headers["X-Kannel-From"] = sms.sender
        if sms.report_url and sms.reference:
            headers["X-Kannel-DLR-Mask"] = str(REPORT_MASK)
            headers["X-Kannel-DLR-Url"] = report_url(sms.report_url, sms.reference)
        return headers


def report_url(hook: str, reference: str) -> str:
    """The `dlr-url` of a text: our hook with our id of it, and Kannel's escapes."""
    return f"{hook.replace('%', '%%')}?id={quote(reference, safe='-')}&{QUERY_REPORT}"


def outcome(status: int, body: str, message_id: str | None) -> Sent:
    """Read an answer. `0: Accepted for delivery` and `3: Queued for later delivery` are both a yes:
    the second goes out when an SMSC is there again.

    Raises Refused, or OutcomeUnknown where the answer does not say.
    """
    taken = _TAKEN.fullmatch(body)
    if status == 202 and taken:
        return Sent(message_id, None, taken[1])
    known = _REFUSALS.get(body)
    if known is not None and status >= 400:
        code, retryable, alarm, scope = known
        raise Refused(code, retryable=retryable, alarm=alarm, scope=scope)
    if status in (401, 403):
        raise Refused("unauthorized", alarm=True)
    if status == 429:
        raise Refused("throttled", retryable=True)
    if 300 <= status < 500 and status != 408:
        detail = body if _PLAIN.fullmatch(body) else ""
        raise Refused(f"http_{status}", alarm=True, detail=detail)
    code = "unreadable_answer" if status < 300 else f"http_{status}"
    raise OutcomeUnknown(code, message_id=message_id)
