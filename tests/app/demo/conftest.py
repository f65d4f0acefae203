"""A whole Piga with its demo, as `piga run` starts it, on the tests' servers."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, BrowserContext

from app.cli import main
from app.local.running import Running, running
from app.settings import CHECKOUT, Settings
from tests.app.demo.browsing import Phone
from tests.support.servers import DatabaseUrls, copy_of, emptied

READY_WITHIN_S = 120.0
STOP_WITHIN_S = 30.0
KEY = "0f" * 32
# Apart from those that single tests empty.
REDIS_FIRST = 8


@dataclass(frozen=True)
class DemoPiga:
    """A running demo. `env` is what a command needs in order to find it, `configured` all that it
    was started with."""

    run: Running
    home: Path
    output: Path
    env: dict[str, str]
    configured: dict[str, str]

    @property
    def url(self) -> str:
        return self.run.url

    def said(self) -> str:
        """All that it said, on the terminal and into its logs."""
        logs = [path.read_text(errors="replace") for path in (self.home / "log").glob("*")]
        return "\n".join([self.output.read_text(errors="replace"), *logs])


@pytest.fixture(scope="module")
def demo_piga(one_demo: DemoPiga, used: list[str]) -> DemoPiga:
    """A demo that begins anew for each file: within one, each test uses people of its own."""
    if used:
        told = CliRunner().invoke(main, ["demo", "reset", "--yes"], env=one_demo.configured)
        assert told.exit_code == 0, told.output
    used.append("once")
    return one_demo


@pytest.fixture(scope="session")
def used() -> list[str]:
    return []


@pytest.fixture(scope="session")
def one_demo(servers: Settings, template: str) -> Iterator[DemoPiga]:
    """One process of a demo for all tests of this one."""
    with (
        contextmanager(copy_of)(servers, template) as database,
        _home() as home,
        _started(servers, database, home) as piga,
    ):
        yield piga


@contextmanager
def _home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="piga-") as folder:
        yield Path(folder) / "home"


@contextmanager
def _started(servers: Settings, database: DatabaseUrls, home: Path) -> Iterator[DemoPiga]:
    redis_url = emptied(servers, REDIS_FIRST)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        "PIGA_HOME": str(home),
        "PORT": str(port),
        "PIGA_DEMO": "1",
        "DATABASE_URL": database.database_url,
        "PIGA_OWNER_URL": database.owner_url,
        "PIGA_RELAY_URL": database.relay_url,
        "PIGA_VERIFY_URL": database.verify_url,
        "REDIS_URL": redis_url,
        "PIGA_KEY": KEY,
        "WEB_WORKERS": "1",
    }
    output = home.parent / "output"
    command = [sys.executable, "-m", "app.cli", "run"]
    with open(output, "wb") as said:
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=os.environ | env, stdout=said, stderr=said
        )
    try:
        until = time.monotonic() + READY_WITHIN_S
        while "piga: ready" not in output.read_text():
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < until, output.read_text()
            time.sleep(0.05)
        found = running(Settings(home=home, port=port))
        assert found is not None
        found_by = {"PIGA_HOME": str(home), "PORT": str(port)}
        yield DemoPiga(found, home, output, found_by, env)
    finally:
        process.terminate()
        process.wait(STOP_WITHIN_S)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def phone(context: BrowserContext, demo_piga: DemoPiga) -> Iterator[Phone]:
    phone = Phone(context.new_page(), demo_piga.url)
    yield phone
    assert phone.faults == []
