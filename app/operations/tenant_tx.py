"""One transaction of a tenant's, as most commands have it."""

import contextlib
from collections.abc import Iterator

from app.operations.officers import plainly
from app.operations.servers import Core, opened
from app.operations.tenants import tenant_id_of
from app.settings import Settings
from core.db.database import LONGEST_TURN_S, Deadline, Tx


@contextlib.contextmanager
def acting(slug: str, within_s: float = LONGEST_TURN_S) -> Iterator[tuple[Core, Tx]]:
    """The servers, and a transaction of that tenant. A refusal is told in one
    sentence."""
    with (
        opened(Settings.load()) as core,
        plainly(),
        core.database.transaction(tenant_id_of(core, slug), Deadline(within_s)) as tx,
    ):
        yield core, tx
