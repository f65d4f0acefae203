"""Tenants as commands name them, and who runs a command."""

import os
import pwd
import uuid

from app.errors import OperatorError
from app.operations.servers import Core
from core.tenants import business


def tenant_id_of(core: Core, slug: str) -> uuid.UUID:
    found = business.find(core.database, slug)
    if found is None:
        raise OperatorError(f"There is no tenant {slug}.")
    return found


def operator() -> str:
    """Who runs this command, as the audit trail calls them."""
    return f"operator {pwd.getpwuid(os.getuid()).pw_name}"
