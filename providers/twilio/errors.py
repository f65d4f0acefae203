"""Twilio's error codes: what each means for the message, and how far it reaches.

The same codes come as the answer to a request and later in a status callback: WhatsApp's window,
for one, closes a message that was answered 201 (63016).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from providers.contracts.messages import OutcomeUnknown, Refused, Scope, SendError


class Meaning(NamedTuple):
    """Our code, and as in `Refused`: whom it is about, whether later helps, whether a person must
    act."""

    code: str
    scope: Scope = Scope.TEXT
    retryable: bool = False
    alarm: bool = False


_UNAUTHORIZED = Meaning("unauthorized", Scope.ACCOUNT, alarm=True)
_BLOCKED = Meaning("account_blocked", Scope.ACCOUNT, alarm=True)
_SENDER = Meaning("invalid_sender", Scope.SENDER, alarm=True)
_NUMBER = Meaning("invalid_number")
_BAD_REQUEST = Meaning("bad_request")
_MEDIA = Meaning("media_failed")
_LATER = Meaning("gateway_error", retryable=True)
_SLOWER = Meaning("throttled", Scope.SENDER, retryable=True)

MEANINGS: Final[dict[int, Meaning]] = {
    # the credential and the account
    20003: _UNAUTHORIZED,
    20006: _UNAUTHORIZED,
    20008: _UNAUTHORIZED,  # a test credential, which sends nothing
    20404: _UNAUTHORIZED,  # no such account
    20005: _BLOCKED,
    30002: _BLOCKED,
    90010: _BLOCKED,
    # too fast: nothing was taken
    20429: Meaning("throttled", Scope.ACCOUNT, retryable=True),
    14107: _SLOWER,
    21611: _SLOWER,  # this sender's queue is full
    30001: _SLOWER,
    30022: _SLOWER,
    63017: _SLOWER,
    63018: _SLOWER,
    63038: Meaning("throttled", Scope.ACCOUNT, retryable=True, alarm=True),  # until tomorrow
    # our sender
    21212: _SENDER,
    21603: _SENDER,
    21606: _SENDER,
    21659: _SENDER,
    21660: _SENDER,
    21701: _SENDER,
    21703: _SENDER,
    21704: _SENDER,
    21705: _SENDER,
    21910: _SENDER,  # a channel in one address and not in the other
    30034: _SENDER,
    63002: _SENDER,
    63007: _SENDER,
    63008: _SENDER,
    63020: _SENDER,
    63022: _SENDER,
    63001: Meaning("unauthorized", Scope.SENDER, alarm=True),
    63051: Meaning("account_blocked", Scope.SENDER, alarm=True),
    63112: Meaning("account_blocked", Scope.SENDER, alarm=True),
    # this person
    21211: _NUMBER,
    21217: _NUMBER,
    21604: _NUMBER,
    30005: _NUMBER,
    63003: _NUMBER,
    63024: _NUMBER,
    21614: Meaning("unsupported_number"),
    30006: Meaning("unsupported_number"),
    21408: Meaning("country_blocked"),
    21610: Meaning("blacklisted"),
    63014: Meaning("blacklisted"),
    63033: Meaning("blacklisted"),
    21612: Meaning("no_route"),
    21608: Meaning("number_denied"),  # a trial account, and a number that it has not verified
    63015: Meaning("number_denied"),  # the sandbox, which they have not joined
    30003: Meaning("unreachable"),
    30004: Meaning("number_denied"),
    63036: Meaning("unreachable"),
    63016: Meaning("window_closed"),
    63032: Meaning("too_many_for_person"),
    63049: Meaning("too_many_for_person"),
    # this message
    21602: Meaning("empty_text"),
    21619: Meaning("empty_text"),
    21617: Meaning("text_too_long"),
    21658: Meaning("text_too_long"),
    21609: _BAD_REQUEST,  # the address for reports
    63005: _BAD_REQUEST,
    63006: _BAD_REQUEST,
    63021: _BAD_REQUEST,
    30007: Meaning("risk_hold"),
    63030: Meaning("unsupported_message"),
    21620: _MEDIA,
    21623: _MEDIA,
    11200: _MEDIA,
    12300: Meaning("unsupported_media"),
    63019: _MEDIA,
    63034: Meaning("media_too_large"),
    # this template
    21654: Meaning("template_unknown"),
    21655: Meaning("template_unknown"),
    21656: Meaning("template_mismatch"),
    63013: Meaning("template_refused"),
    63027: Meaning("template_unknown"),
    63028: Meaning("template_mismatch"),
    63040: Meaning("template_refused"),
    63041: Meaning("template_paused"),
    63042: Meaning("template_disabled"),
    # what stands behind Twilio; it says that the message failed, so that it may be sent again
    63010: _LATER,
    63012: _LATER,
}


def code_of(number: int) -> str:
    """Our word for an error; one that nobody described keeps its number."""
    meaning = MEANINGS.get(number)
    return meaning.code if meaning else f"error_{number}"


def refusal(http_status: int, number: int | None) -> SendError:
    """What an answer that is an error says of the message: `number` None where it gave none."""
    meaning = MEANINGS.get(number) if number is not None else None
    if meaning is not None and http_status < 500:
        return Refused(
            meaning.code,
            retryable=meaning.retryable,
            alarm=meaning.alarm,
            scope=meaning.scope,
        )
    if number is None or http_status >= 500:
        return _by_status(http_status)
    # A number of tomorrow says no; what it is about is not known to reach any further.
    return Refused(f"error_{number}", scope=Scope.TEXT)


def _by_status(http_status: int) -> SendError:
    """A page of a proxy, or nothing. A 5xx may come from one whose upstream took the message."""
    if http_status == 429:
        return Refused("throttled", retryable=True)
    if http_status in (401, 403):
        return Refused("unauthorized", alarm=True)
    if 300 <= http_status < 500 and http_status != 408:
        return Refused(f"http_{http_status}", alarm=True)
    return OutcomeUnknown(f"http_{http_status}")
