"""The tutorial, carried out block by block on real servers in a fresh copy of the checkout; then
what the README says to try, and the checks."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings
from tests.docs.checkout import Checkout
from tests.docs.pages import CHECKOUT, DOCS, blocks, commands
from tests.docs.test_build_a_domain import content
from tests.support.servers import DatabaseUrls

KEY = bytes(range(32)).hex()
START = "make run"
# What `make check` begins with; its tests see what they saw before, since no file has changed.
CHECKS = (
    ["ruff", "format", "--check", "--no-cache", "."],
    ["ruff", "check", "--no-cache", "."],
    # Piga's own folder of flows leaves out RUF012, too: a flow's map is a list of its class.
    ["ruff", "check", "--no-cache", "--config", "pyproject.toml", "--ignore", "RUF012", "../ours"],
    ["ruff", "format", "--check", "--no-cache", "--config", "pyproject.toml", "../ours"],
)


@pytest.mark.long
def test_what_the_pages_say_works(tmp_path: Path, database: DatabaseUrls, redis_url: str) -> None:
    variables = Settings(
        home=tmp_path / "home",
        demo=True,
        database_url=database.database_url,
        owner_url=database.owner_url,
        relay_url=database.relay_url,
        verify_url=database.verify_url,
        redis_url=redis_url,
        key=KEY,
    ).variables()
    del variables["PORT"], variables["HOST"]
    checkout = Checkout(tmp_path / "piga", variables)
    migrate = [one for block in blocks(DOCS / "howto/run-in-production.md")
               if block.language == "console" for one in commands(block)
               if one.piga == ["migrate"]]  # fmt: skip
    checkout.run(migrate[0])  # as `make run` had done, once
    before = content(checkout.folder)

    with contextlib.ExitStack() as stack:
        for block in blocks(DOCS / "tutorial.md"):
            if block.language != "console":
                checkout.write(block)
                continue
            for command in commands(block):
                if command.line.startswith("export "):
                    name, _, value = command.line.removeprefix("export ").partition("=")
                    checkout.environment[name] = value
                elif command.line == START:
                    stack.enter_context(checkout.running())
                else:
                    checkout.run(command)
        for block in blocks(CHECKOUT / "README.md"):
            for command in commands(block):
                if command.piga is not None:
                    checkout.run(command)

    assert content(checkout.folder) == before
    for check in CHECKS:
        subprocess.run([sys.executable, "-m", *check], cwd=checkout.folder, check=True)
    piga = [str(checkout.folder / ".venv/bin/piga"), "check"]
    subprocess.run(piga, cwd=checkout.folder, env=checkout.environment, check=True)
