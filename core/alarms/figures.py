"""Alarms that are open."""

from typing import Final

from core.metrics.figures import Figure

FIGURES: Final = (
    Figure(
        "piga_alarms_open",
        "Alarms that nobody has closed, by kind.",
        ("kind",),
        "SELECT kind, count(*) FROM alarm WHERE state = 'open' GROUP BY kind",
    ),
)
