"""Sharing out a group's loan fund at the end of its cycle, by the largest remainder.

Pure: nothing is read or written here. A part is what a member's shares earn of the fund; what
integer division leaves over goes one minor unit each to the largest remainders, so that the parts
always add up to the fund. A group that pays in coins rounds each part down to one; what that leaves
is carried over, under its own name, and is never lost.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.savings.errors import CoinTooSmall, FundNegative, NoShares, SharesNegative
from values.allocation import allocate

Member = TypeVar("Member", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ShareOut(Generic[Member]):
    """What each member gets, and what stays with the group. Together they are the fund.

    `carry_over_minor` is what rounding to coins left; 0 where parts are paid to the minor unit.
    """

    fund_minor: int
    parts_minor: Mapping[Member, int]
    carry_over_minor: int


def share_out(
    fund_minor: int, shares: Mapping[Member, int], *, coin_minor: int = 1
) -> ShareOut[Member]:
    """Divide a fund over members in proportion to their shares.

    `shares` says how many each has, in the order of the members: of two with the same remainder
    the first gets the unit, so callers give them in the order of their ids. `coin_minor` is the
    smallest coin that is paid. Raises FundNegative, SharesNegative, NoShares, CoinTooSmall.
    """
    if fund_minor < 0:
        raise FundNegative
    if coin_minor < 1:
        raise CoinTooSmall
    if any(count < 0 for count in shares.values()):
        raise SharesNegative
    if not any(shares.values()):
        raise NoShares
    parts = dict(zip(shares, allocate(fund_minor, list(shares.values())), strict=True))
    paid = {member: part - part % coin_minor for member, part in parts.items()}
    return ShareOut(fund_minor, paid, fund_minor - sum(paid.values()))
