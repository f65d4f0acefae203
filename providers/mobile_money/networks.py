"""Whose a number seems to be. Numbers are ported, so a prefix is a hint and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from providers.contracts.messages import Refused, Scope

Name = TypeVar("Name")
MTN, TELECEL, AT, MPESA = "mtn", "telecel", "at", "mpesa"
# Country code and the digits behind it → network; Ghana's regulator's blocks.
_PREFIXES: Final = {
    **dict.fromkeys(("23324", "23325", "23353", "23354", "23355", "23359"), MTN),
    **dict.fromkeys(("23320", "23350"), TELECEL),
    **dict.fromkeys(("23326", "23327", "23356", "23357"), AT),
}


def network_in(names: Mapping[str, Name], digits: str, said: str = "") -> Name:
    """How a provider names the network that somebody said, else the one that the number hints at.
    Raises Refused: there is no such network in `names`."""
    found = names.get(said or _PREFIXES.get(digits[:5], ""))
    if found is None:
        raise Refused("unknown_network", never_left=True, scope=Scope.TEXT)
    return found
