"""After a restore: money goes out only once what went out since is known.

What was paid out after the moment that the books were restored to is gone from them, and its person
still seems to have the money. So payments at providers begin paused; each wallet's statement is
held against the books; and what nobody can explain keeps the pause.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.errors import OperatorError
from app.operations import pausing
from app.operations.pausing import Order
from app.operations.servers import Core
from core.audit.trail import record
from core.db.database import Tx
from core.payments import after_restore
from core.payments.payments import PURSUE
from core.payments.reconciliation.runs import Movement
from core.tenants.directory import all_services
from core.tenants.pauses import INSTALLATION, Paused, in_force

RESTORED, CHECKED = "restore", "check after restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """A restore, by its line in the audit trail, and to which moment the books went."""

    id: uuid.UUID
    point: datetime


@dataclass(frozen=True, slots=True)
class Wallet:
    """A tenant's wallet at a provider, and whether its statement was looked at since."""

    tenant_id: uuid.UUID
    slug: str
    code: str
    is_checked: bool


def begin(core: Core, actor: str, *, fallback: datetime) -> datetime:
    """Pause payments for every tenant, and write down to which moment the books go: the last
    commit that was restored, or `fallback` where none was. Answers it."""
    with core.database.transaction(None) as tx:
        row = tx.one("SELECT pg_last_xact_replay_timestamp()")
    point: datetime = (row and row[0]) or fallback
    order = Order(Paused.OPERATION, PURSUE, (INSTALLATION,), actor)
    pausing.pause(core, order, reason=f"Restored to {point:%Y-%m-%d %H:%M:%S} UTC: piga recover")
    with core.database.transaction(INSTALLATION) as tx:
        record(tx, actor, RESTORED, None, {"point": point.isoformat()})
    return point


def last(core: Core) -> Restored | None:
    """The last restore that payments still wait for; None where there is none."""
    is_paused = any(
        one.what is Paused.OPERATION and one.name == PURSUE and one.tenant_id is None
        for one in in_force(core.database)
    )
    if not is_paused:
        return None
    with core.database.transaction(INSTALLATION) as tx:
        row = tx.one(
            "SELECT id, detail ->> 'point' FROM audit WHERE"
            " tenant_id = current_tenant() AND action = %s ORDER BY id DESC LIMIT 1",
            (RESTORED,),
        )
    return Restored(row[0], datetime.fromisoformat(row[1])) if row else None


def wallets(core: Core, restored: Restored) -> list[Wallet]:
    """Every tenant's wallets at providers."""
    found = []
    for service in all_services(core.database):
        if service.channel != "payments":
            continue
        with core.database.transaction(service.tenant.id) as tx:
            is_checked = _is_checked(tx, service.code, restored)
        found.append(Wallet(service.tenant.id, service.tenant.slug, service.code, is_checked))
    return found


def check(
    core: Core,
    restored: Restored,
    wallet: Wallet,
    statement: Iterable[str],
    *,
    columns: Mapping[str, str],
    explained: Sequence[str],
    actor: str,
) -> list[Movement]:
    """What a wallet's statement has of money that left since the restored moment, and the books do
    not know of; without those that somebody has `explained`. Where nothing is left, the wallet is
    checked. Raises WrongStatement."""
    with core.database.transaction(wallet.tenant_id) as tx:
        unknown = after_restore.unknown_to_books(
            tx, wallet.code, statement, since=restored.point, columns=columns
        )
        left = [movement for movement in unknown if movement.txid not in explained]
        if not left:
            detail = {"wallet": wallet.code, "explained": list(explained)}
            record(tx, actor, CHECKED, None, detail)
    return left


def go_on(core: Core, restored: Restored, actor: str, reason: str) -> None:
    """Let money go out again. Raises OperatorError while a wallet was not looked at."""
    left = [f"{one.slug} {one.code}" for one in wallets(core, restored) if not one.is_checked]
    if left:
        raise OperatorError(f"Not checked yet: {', '.join(left)}. `piga recover check` first.")
    order = Order(Paused.OPERATION, PURSUE, (INSTALLATION,), actor)
    pausing.resume(core, order, reason=reason)


def _is_checked(tx: Tx, code: str, restored: Restored) -> bool:
    row = tx.one(
        "SELECT 1 FROM audit WHERE tenant_id = current_tenant() AND action = %s"
        " AND detail ->> 'wallet' = %s AND id > %s LIMIT 1",
        (CHECKED, code, restored.id),
    )
    return row is not None
