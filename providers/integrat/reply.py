"""A screen, as a request of ours to Integrat."""

from typing import Final
from xml.sax.saxutils import escape, quoteattr

import requests

from providers.contracts.errors import BadPayload
from providers.contracts.messages import Account, OutcomeUnknown, Refused
from providers.contracts.ussd import UssdHop
from providers.limits import CONNECT_TIMEOUT_S, READ_TIMEOUT_S
from providers.transport import failure, may_carry_secret, session
from providers.typed import shown
from providers.ussd_http.requests import read_xml

_GOES_ON, _ENDS = "0", "1"
_HEADERS: Final = {"Content-Type": "text/xml; charset=utf-8"}
_CODE: Final = "Response.OnResult@Code"
_ANSWER_OCTETS_MAXIMUM: Final = 16_384


def reply(account: Account, hop: UssdHop, text: str, ends: bool) -> None:
    """Show it, once. Raises Refused, NotSent, OutcomeUnknown; ValueError for an empty screen."""
    url = account.base_url or ""
    if not account.username or not account.secret or not may_carry_secret(url, private=True):
        raise Refused("bad_account", never_left=True, alarm=True)
    assert hop.echo is not None
    body = document(account, str(hop.echo["SessionID"]), text, ends=ends)
    timeout = (
        account.connect_timeout_s or CONNECT_TIMEOUT_S,
        account.read_timeout_s or READ_TIMEOUT_S,
    )
    try:
        with session(trust_env=url.startswith("https:")) as opened:
            answer = opened.post(
                url, data=body, headers=_HEADERS, timeout=timeout, allow_redirects=False
            )
    except requests.RequestException as error:
        raise failure(error) from None
    if answer.status_code != requests.codes.ok:
        if answer.status_code in (401, 403):
            raise Refused("unauthorized", alarm=True)
        raise OutcomeUnknown(f"http_{answer.status_code}")
    code = _code(answer.content[:_ANSWER_OCTETS_MAXIMUM])
    if code.strip("0"):
        raise Refused(f"result_{code}")


def document(account: Account, session_id: str, text: str, *, ends: bool) -> bytes:
    """The request, as octets."""
    return (
        '<Message><Version Version="1.0"/>'
        f'<Request Type="USSReply" SessionID={quoteattr(session_id)}'
        f' Flags="{_ENDS if ends else _GOES_ON}">'
        f'<UserID Orientation="TR">{escape(account.username)}</UserID>'
        f"<Password>{escape(account.secret)}</Password>"
        f'<USSText Type="TEXT">{escape(shown(text))}</USSText>'
        "</Request></Message>"
    ).encode()


def _code(answer: bytes) -> str:
    """The result's code; "" where the answer names none, which is how Integrat takes a screen."""
    if not answer.strip():
        return ""
    try:
        code = str(read_xml(answer, frozenset((_CODE,))).get(_CODE, ""))
    except BadPayload:
        return ""
    return code if code.isalnum() and len(code) <= 8 else ""
