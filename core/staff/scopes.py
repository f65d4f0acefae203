"""What somebody may see where their role holds within a part of the business alone: a region or a
station. Postgres keeps to it, whatever a page asks (core/migrations/sql/core_0001/fuel_scopes.sql).
"""

from collections.abc import Iterable

from core.db.database import Tx
from core.staff.roles import Scope


def hold_to(tx: Tx, scopes: Iterable[Scope]) -> None:
    """From here on this transaction reads and changes rows of these scopes alone, of those tables
    that are of a region or a station. Of somebody who may in the whole tenant nothing is hidden."""
    held = list(scopes)
    if any(scope.kind == "tenant" for scope in held):
        return
    # A value is one line: another line in it would be another scope.
    lines = [f"{scope.kind}:{' '.join(scope.value.split())}" for scope in held]
    tx.one("SELECT set_config('piga.scopes', %s, true)", ("\n".join(lines) or "none:",))
