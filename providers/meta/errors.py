"""Meta's error codes: what each means for the message, and how far it reaches.

The number decides, never the HTTP status, which is 400 for a full pair as well as for a lost token.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from providers.contracts.messages import OutcomeUnknown, Refused, Scope, SendError


class Meaning(NamedTuple):
    """Our code, and as in `Refused`: whom it is about, whether later helps, whether a person must
    act. `is_unknown`: the message may have been taken all the same."""

    code: str
    scope: Scope = Scope.TEXT
    retryable: bool = False
    alarm: bool = False
    is_unknown: bool = False


_UNAUTHORIZED = Meaning("unauthorized", Scope.ACCOUNT, alarm=True)
_BLOCKED = Meaning("account_blocked", Scope.ACCOUNT, alarm=True)
_BAD_REQUEST = Meaning("bad_request")
_MISMATCH = Meaning("template_mismatch")
_NOT_REGISTERED = Meaning("invalid_sender", Scope.SENDER, alarm=True)
_LATER = Meaning("gateway_error", retryable=True)

MEANINGS: Final[dict[int, Meaning]] = {
    # the token, the app, its rights
    0: _UNAUTHORIZED,
    3: _UNAUTHORIZED,
    10: _UNAUTHORIZED,
    190: _UNAUTHORIZED,
    **dict.fromkeys(range(200, 300), _UNAUTHORIZED),
    131005: _UNAUTHORIZED,
    # too fast: for the account, for this number of ours, for this person
    4: Meaning("throttled", Scope.ACCOUNT, retryable=True),
    80007: Meaning("throttled", Scope.ACCOUNT, retryable=True),
    133016: Meaning("throttled", Scope.ACCOUNT, retryable=True),
    130429: Meaning("throttled", Scope.SENDER, retryable=True),
    131056: Meaning("pair_throttled", retryable=True),
    # too many people complain: nobody's number is freed by trying
    131048: Meaning("quality_limited", Scope.SENDER, retryable=True, alarm=True),
    131064: Meaning("quality_limited", Scope.ACCOUNT, retryable=True, alarm=True),
    # a person of ours must act
    368: _BLOCKED,
    131031: _BLOCKED,
    131042: Meaning("insufficient_balance", Scope.ACCOUNT, alarm=True),
    131037: _NOT_REGISTERED,
    131045: _NOT_REGISTERED,
    133010: _NOT_REGISTERED,
    # this person
    130497: Meaning("country_blocked"),
    131026: Meaning("unreachable"),
    131030: Meaning("unreachable"),
    131021: Meaning("invalid_number"),
    131047: Meaning("window_closed"),
    131049: Meaning("too_many_for_person"),
    131050: Meaning("blacklisted"),
    130472: Meaning("in_experiment"),
    131062: Meaning("needs_number"),
    # this request
    33: _BAD_REQUEST,
    100: _BAD_REQUEST,
    131008: _BAD_REQUEST,
    131009: _BAD_REQUEST,
    131051: Meaning("unsupported_message"),
    131063: Meaning("marketing_only"),
    131014: Meaning("media_failed"),
    131052: Meaning("media_failed"),
    131053: Meaning("media_failed", retryable=True),
    # this template
    132000: _MISMATCH,
    132005: _MISMATCH,
    132008: _MISMATCH,
    132012: _MISMATCH,
    132018: _MISMATCH,
    132001: Meaning("template_unknown"),
    132007: Meaning("template_refused"),
    132015: Meaning("template_paused"),
    132016: Meaning("template_disabled"),
    132068: Meaning("form_blocked"),
    132069: Meaning("form_blocked"),
    # the service itself; it says that the message failed, so that it may be sent again
    2: _LATER,
    131000: _LATER,
    131016: _LATER,
    131057: Meaning("throttled", Scope.SENDER, retryable=True),  # being made faster, a minute
    135000: _LATER,
    # "possible server error": it says nothing of the message
    1: Meaning("unknown_status", is_unknown=True),
}
# Of code 100: no such object, which is our number's id.
_NO_SUCH_OBJECT: Final = 33


def code_of(number: int) -> str:
    """Our word for an error; one that nobody described keeps its number."""
    meaning = MEANINGS.get(number)
    return meaning.code if meaning else f"error_{number}"


def refusal(http_status: int, number: int | None, subcode: int | None, detail: str) -> SendError:
    """What an answer that is an error says of the message: `number` None where it gave none."""
    if number is None:
        return _by_status(http_status)
    meaning = MEANINGS.get(number)
    if number == 100 and subcode == _NO_SUCH_OBJECT:
        meaning = _NOT_REGISTERED
    if meaning is None:
        if http_status >= 500:
            return OutcomeUnknown(f"error_{number}", detail=detail, scope=Scope.TEXT)
        # A number of tomorrow says no; what it is about is not known to reach any further.
        return Refused(f"error_{number}", detail=detail, scope=Scope.TEXT)
    if meaning.is_unknown:
        return OutcomeUnknown(meaning.code, detail=detail, scope=meaning.scope)
    return Refused(
        meaning.code,
        retryable=meaning.retryable,
        alarm=meaning.alarm,
        detail=detail,
        scope=meaning.scope,
    )


def _by_status(http_status: int) -> SendError:
    """A page of a proxy, or nothing. A 5xx may come from one whose upstream took the message."""
    if http_status == 429:
        return Refused("throttled", retryable=True)
    if http_status in (401, 403):
        return Refused("unauthorized", alarm=True)
    if 300 <= http_status < 500 and http_status != 408:
        return Refused(f"http_{http_status}", alarm=True)
    return OutcomeUnknown(f"http_{http_status}")
