"""Tenants as commands name them, and who runs a command."""

import os
import pwd
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


def operator() -> str:
    """Who runs this command, as the audit trail calls them."""
    return f"operator {pwd.getpwuid(os.getuid()).pw_name}"
