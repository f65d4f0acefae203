"""Pausing and going on: a provider, an operation, a flow or a tenant, with the audit trail."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import OperatorError
from app.operations.servers import Core
from core.audit.trail import record
from core.db.database import Tx
from core.tenants import changes, pauses
from core.tenants.pauses import INSTALLATION, Paused


@dataclass(frozen=True, slots=True)
class Order:
    """What an operator wants paused, or resumed, for which tenants (INSTALLATION: for every one).
    `name` is "" for a tenant itself."""

    what: Paused
    name: str
    tenants: Sequence[uuid.UUID]
    actor: str


def pause(core: Core, order: Order, *, reason: str, notice: dict[str, str] | None = None) -> None:
    """Pause it, live everywhere within 5 s. `notice` is what people read meanwhile, by language."""
    for tenant_id in order.tenants:
        with core.database.transaction(tenant_id) as tx:
            pauses.begin(tx, order.what, order.name, reason=reason, actor=order.actor)
            _of_tenant(tx, order, paused=True, notice=notice)
            _record(tx, order, "pause", tenant_id, reason)


def resume(core: Core, order: Order, *, reason: str) -> bool:
    """Go on. False where nothing of it was paused."""
    was_paused = False
    for tenant_id in order.tenants:
        with core.database.transaction(tenant_id) as tx:
            was_paused |= pauses.end(tx, order.what, order.name)
            # A notice is of the tenant's pause; one of its flows' needs it as long as they are.
            notice: dict[str, str] | None = {} if order.what is Paused.TENANT else None
            _of_tenant(tx, order, paused=False, notice=notice)
            _record(tx, order, "resume", tenant_id, reason)
    return was_paused


def _of_tenant(tx: Tx, order: Order, *, paused: bool, notice: dict[str, str] | None) -> None:
    if order.what in (Paused.TENANT, Paused.FLOW):
        changes.pause(tx, paused=paused, flow=order.name or None, notice=notice)


def _record(tx: Tx, order: Order, action: str, tenant_id: uuid.UUID, reason: str) -> None:
    object_id = None if tenant_id == INSTALLATION else tenant_id
    detail = {"what": order.what.value, "name": order.name, "reason": reason}
    record(tx, order.actor, action, object_id, detail)


def read_notice(core: Core, tenant_id: uuid.UUID, file: Path) -> dict[str, str]:
    """What people read, in every language of the tenant. Raises OperatorError."""
    from core.manifest.faults import Faults
    from core.manifest.source import open_file
    from core.manifest.values import read_local_text
    from menus.check import check_screen
    from menus.screens import End
    from menus.texts import Local

    with core.database.transaction(tenant_id) as tx:
        row = tx.one("SELECT languages FROM tenant WHERE id = current_tenant()")
    assert row is not None
    faults = Faults()
    source = open_file(file.parent, file.name, faults)
    if source is None and not faults.found:
        raise OperatorError(f"There is no file {file}.")
    said = read_local_text(source, tuple(row[0])) if source else {}
    if said and not faults.found:
        for problem in check_screen(End(Local(said)), "notice", languages=tuple(said)):
            faults.add(file.name, 0, problem.what)
    if faults.found:
        raise OperatorError("; ".join(map(str, faults.found)))
    return said
