"""What a rule's change makes of an amount. Integers only; half a minor unit rounds up."""

from collections.abc import Callable

from core.pricing.rules import BASIS_POINTS, Basis, Change, Percent, PerUnit, Tiers, UnitPrice

Count = Callable[[Basis], int]


def half_up(numerator: int, denominator: int) -> int:
    """A quotient, rounded to the nearest whole number; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def changed(change: Change, amount_minor: int, quantity: int, count: Count) -> int:
    """The amount of so many units after a change. `count` says how many units a tier counts."""
    if isinstance(change, UnitPrice):
        return change.price_minor * quantity
    if isinstance(change, Percent):
        return half_up(amount_minor * (BASIS_POINTS + change.basis_points), BASIS_POINTS)
    if isinstance(change, PerUnit):
        return amount_minor + change.amount_minor * quantity
    assert isinstance(change, Tiers), "others concern more than a line"
    if change.is_marginal:
        return _marginal(change, amount_minor, quantity, count)
    reached = count(change.basis)
    for tier in reversed(change.tiers):
        if reached >= tier.minimum:
            return changed(tier.change, amount_minor, quantity, count)
    return amount_minor


def _marginal(tiers: Tiers, amount_minor: int, quantity: int, count: Count) -> int:
    """Each unit by the tier that it lies in; those below the first keep their price."""
    ends = [min(tier.minimum - 1, quantity) for tier in tiers.tiers] + [quantity]
    total_minor = _units(amount_minor, quantity, 0, ends[0])
    for tier, before, last in zip(tiers.tiers, ends, ends[1:], strict=False):
        if last > before:
            part_minor = _units(amount_minor, quantity, before, last)
            total_minor += changed(tier.change, part_minor, last - before, count)
    return total_minor


def _units(amount_minor: int, quantity: int, first: int, last: int) -> int:
    """What the units after the first so many, up to the last, cost of a line's amount. The parts of
    a line add up to it."""
    return amount_minor * last // quantity - amount_minor * first // quantity
