"""The fakes' process of a demo: the providers' side of every wire, at PIGA_FAKES_URL."""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from app.errors import OperatorError
from app.local.data_dir import DataDir
from app.operations.servers import Core, core_of
from app.settings import Settings
from app.webhooks.addresses import Listed, list_hooks
from core.db.errors import Unavailable
from core.tenants.directory import VERSIONS_LOOKED_BACK

log = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Run the fakes until a signal says stop; the texts they took are kept in PIGA_HOME.

    Raises OperatorError off loopback, and when the port is taken.
    """
    from providers.simulator import process

    place = urlsplit(settings.require("fakes_url"))
    folder = DataDir(settings.home).fakes
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Never by way of a public address: the fakes stay on this machine.
    core = core_of(replace(settings, public_url=""))
    try:
        process.serve(
            place.hostname or "",
            place.port or 80,
            LiveHooks(core),
            folder,
            public_url=settings.public_url,
        )
    except ValueError as refused:
        raise OperatorError(f"PIGA_FAKES_URL: {refused}.") from None
    except OSError as error:
        raise OperatorError(f"PIGA_FAKES_URL cannot be listened on: {error.strerror}.") from None
    finally:
        core.database.close()


class LiveHooks:
    """The hooks as the database has them now: one cheap statement a look while nothing changed.

    In an outage the last ones stay in use, as a provider's dashboard would keep them.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._versions: dict[uuid.UUID, int] = {}
        self._hooks: Sequence[Listed] = ()
        self._told = False

    def __call__(self) -> Sequence[Listed]:
        try:
            versions = self._read_versions()
            if versions != self._versions:
                self._hooks = list_hooks(self._core)
                self._versions = versions
            self._told = False
        except Unavailable:
            if not self._told:
                log.warning("hooks cannot be read; going on with those that are known")
            self._told = True
        return self._hooks

    def _read_versions(self) -> dict[uuid.UUID, int]:
        # A version is drawn before its change is committed, so a smaller one may come later.
        since = max(self._versions.values(), default=0) - VERSIONS_LOOKED_BACK
        with self._core.database.transaction(None) as tx:
            rows = tx.all("SELECT tenant_id, version FROM tenants_changed(%s)", (since,))
        return self._versions | dict(rows)
