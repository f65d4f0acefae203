"""Whose a number seems to be. Numbers are ported, so a prefix is a hint and no more."""

from __future__ import annotations

from typing import Final

from providers.contracts.messages import Refused, Scope

MTN, TELECEL, AT, MPESA = "mtn", "telecel", "at", "mpesa"
# Country code and the digits behind it → network; Ghana's regulator's blocks.
_PREFIXES: Final = {
    **dict.fromkeys(("23324", "23325", "23353", "23354", "23355", "23359"), MTN),
    **dict.fromkeys(("23320", "23350"), TELECEL),
    **dict.fromkeys(("23326", "23327", "23356", "23357"), AT),
}


def network_of(digits: str, said: str = "") -> str:
    """The network that somebody said, else the one that the number hints at. Raises Refused."""
    network = said or _PREFIXES.get(digits[:5], "")
    if not network:
        raise Refused("unknown_network", never_left=True, scope=Scope.TEXT)
    return network
