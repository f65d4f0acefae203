"""What the tenant of a service is called, for whoever serves all of them."""

import uuid

from core.db.database import Database


def of_service(database: Database, service_id: uuid.UUID) -> str:
    """The slug of a service's tenant; '' where there is no such service. Any role that serves may
    ask. Raises Unavailable."""
    with database.transaction(None) as tx:
        row = tx.one("SELECT tenant ->> 'slug' FROM find_services('', '', '{}', %s)", (service_id,))
    return str(row[0]) if row else ""
