"""What is changed of a tenant by a command, at once and in every process."""

import uuid

import orjson

from core.db.database import Tx
from core.tenants.directory import touch


def pause(
    tx: Tx,
    *,
    paused: bool | None = None,
    flow: str | None = None,
    notice: dict[str, str] | None = None,
) -> None:
    """Pause or resume the transaction's tenant, or one of its flows when `flow` is given.

    `notice` is what people read, by language.
    """
    if flow is None:
        tx.execute("UPDATE tenant SET paused = %s WHERE id = current_tenant()", (paused,))
    else:
        change = "array_append" if paused else "array_remove"
        tx.execute(
            f"UPDATE tenant SET paused_flows = {change}(array_remove(paused_flows, %s), %s)"
            " WHERE id = current_tenant()",
            (flow, flow),
        )
    if notice is not None:
        tx.execute(
            "UPDATE tenant SET paused_notice = %s WHERE id = current_tenant()",
            (orjson.dumps(notice).decode(),),
        )
    touch(tx)


def rotate_hook_secret(tx: Tx, service_id: uuid.UUID) -> int:
    """Begin a new generation of a service's path secret; the one before stays valid."""
    row = tx.one(
        "UPDATE service SET hook_generation = hook_generation + 1"
        " WHERE tenant_id = current_tenant() AND id = %s RETURNING hook_generation",
        (service_id,),
    )
    assert row is not None, "no such service"
    touch(tx)
    return int(row[0])
