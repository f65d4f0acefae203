"""Applying a tenant's folder: what differs is written, in one transaction; the same again is
nothing.

Configuration follows the folder: services, trees, tariffs. People, groups and money never
disappear: what is no longer in the folder stays, and an opening balance is an entry of the ledger
that is posted once.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg

from core.audit.trail import record
from core.db.database import Database, Deadline, Tx
from core.manifest.apply_people import PeopleWriter
from core.manifest.nodes import FolderFaults
from core.manifest.shapes import Blueprint, House, ServicePlan
from core.money.ledger import FEES, SETTLEMENT, account_id, open_account
from core.security.keyring import Keyring
from core.tenants.directory import touch

APPLY_DEADLINE_S = 600.0
ACTOR = "tenant apply"
# Kept with the tenant's settings, but not one of them.
HASH = "applied_hash"


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying changed: how many of each kind, "people added": 12."""

    tenant_id: uuid.UUID
    slug: str
    changes: Counter[str] = field(default_factory=Counter)


def apply(
    database: Database,
    keys: Keyring,
    blueprint: Blueprint,
    house: House,
    *,
    may_renumber: bool = False,
) -> Applied:
    """Write what differs between the folder and the database.

    `may_renumber` lets keys of a menu change their meaning. Raises FolderFaults, with nothing
    written, when the database says that the folder cannot be right.
    """
    with database.transaction(blueprint.id, Deadline(APPLY_DEADLINE_S)) as tx:
        return apply_in(tx, keys, blueprint, house, may_renumber=may_renumber)


def apply_in(
    tx: Tx, keys: Keyring, blueprint: Blueprint, house: House, *, may_renumber: bool = False
) -> Applied:
    """`apply`, as part of a transaction of that tenant."""
    applied = Applied(blueprint.id, blueprint.slug)
    # One at a time a tenant, so that what was read is still so when it is written.
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (str(blueprint.id),))
    writer = _Writer(tx, blueprint, house, applied.changes)
    people = PeopleWriter(tx, keys, blueprint, applied.changes)
    writer.look()
    writer.check(may_renumber)
    people.look()
    people.check()
    blueprint.faults.raise_any()
    try:
        writer.write()
        people.write()
    except psycopg.errors.UniqueViolation as taken:
        # Somebody else was quicker than the checks above.
        table = taken.diag.table_name or "a table"
        blueprint.place.fault(f"a name or code was taken meanwhile (in {table}): apply it again")
        raise FolderFaults(blueprint.faults.found) from None
    if applied.changes:
        record(tx, ACTOR, "apply tenant", blueprint.id, dict(applied.changes))
    return applied


