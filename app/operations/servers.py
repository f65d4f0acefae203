"""What commands for operators share: the servers, the core, and faults in one sentence each."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import OperatorError
from app.local.embedded import ensure
from app.settings import Settings
from core.db.database import Database
from core.db.errors import ClockOff, OutcomeUnknown, Unavailable
from core.security.errors import SecretMismatch
from core.security.installation import NotSetUp, require_key
from core.security.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Core:
    """The core as the application sees it, and the settings with every URL filled in."""

    settings: Settings
    database: Database
    keys: Keyring


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Core]:
    """The core, with its servers running and its key compared. Raises OperatorError, also for what
    goes wrong inside."""
    with ensure(settings) as running, plainly():
        core = core_of(running)
        try:
            require_key(core.database, core.keys)
            yield core
        finally:
            core.database.close()


def core_of(settings: Settings) -> Core:
    """The core behind settings whose URLs are filled in."""
    return Core(settings, Database(settings.require("database_url")), Keyring(settings.key_bytes))


@contextlib.contextmanager
def plainly() -> Iterator[None]:
    """Tell a fault of the database in one sentence for the operator."""
    try:
        yield
    except (SecretMismatch, NotSetUp) as error:
        raise OperatorError(str(error)) from None
    except OutcomeUnknown:
        raise OperatorError(
            "The connection to Postgres was lost before it answered: the change may have been made."
            " Run the command again; what was done already is not done twice."
        ) from None
    except ClockOff as off:
        raise OperatorError(
            f"This host's clock is {off} the database's: set it right. Nothing was changed."
        ) from None
    except Unavailable as fault:
        raise OperatorError(f"Postgres does not answer ({fault}). Nothing was changed.") from None
