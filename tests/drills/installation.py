"""An installation with its own home and no demo, worked by its commands as an operator does."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.local.embedded import ensure
from app.settings import CHECKOUT, Settings


class Installation:
    """`home` is its PIGA_HOME; made and migrated by `prepared`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PIGA_", "DATABASE_", "REDIS_"))
        } | {"PIGA_HOME": str(home), "PIGA_DEMO": "0"}

    def piga(self, *arguments: str, fails: bool = False) -> str:
        """What a command says."""
        ran = subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        said = ran.stdout + ran.stderr
        assert (ran.returncode != 0) is fails, said
        return said

    @contextmanager
    def following(self, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
        """`piga backup follow`, until the end of the block, or until it is killed."""
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "backup", "follow", str(folder)],
            cwd=CHECKOUT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)

    @contextmanager
    def running(self) -> Iterator[Settings]:
        """Its servers, running."""
        with ensure(Settings.load(self.environment)) as settings:
            yield settings


def superuser(settings: Settings) -> str:
    """The address of the embedded Postgres for who may see all of it."""
    return settings.owner_url.replace("piga_owner@", "postgres@", 1)
