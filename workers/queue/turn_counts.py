"""Turns, counted by the relay as it writes them down: the turn itself has no part in it."""

import contextlib
from collections.abc import Sequence
from typing import Final

from core.analytics.turnlog import Turn
from core.db.errors import Unavailable
from core.metrics.series import TURN_SECONDS, TURNS, tenant_label
from core.tenants.directory import Directory

OUTCOMES: Final = frozenset({"shown", "ended", "wrong", "refused", "unknown", "failed"})


class TurnCounts:
    """Counts turns by their tenants and outcomes."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def add(self, turns: Sequence[Turn]) -> None:
        for turn in turns:
            outcome = turn.outcome if turn.outcome in OUTCOMES else "other"
            TURN_SECONDS.labels(outcome).observe(turn.took_us / 1e6)
            TURNS.labels(self._slug(turn), outcome).inc()

    def _slug(self, turn: Turn) -> str:
        """The label of a turn's tenant; '' where it cannot be had now."""
        service = None
        with contextlib.suppress(Unavailable):
            service = self._directory.by_id(turn.service)
        return tenant_label(service.tenant.slug) if service else ""
