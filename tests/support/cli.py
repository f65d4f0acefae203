"""The command line in an environment of its own: what it prints, refuses and exits with."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.settings import CHECKOUT
from core.security.keyring import Keyring
from tests.support.servers import DatabaseUrls

FIXTURES = CHECKOUT / "fixtures" / "tenants"
KEY = "ab" * 32
KEYS = Keyring(bytes.fromhex(KEY))


def env_of(database: DatabaseUrls, home: Path) -> dict[str, str | None]:
    return {
        "DATABASE_URL": database.database_url,
        "PIGA_OWNER_URL": database.owner_url,
        "PIGA_VERIFY_URL": database.verify_url,
        "PIGA_RELAY_URL": database.relay_url,
        "REDIS_URL": "redis://127.0.0.1:1/0",  # none of these commands needs it
        "PIGA_KEY": KEY,
        "PIGA_DEMO": "1",
        "PIGA_HOME": str(home),
        "PIGA_PUBLIC_URL": None,
        "HOST": None,
        "PORT": None,
    }


@dataclass(frozen=True)
class Piga:
    """The command, in an environment of its own."""

    env: dict[str, str | None]

    def __call__(self, *args: object, **changed: str | None) -> Result:
        result = CliRunner().invoke(main, [str(arg) for arg in args], env={**self.env, **changed})
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        assert "Traceback" not in result.output
        return result

    @property
    def database_url(self) -> str:
        return self.env["DATABASE_URL"] or ""


@pytest.fixture
def piga(database: DatabaseUrls, tmp_path: Path) -> Piga:
    """A fresh, migrated database that is not yet tied to a key."""
    return Piga(env_of(database, tmp_path))


@pytest.fixture(scope="module")
def demo(demo_database: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Piga:
    """A database with the demo tenants, for tests that leave it as it was."""
    return Piga(env_of(demo_database, tmp_path_factory.mktemp("home")))


def data(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