class _Writer:
    """The tenant itself, its services and tariffs."""

    def __init__(self, tx: Tx, blueprint: Blueprint, house: House, changes: Counter[str]) -> None:
        self._tx = tx
        self._plan = blueprint
        self._house = house
        self._changes = changes
        self._tenant: tuple[Any, ...] | None = None
        self._services: dict[uuid.UUID, tuple[Any, ...]] = {}
        self._addresses: dict[tuple[str, str, str], uuid.UUID] = {}
        self._tariffs: dict[uuid.UUID, tuple[Any, ...]] = {}

    def look(self) -> None:
        """Read what there is."""
        tx = self._tx
        self._tenant = tx.one(
            "SELECT name, country, calling_code, currency, time_zone, languages, settings"
            " FROM tenant WHERE id = current_tenant()"
        )
        if self._tenant is None:
            return
        for id, *rest in tx.all(
            "SELECT id, settings, tree FROM service WHERE tenant_id = current_tenant()"
        ):
            self._services[id] = tuple(rest)
        for provider, channel, code, service_id in tx.all(
            "SELECT provider, channel, code, service_id FROM service_address"
            " WHERE tenant_id = current_tenant()"
        ):
            self._addresses[provider, channel, code] = service_id
        for id, *rest in tx.all(
            "SELECT id, body, valid_from, valid_to, approved_by FROM tariff"
            " WHERE tenant_id = current_tenant()"
        ):
            self._tariffs[id] = tuple(rest)

    def check(self, may_renumber: bool) -> None:
        plan = self._plan
        if self._tenant is not None and self._tenant[3] != plan.currency:
            plan.place.fault(
                f"currency: the tenant's books are kept in {self._tenant[3]}, and that stays so"
            )
        for service in plan.services:
            owner = self._tx.one(
                "SELECT tenant->>'slug' FROM find_services(%s, %s, %s, NULL)"
                " WHERE tenant->>'id' <> %s",
                (service.provider, service.channel, [service.code], str(plan.id)),
            )
            if owner is not None:
                service.place.fault(f"code: {service.code} belongs to the tenant {owner[0]}")
            known = self._services.get(service.id)
            if known is not None and known[1] != service.tree and not may_renumber:
                self._check_keys(known[1], service)

    def _check_keys(self, old: dict[str, Any], service: ServicePlan) -> None:
        for way, text in self._house.check_change(old, service.tree):
            self._plan.faults.add(service.menu, 0, f"{way}: {text} (people know keys by heart)")

    def write(self) -> None:
        before = self._changes.total()
        self._write_tenant()
        self._write_services()
        self._write_tariffs()
        if self._tenant is not None and self._changes.total() > before:
            touch(self._tx)
        self._tx.later(
            "UPDATE tenant SET settings = settings || %s WHERE id = current_tenant()"
            " AND settings->>%s IS DISTINCT FROM %s",
            (_json({HASH: self._plan.hash}), HASH, self._plan.hash),
        )

    def _write_tenant(self) -> None:
        plan = self._plan
        wanted = (
            *(plan.name, plan.country, plan.calling_code, plan.currency, plan.time_zone),
            list(plan.languages),
            plan.settings,
        )
        if self._tenant is None:
            self._tx.execute(
                "INSERT INTO tenant (id, name, country, calling_code, currency, time_zone,"
                " languages, settings, slug) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (plan.id, *wanted[:-1], _json(plan.settings), plan.slug),
            )
            for kind in (FEES, SETTLEMENT):
                open_account(
                    self._tx,
                    id=account_id(plan.id, kind, plan.currency),
                    kind=kind,
                    currency=plan.currency,
                    owner_id=plan.id,
                )
            self._changes["tenants added"] += 1
            return
        *rest, settings = self._tenant
        found = (*rest, {name: value for name, value in settings.items() if name != HASH})
        if found != wanted:
            kept = {HASH: settings[HASH]} if HASH in settings else {}
            self._tx.execute(
                "UPDATE tenant SET name = %s, country = %s, calling_code = %s, currency = %s,"
                " time_zone = %s, languages = %s, settings = %s WHERE id = current_tenant()",
                (*wanted[:-1], _json(plan.settings | kept)),
            )
            self._changes["tenants changed"] += 1

    def _write_services(self) -> None:
        tx = self._tx
        for service in self._plan.services:
            known = self._services.get(service.id)
            if known is None:
                tx.execute(
                    "INSERT INTO service (tenant_id, id, provider, channel, code, settings, tree)"
                    " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s)",
                    (
                        *(service.id, service.provider, service.channel, service.code),
                        *(_json(service.settings), _json(service.tree)),
                    ),
                )
                self._changes["services added"] += 1
            elif known != (service.settings, service.tree):
                tx.execute(
                    "UPDATE service SET settings = %s, tree = %s"
                    " WHERE tenant_id = current_tenant() AND id = %s",
                    (_json(service.settings), _json(service.tree), service.id),
                )
                self._changes["services changed"] += 1
            if self._addresses.pop((service.provider, service.channel, service.code), None) is None:
                tx.execute(
                    "INSERT INTO service_address (provider, channel, code, tenant_id, service_id)"
                    " VALUES (%s, %s, %s, current_tenant(), %s)",
                    (service.provider, service.channel, service.code, service.id),
                )
                self._changes["addresses opened"] += 1
        for address in self._addresses:
            tx.execute(
                "DELETE FROM service_address WHERE tenant_id = current_tenant()"
                " AND (provider, channel, code) = (%s, %s, %s)",
                address,
            )
            self._changes["addresses closed"] += 1

    def _write_tariffs(self) -> None:
        tx = self._tx
        for tariff in self._plan.tariffs:
            wanted = (tariff.body, tariff.valid_from, tariff.valid_to, tariff.approved_by)
            known = self._tariffs.pop(tariff.id, None)
            if known == wanted:
                continue
            tx.execute(
                "INSERT INTO tariff AS t (tenant_id, id, operation, kind, body, valid_from,"
                " valid_to, approved_by) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (tenant_id, id) DO UPDATE SET body = excluded.body,"
                " valid_to = excluded.valid_to, approved_by = excluded.approved_by",
                (tariff.id, tariff.operation, tariff.kind, _json(tariff.body), *wanted[1:]),
            )
            self._changes["tariffs added" if known is None else "tariffs changed"] += 1
        for id in self._tariffs:
            tx.execute("DELETE FROM tariff WHERE tenant_id = current_tenant() AND id = %s", (id,))
            self._changes["tariffs removed"] += 1


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
