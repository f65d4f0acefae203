"""The page on building a domain, carried out block by block on real servers.

The domain lies outside the checkout, none of Piga's files is changed, and a later release of Piga
is put under it."""

import contextlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.settings import Settings
from core.migrations.branches import CORE
from tests.docs.checkout import Checkout
from tests.docs.pages import DOCS, Block, Command, blocks, commands
from tests.support.servers import DatabaseUrls

PAGE = DOCS / "howto" / "build-a-domain.md"
START = "PIGA_DOMAINS=../ours/lost_card make run"
KEY = bytes(range(32)).hex()
LATER = '''"""A later release of Piga."""

from alembic import op

revision = "core_{number:04}"
down_revision = "core_{before:04}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE later_{number} (id int)")


def downgrade() -> None:
    op.drop_table("later_{number}")
'''


@pytest.mark.long
def test_the_domain_is_built_and_outlives_a_release(
    tmp_path: Path, database: DatabaseUrls, redis_url: str
) -> None:
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
    migrate = Block(PAGE, 0, "console", "", "$ .venv/bin/piga migrate\n")
    checkout.run(*commands(migrate))  # as `make run` had done, once
    before = content(checkout.folder)
    with contextlib.ExitStack() as stack:
        for block in blocks(PAGE):
            if block.language not in ("console", "") and block.info:
                checkout.write(block)
            for command in commands(block) if block.language == "console" else ():
                if command.line == START:
                    checkout.environment["PIGA_DOMAINS"] = "../ours/lost_card"
                    stack.enter_context(checkout.running())
                else:
                    checkout.run(command)
    assert content(checkout.folder) == before

    add_revisions(checkout.folder, 2)
    for command in every("pytest -q", "piga check"):
        # By now the check looks at the tenants of the database, too, and prints another count.
        checkout.run(replace(command, output=""))


def every(*parts: str) -> list[Command]:
    """The last command of the page with each of these words."""
    found = [
        one for block in blocks(PAGE) if block.language == "console" for one in commands(block)
    ]
    return [[one for one in found if part in one.line][-1] for part in parts]


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a checkout, but for what running it leaves behind."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "run.log" and "__pycache__" not in path.parts
    }


def add_revisions(checkout: Path, count: int) -> None:
    """What `git pull` may bring: more of the core's own revisions."""
    versions = checkout / CORE.relative_to(CORE.parents[2])
    newest = max(int(path.name.split("_")[1]) for path in versions.glob("core_*.py"))
    for number in range(newest + 1, newest + 1 + count):
        text = LATER.format(number=number, before=number - 1)
        (versions / f"core_{number:04}_later.py").write_text(text)
    shutil.rmtree(versions / "__pycache__", ignore_errors=True)
