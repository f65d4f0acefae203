"""The tutorial, carried out block by block on real servers; then what the README says to try."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings
from tests.docs.checkout import Checkout
from tests.docs.pages import CHECKOUT, DOCS, blocks, commands
from tests.support.servers import DatabaseUrls

KEY = bytes(range(32)).hex()
START = "make run"


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
    code = []

    with contextlib.ExitStack() as stack:
        for block in blocks(DOCS / "tutorial.md"):
            if block.language != "console":
                checkout.write(block)
                code += [block.info] if block.language == "python" else []
                continue
            for command in commands(block):
                if command.line == START:
                    stack.enter_context(checkout.running())
                else:
                    checkout.run(command)
        for step in (["check"], ["format", "--check"]):
            ruff = [sys.executable, "-m", "ruff", *step, "--no-cache", *code]
            subprocess.run(ruff, cwd=checkout.folder, check=True)
        for block in blocks(CHECKOUT / "README.md"):
            for command in commands(block):
                if command.piga is not None:
                    checkout.run(command)
