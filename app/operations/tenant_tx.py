"""One transaction of a tenant's, as most commands have it."""

import contextlib
from collections.abc import Iterator

from app.operations.officers import plainly
from app.operations.servers import Core, opened
from app.operations.tenants import tenant_id_of
from app.settings import Settings
from core.db.database import Tx


@contextlib.contextmanager
def acting(slug: str) -> Iterator[tuple[Core, Tx]]:
    """The servers, and a transaction of that tenant. A refusal is told in one sentence."""
    with (
        opened(Settings.load()) as core,
        plainly(),
        core.database.transaction(tenant_id_of(core, slug)) as tx,
    ):
        yield core, tx
