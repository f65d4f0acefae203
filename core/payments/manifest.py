"""settings.wallets of tenant.yaml: each is a service that its provider calls back to."""

import uuid
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.section import PricedOperation, Section
from core.manifest.tenant import FILE, to_json
from core.payments.wallets import PAYMENTS, service_id


def _settings(said: dict[str, Any]) -> dict[str, Any]:
    return {"account": said["account"]} if said.get("account") else {}


def _changes(site: Site) -> Iterator[Change]:
    plan = site.manifest
    wanted = {service_id(plan.id, one): one for one in plan.settings.get("wallets", ())}
    known = {
        id: (settings, is_open)
        for id, settings, is_open in site.tx.all(
            "SELECT s.id, s.settings, a.code IS NOT NULL FROM service s LEFT JOIN service_address a"
            " ON a.tenant_id = s.tenant_id AND a.service_id = s.id"
            " WHERE s.tenant_id = current_tenant() AND s.channel = %s",
            (PAYMENTS,),
        )
    }
    for id, (_, is_open) in known.items():
        if is_open and id not in wanted:
            write = partial(_close, id)
            yield Change("closed", "wallets", str(id), write, Stage.CONFIGURATION)
    for id, one in wanted.items():
        for (slug,) in site.tx.all(
            "SELECT slug FROM codes_in_the_way(%s, %s, %s, %s)",
            (plan.id, one["provider"], PAYMENTS, one["code"]),
        ):
            said = f"settings.wallets: {one['code']} belongs to the tenant {slug}"
            plan.faults.add(FILE, 0, said)
        if known.get(id) != (_settings(one), True):
            verb = "changed" if id in known else "added"
            write = partial(_write, id, one)
            yield Change(verb, "wallets", one["code"], write, Stage.CONFIGURATION)


def _write(id: uuid.UUID, said: dict[str, Any], tx: Tx) -> None:
    address = (said["provider"], PAYMENTS, said["code"])
    tx.execute(
        "INSERT INTO service (tenant_id, id, provider, channel, code, settings, tree)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, '{}')"
        " ON CONFLICT (tenant_id, id) DO UPDATE SET settings = excluded.settings",
        (id, *address, to_json(_settings(said))),
    )
    tx.execute(
        "INSERT INTO service_address (provider, channel, code, tenant_id, service_id)"
        " VALUES (%s, %s, %s, current_tenant(), %s) ON CONFLICT DO NOTHING",
        (*address, id),
    )


def _close(id: uuid.UUID, tx: Tx) -> None:
    tx.execute(
        "DELETE FROM service_address WHERE tenant_id = current_tenant() AND service_id = %s", (id,)
    )


WALLETS: Final[Section[None]] = Section(
    name="wallets",
    operations=(PricedOperation("deposit", fee_included=True), PricedOperation("withdraw")),
    changes=_changes,
)
