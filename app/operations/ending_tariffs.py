"""Tables of fees and limits that end soon, named while there is time to approve the next."""

from collections.abc import Iterable
from datetime import UTC, datetime

from core.db.database import Database
from core.tenants.directory import Tenant, all_services
from core.tenants.tariffs import Table, endings


def warnings_of(slug: str, tables: Iterable[Table]) -> list[str]:
    """A sentence for each table of a tenant that ends within 30 days without a successor."""
    now = datetime.now(UTC)
    return [f"{slug}: {ending.sentence(now)}" for ending in endings(tables, now)]


def warnings_of_all(database: Database) -> list[str]:
    """`warnings_of` every tenant that has a service."""
    tenants: dict[str, Tenant] = {}
    for service in all_services(database):
        tenants[service.tenant.slug] = service.tenant
    return [line for slug, one in tenants.items() for line in warnings_of(slug, one.tariffs)]
