"""The hooks that the fakes call, read live."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.demo.fakes import LiveHooks
from app.demo.people import FOLDER
from app.operations.servers import core_of
from app.operations.tenant_folder import read_folder, rules
from app.settings import Settings
from core.manifest.apply import apply
from core.tenants.changes import rotate_hook_secret
from tests.support.servers import DatabaseUrls


@pytest.fixture
def hooks(database: DatabaseUrls, tmp_path: Path) -> Iterator[LiveHooks]:
    settings = Settings(
        home=tmp_path, demo=True, database_url=database.database_url, key="0f" * 32, port=8123
    )
    core = core_of(settings)
    yield LiveHooks(core)
    core.database.close()


def _urls(hooks: LiveHooks) -> dict[str, str]:
    return {hook["kind"]: hook["url"] for hook in hooks()}


def test_a_new_tenant_and_a_new_secret_are_seen_at_once(
    hooks: LiveHooks, database: DatabaseUrls
) -> None:
    core = hooks._core
    assert hooks() == ()
    moto = read_folder(FOLDER / "moto", demo=True)
    apply(core.database, core.keys, moto, rules(demo=True))
    first = hooks()
    assert {hook["service"] for hook in first} == {"*384*20#", "+250788000270"}
    assert all(hook["url"].startswith("http://127.0.0.1:8123/hooks/") for hook in first)
    assert hooks() is first  # nothing new: nothing read
    before = _urls(hooks)
    with core.database.transaction(moto.id) as tx:
        row = tx.one("SELECT id FROM service WHERE channel = 'ussd'")
        assert row is not None
        rotate_hook_secret(tx, row[0])
    assert _urls(hooks)["ussd"] != before["ussd"]


def test_an_outage_leaves_the_last_hooks_in_use(
    hooks: LiveHooks, database: DatabaseUrls, admin_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    core = hooks._core
    apply(core.database, core.keys, read_folder(FOLDER / "moto", demo=True), rules(demo=True))
    before = list(hooks())
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS false".encode())
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (database.name,),
        )
        assert list(hooks()) == before
        assert list(hooks()) == before
        assert caplog.text.count("hooks cannot be read") == 1
        admin.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS true".encode())
