"""A wire's process, as the supervisor starts it: `piga wire NAME`."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

from app.settings import CHECKOUT
from tests.support.tenants import KEY
from tests.support.ussd import UssdTenant
from tests.support.waiting import until

STARTS_WITHIN_S = 20.0


class Wire:
    """The process of one account, which may be killed and started again."""

    def __init__(self, folder: Path, name: str, accounts: str) -> None:
        """`accounts` is the file of accounts."""
        self.name = name
        self.log = folder / f"wire-{name}.log"
        self._folder = folder
        self._file = folder / "accounts.toml"
        self._file.write_text(accounts, encoding="utf-8")
        self._file.chmod(0o600)
        self._process: subprocess.Popen[bytes] | None = None
        self._environment: dict[str, str] = {}

    def at(self, tenant: UssdTenant, redis_url: str) -> Self:
        self._environment = {
            "PIGA_HOME": str(self._folder),
            "PIGA_DEMO": "0",
            "PIGA_ACCOUNTS": str(self._file),
            "PIGA_KEY": KEY.hex(),
            "DATABASE_URL": tenant.urls.database_url,
            "REDIS_URL": redis_url,
        }
        return self

    def start(self) -> None:
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "wire", self.name],
                cwd=CHECKOUT,
                env=os.environ | self._environment,
                stdout=log,
                stderr=log,
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def until_said(self, words: str, times: int = 1) -> None:
        until(lambda: self._alive() and self.said().count(words) >= times, STARTS_WITHIN_S)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """As the supervisor does; its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _alive(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.said()
        return True
