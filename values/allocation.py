"""Dividing an amount so that its parts add up to it."""

from collections.abc import Sequence


def allocate(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount in proportion to weights, by the largest remainder.

    What integer division leaves over goes one minor unit each to the largest remainders; of equal
    ones the first gets it. Weights are not negative, and together more than 0; the total is not
    negative.
    """
    whole = sum(weights)
    parts = [total_minor * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda place: -(total_minor * weights[place] % whole)
    )
    for place in by_remainder[: total_minor - sum(parts)]:
        parts[place] += 1
    return parts
