"""What a submit_sm_resp that says no proves, by its command_status."""

from __future__ import annotations

from typing import Final

from providers.contracts.messages import Refused, Scope
from providers.smpp import wire

THROTTLES: Final = frozenset({wire.THROTTLED, wire.QUEUE_FULL})

# command_status → (our code, sending again may help, a person must act, whom it is about).
_REFUSALS: Final[dict[int, tuple[str, bool, bool, Scope]]] = {
    0x01: ("bad_message", False, False, Scope.TEXT),  # the message's length
    0x04: ("wrong_bind", False, True, Scope.ACCOUNT),  # bound as a receiver
    0x08: ("gateway_error", True, False, Scope.ACCOUNT),  # a system error of theirs
    0x0A: ("invalid_sender", False, True, Scope.SENDER),
    0x0B: ("invalid_number", False, False, Scope.TEXT),
    0x0D: ("unauthorized", False, True, Scope.ACCOUNT),
    0x0E: ("unauthorized", False, True, Scope.ACCOUNT),
    0x0F: ("unauthorized", False, True, Scope.ACCOUNT),
    0x14: ("throttled", True, False, Scope.ACCOUNT),
    0x15: ("bad_account", False, True, Scope.ACCOUNT),  # the service type
    0x48: ("invalid_sender", False, True, Scope.SENDER),  # its type of number
    0x49: ("invalid_sender", False, True, Scope.SENDER),  # its numbering plan
    0x50: ("invalid_number", False, False, Scope.TEXT),
    0x51: ("invalid_number", False, False, Scope.TEXT),
    0x58: ("throttled", True, False, Scope.ACCOUNT),
    0x64: ("gateway_error", True, False, Scope.ACCOUNT),
    0x65: ("refused", False, False, Scope.TEXT),  # a permanent error of theirs
    0x66: ("refused", False, False, Scope.TEXT),
    0x67: ("no_route", False, False, Scope.TEXT),
}


def refusal(status: int) -> Refused:
    """The centre took nothing: that a status other than 0 says. One that we do not know is about
    this text alone."""
    code, retryable, alarm, scope = _REFUSALS.get(status, ("refused", False, False, Scope.TEXT))
    return Refused(
        code, retryable=retryable, alarm=alarm, scope=scope, detail=f"status 0x{status:02X}"
    )


# A bind that is refused for these will be so until somebody has mended the account.
WRONG_CREDENTIALS: Final = frozenset({0x0D, 0x0E, 0x0F, 0x05})
