"""The schedule of the audit trail's seals."""

from typing import Final

from core.audit import chain
from core.security.keyring import Keyring
from workers.schedule.tasks import Databases, Task

# Each tenant is sealed once a day; asked often, so that a day on which this host slept has one too.
SEAL_EVERY_S: Final = 15 * 60


def sealing(keys: Keyring) -> Task:
    """The task that seals what each tenant's audit chain has come to."""

    def seal(databases: Databases) -> int:
        return chain.seal_all(databases.app, keys.audit_seal)

    return Task("seal_audit", SEAL_EVERY_S, seal)
