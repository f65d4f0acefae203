"""Turns, counted by the relay as it writes them down: the turn itself has no part in it."""

import uuid
from collections.abc import Sequence
from typing import Final

from core.analytics.turnlog import Turn
from core.db.database import Database
from core.db.errors import Unavailable
from core.metrics.series import TURN_SECONDS, TURNS, tenant_label
from core.tenants import slugs

OUTCOMES: Final = frozenset({"shown", "ended", "wrong", "refused", "unknown", "failed"})


class TurnCounts:
    """Counts turns by their tenants and outcomes. `database` is piga_relay's."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._slugs: dict[uuid.UUID, str] = {}

    def add(self, turns: Sequence[Turn]) -> None:
        for turn in turns:
            outcome = turn.outcome if turn.outcome in OUTCOMES else "other"
            TURN_SECONDS.labels(outcome).observe(turn.took_us / 1e6)
            TURNS.labels(tenant_label(self._slug(turn.service)), outcome).inc()

    def _slug(self, service_id: uuid.UUID) -> str:
        """What the service's tenant is called; '' where it cannot be had now."""
        found = self._slugs.get(service_id)
        if found is None:
            try:
                found = slugs.of_service(self._database, service_id)
            except Unavailable:
                return ""
            self._slugs[service_id] = found
        return found
