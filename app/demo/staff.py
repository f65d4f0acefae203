"""The demo's staff: whom one can be in the console, in each of the demo's businesses."""

import uuid
from typing import Final

from core.db.database import Database, Tx
from core.security.keyring import Keyring
from core.staff import members
from core.staff.roles import EVERYWHERE, Grant
from core.staff.second_person import in_words

# Two of the first kind: what needs a second person can be tried.
STAFF: Final = {
    "ada.admin": ("super_admin",),
    "ben.admin": ("super_admin",),
    "cleo.manager": ("company_admin",),
    "dan.operator": ("operator",),
    "eve.auditor": ("auditor",),
    "gov.reader": ("government",),
}
BY: Final = "demo"


def load_staff(database: Database, keys: Keyring, tenant_ids: list[uuid.UUID]) -> None:
    """Take the demo's staff on where they are not there yet."""
    for tenant_id in tenant_ids:
        with database.transaction(tenant_id) as tx:
            members.one_at_a_time(tx)
            known = {one.handle for one in members.listed(tx)}
            for handle, roles in STAFF.items():
                if handle not in known:
                    _take_on(tx, keys, tenant_id, handle, roles)


def _take_on(
    tx: Tx, keys: Keyring, tenant_id: uuid.UUID, handle: str, roles: tuple[str, ...]
) -> None:
    grants = [Grant(role, EVERYWHERE) for role in roles]
    members.use_link(tx, keys, members.invite(tx, keys, tenant_id, handle, grants, by=BY))


def demo_staff(database: Database) -> list[tuple[str, str, str]]:
    """Business, name and roles of everybody whom one can be."""
    with database.transaction(None) as tx:
        tenants = tx.all(
            "SELECT DISTINCT tenant->>'slug', (tenant->>'id')::uuid FROM all_services() ORDER BY 1"
        )
    found = []
    for slug, tenant_id in tenants:
        with database.transaction(tenant_id) as tx:
            found += [
                (slug, one.handle, in_words(one.grants))
                for one in members.listed(tx)
                if one.state == "active" and one.handle in STAFF
            ]
    return found
