"""Tenants as commands name them."""

import uuid

from app.errors import OperatorError
from app.operations.servers import Core


def tenant_id_of(core: Core, slug: str) -> uuid.UUID:
    with core.database.transaction(None) as tx:
        row = tx.one("SELECT find_tenant(%s)", (slug,))
    if row is None or row[0] is None:
        raise OperatorError(f"There is no tenant {slug}.")
    found: uuid.UUID = row[0]
    return found
