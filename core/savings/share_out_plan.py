"""What a share-out pays to whom, with debtors netted: pure, by the largest remainder.

    fund = what can be paid out + what is netted of loans that their borrowers' parts cover

A member's part is what the savings earn of the fund. Who owes more than that has the whole part go
to the loan; what is still owed stays a receivable of the group, and the fund leaves it out: the
others share what is there. So what is paid and what is carried over are together what was there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic

from core.savings.errors import NoShares
from core.savings.share_out import Member, share_out


@dataclass(frozen=True, slots=True)
class Part(Generic[Member]):
    """A member's part in minor units: `netted` for a loan, paid in `cash` and to the `wallet`, and
    `rounded` off to the smallest coin. Where `is_short` more is owed than the part."""

    member: Member
    saved_minor: int
    part_minor: int
    netted_minor: int
    cash_minor: int
    wallet_minor: int
    rounded_minor: int
    is_short: bool


@dataclass(frozen=True, slots=True)
class ShareOutPlan(Generic[Member]):
    """All parts, in the order of the members. `carry_over_minor` of what was there stays with the
    group: what rounding to coins left."""

    fund_minor: int
    parts: tuple[Part[Member], ...]
    carry_over_minor: int


def plan(
    savings: Mapping[Member, int],
    debts: Mapping[Member, int],
    *,
    cash_minor: int,
    e_money_minor: int,
    in_cash: frozenset[Member] = frozenset(),
    coin_minor: int = 1,
) -> ShareOutPlan[Member]:
    """Divide what there is over members by what they saved.

    `savings` are in the order of the members' ids; `debts` what ends each one's loan today. `cash`
    lies in the box, `e_money` with the tenant: members are paid the way they want as far as there
    is enough of it, and the other way for the rest. Cash below a coin stays in the box. Raises
    NoShares where nobody who does not owe more has saved anything.
    """
    loose_minor = cash_minor % coin_minor
    there_minor = cash_minor - loose_minor + e_money_minor
    fund_minor, shared, short = _shared(there_minor, savings, debts)
    rest = _Rest(cash_minor - loose_minor, e_money_minor)
    parts: dict[Member, Part[Member]] = {}
    carry_over_minor = loose_minor
    # Who wants cash comes first to the box, and who wants it in the wallet to the e-money.
    for member in sorted(savings, key=lambda one: one not in in_cash):
        saved_minor, owed_minor = savings[member], debts.get(member, 0)
        if member in short:
            part_minor = min(owed_minor, shared.rate_of(saved_minor))
            made = Part(member, saved_minor, part_minor, part_minor, 0, 0, 0, is_short=True)
        else:
            part_minor = shared.parts[member]
            net_minor = part_minor - owed_minor
            rounded_minor = net_minor % coin_minor
            cash, wallet = rest.take(net_minor - rounded_minor, member in in_cash, coin_minor)
            carry_over_minor += rounded_minor
            made = Part(
                *(member, saved_minor, part_minor, owed_minor, cash, wallet, rounded_minor),
                is_short=False,
            )
        parts[member] = made
    return ShareOutPlan(fund_minor, tuple(parts[one] for one in savings), carry_over_minor)


@dataclass(frozen=True, slots=True)
class _Shared(Generic[Member]):
    fund_minor: int
    saved_minor: int
    parts: Mapping[Member, int]

    def rate_of(self, saved_minor: int) -> int:
        return self.fund_minor * saved_minor // self.saved_minor


def _shared(
    there_minor: int, savings: Mapping[Member, int], debts: Mapping[Member, int]
) -> tuple[int, _Shared[Member], set[Member]]:
    """Whoever owes more than the part is left out, until all others' parts reach. Each who is left
    out owed more than the part, so that the others' parts only fall."""
    short: set[Member] = set()
    while True:
        covered = {one: saved for one, saved in savings.items() if one not in short}
        if not any(covered.values()):
            raise NoShares
        fund_minor = there_minor + sum(debts.get(one, 0) for one in covered)
        parts = share_out(fund_minor, covered).parts_minor
        more = {one for one, part in parts.items() if part < debts.get(one, 0)}
        if not more:
            return fund_minor, _Shared(fund_minor, sum(covered.values()), parts), short
        short |= more


@dataclass(slots=True)
class _Rest:
    """What is left to pay from, while parts are taken."""

    cash_minor: int
    e_money_minor: int

    def take(self, amount_minor: int, wants_cash: bool, coin_minor: int) -> tuple[int, int]:
        """Answers how much of an amount is paid in cash, and how much to the wallet."""
        if wants_cash:
            cash_minor = min(amount_minor, self.cash_minor)
        else:
            missing_minor = max(0, amount_minor - self.e_money_minor)
            # Cash is paid in whole coins.
            cash_minor = min(self.cash_minor, -(-missing_minor // coin_minor) * coin_minor)
        self.cash_minor -= cash_minor
        self.e_money_minor -= amount_minor - cash_minor
        return cash_minor, amount_minor - cash_minor
