"""Applying a tenant's folder: what differs is written, in one transaction; the same again is
nothing.

Configuration follows the folder: services, trees, tariffs. People, groups and money never
disappear: what is no longer in the folder stays, and an opening balance is an entry of the ledger
that is posted once.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg

from core.audit.trail import record
from core.db.database import Database, Deadline, Tx
from core.manifest import tenant
from core.manifest.changes import Change, Site, Stage, in_order
from core.manifest.faults import FolderFaults
from core.manifest.section import Manifest, ManifestRules
from core.manifest.tenant import HASH, to_json
from core.security.keyring import Keyring
from core.tenants.directory import touch

APPLY_DEADLINE_S = 600.0
ACTOR = "tenant apply"


class PlanOutdated(Exception):
    """Between the plan that somebody agreed to and its writing, something else changed."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying changed: how many of each kind, "people added": 12. `handouts` are the codes
    that staff hand over, by the keys of new people: for a terminal, never for a log."""

    tenant_id: uuid.UUID
    slug: str
    changes: Counter[str] = field(default_factory=Counter)
    handouts: dict[str, str] = field(default_factory=dict, repr=False)


def plan(
    database: Database,
    keys: Keyring,
    manifest: Manifest,
    rules: ManifestRules,
    *,
    may_renumber: bool = False,
) -> Sequence[Change]:
    """What `apply` would write, in its order. Nothing is written and no row is locked.

    Raises FolderFaults when the database says that the folder cannot be right.
    """
    with database.transaction(manifest.id, Deadline(APPLY_DEADLINE_S)) as tx:
        return _planned(_site(tx, keys, manifest, rules, may_renumber=may_renumber))


def apply(
    database: Database,
    keys: Keyring,
    manifest: Manifest,
    rules: ManifestRules,
    *,
    may_renumber: bool = False,
    agreed: Sequence[Change] | None = None,
) -> Applied:
    """Write what differs between the folder and the database.

    `may_renumber` lets keys of a menu change their meaning. `agreed` is the plan that somebody
    said yes to. Raises FolderFaults, with nothing written, when the database says that the folder
    cannot be right, and PlanOutdated when by now something else would be written than was agreed.
    """
    with database.transaction(manifest.id, Deadline(APPLY_DEADLINE_S)) as tx:
        return apply_in(tx, keys, manifest, rules, may_renumber=may_renumber, agreed=agreed)


def apply_in(
    tx: Tx,
    keys: Keyring,
    manifest: Manifest,
    rules: ManifestRules,
    *,
    may_renumber: bool = False,
    agreed: Sequence[Change] | None = None,
) -> Applied:
    """`apply`, as part of a transaction of that tenant."""
    # One at a time a tenant, so that what was read is still so when it is written.
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (str(manifest.id),))
    site = _site(tx, keys, manifest, rules, may_renumber=may_renumber)
    changes = _planned(site)
    if agreed is not None and list(map(_named, changes)) != list(map(_named, agreed)):
        raise PlanOutdated
    try:
        for change in changes:
            change.write(tx)
    except psycopg.errors.UniqueViolation as taken:
        # Somebody else was quicker than the checks above.
        table = taken.diag.table_name or "a table"
        said = f"a name or code was taken meanwhile (in {table}): apply it again"
        manifest.faults.add(tenant.FILE, 0, said)
        raise FolderFaults(manifest.faults.found) from None
    applied = Applied(
        manifest.id, manifest.slug, Counter(change.kind for change in changes), site.handouts
    )
    if not site.is_new and any(change.stage is Stage.CONFIGURATION for change in changes):
        touch(tx)
    tx.defer(
        "UPDATE tenant SET settings = settings || %s WHERE id = current_tenant()"
        " AND settings->>%s IS DISTINCT FROM %s",
        (to_json({HASH: manifest.hash}), HASH, manifest.hash),
    )
    if changes:
        record(tx, ACTOR, "apply tenant", manifest.id, dict(applied.changes))
    return applied


def _named(change: Change) -> tuple[str, str, str]:
    return change.verb, change.what, change.name


def is_applied(tx: Tx) -> bool:
    """Whether the transaction's tenant is in the database."""
    return tx.one("SELECT 1 FROM tenant WHERE id = current_tenant()") is not None


def _site(
    tx: Tx, keys: Keyring, manifest: Manifest, rules: ManifestRules, *, may_renumber: bool
) -> Site:
    # Faults of an earlier comparison may be gone.
    manifest.faults.found.clear()
    return Site(tx, keys, manifest, rules, not is_applied(tx), may_renumber)


def _planned(site: Site) -> Sequence[Change]:
    found = [*tenant.changes(site)]
    for section in site.manifest.reading.sections:
        found += section.changes(site)
    site.manifest.faults.raise_any()
    return in_order(found)
