"""Figures of many measurements, and how they are written."""

from collections.abc import Iterable, Sequence
from statistics import median


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share (0 to 1) of all values is at most."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def ratio(parts: Iterable[float], wholes: Iterable[float]) -> float:
    """The median of ratios taken round by round, so that a slow minute touches both sides."""
    return median(part / whole for part, whole in zip(parts, wholes, strict=True))


def spread(values: Sequence[float]) -> float:
    """How far the middle half of the values reaches, as a share of their median."""
    return (percentile(values, 0.75) - percentile(values, 0.25)) / median(values)


def per_second(rate: float) -> str:
    return f"{rate:,.0f}/s"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns: the first to the left, the others to the right."""
    lines = [list(heads), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
