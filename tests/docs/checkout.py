"""A copy of this checkout that a page's blocks are carried out in, as a reader would."""

import contextlib
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import redis

from tests.docs.pages import CHECKOUT, Block, Command
from workers.jobs.kinds import QUEUES

COMMAND_TIMEOUT_S = 240
START_TIMEOUT_S = 180
STOP_TIMEOUT_S = 40
ANYTHING = "…"  # within a line; a line of nothing else stands for any lines

# The environment's own Python with the copy's code; a real setup would install it all again.
_PYTHON = '#!/bin/sh\nPYTHONPATH={copy} exec {python} "$@"\n'
_PIGA = '#!/bin/sh\nPYTHONPATH={copy} exec {python} -m app.cli "$@"\n'


class Checkout:
    """The copy, with an environment of its own: `variables` are all of Piga's that it has."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self._log = folder / "run.log"
        ignored = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info")
        shutil.copytree(CHECKOUT, folder, ignore=ignored)
        binaries = folder / ".venv" / "bin"
        binaries.mkdir(parents=True)
        for name, script in (("python", _PYTHON), ("piga", _PIGA)):
            words = {"copy": shlex.quote(str(folder)), "python": shlex.quote(sys.executable)}
            (binaries / name).write_text(script.format(**words))
            (binaries / name).chmod(0o755)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME", "PIGA_TEST_PG_BIN")
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        # Beside the copy, since what is in it is compared: to compile it all in each process
        # would take most of the time.
        compiled = folder.with_name(f"{folder.name}.compiled")
        self.environment |= {"PORT": str(port), "PYTHONPYCACHEPREFIX": str(compiled), **variables}

    def write(self, block: Block) -> None:
        """Do what a block with a file's name says: the file, what is added to it, or a change."""
        file = self.folder / block.info
        if block.language == "diff":
            file.write_text(_changed(file.read_text("utf-8"), block), "utf-8")
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        if block.language == "po":
            with file.open("a", encoding="utf-8") as catalogue:
                catalogue.write(f"\n{block.text}")
            return
        assert not file.exists(), f"{block}: {block.info} exists already"
        file.write_text(block.text, "utf-8")
        if file.suffix == ".py":
            (file.parent / "__init__.py").touch()

    def run(self, command: Command) -> None:
        """Carry a command out, and compare what it prints with what the page shows."""
        done = subprocess.run(
            ["/bin/sh", "-c", command.line],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{self._said()}"
        if command.output and not re.fullmatch(_pattern(command.output), done.stdout):
            shown = f"says\n{command.output}\nand prints\n{done.stdout}"
            raise AssertionError(f"{command}\n{shown}\n{self._said()}")

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """`make run`, without setting up again what is set up here."""
        with self._log.open("w") as output:
            supervisor = subprocess.Popen(
                [str(self.folder / ".venv/bin/piga"), "run"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                until = time.monotonic() + START_TIMEOUT_S
                while not ("piga: ready" in self._said() and self._has_workers()):
                    assert supervisor.poll() is None, self._said()
                    assert time.monotonic() < until, self._said()
                    time.sleep(0.05)
                yield
            finally:
                supervisor.send_signal(signal.SIGINT)
                try:
                    supervisor.wait(STOP_TIMEOUT_S)
                finally:
                    supervisor.kill()
                    supervisor.wait()
        assert not re.search(r"ALARM|ERROR|Traceback", self._said()), self._said()

    def _has_workers(self) -> bool:
        """They start once people are served; a receipt is not waited for any longer than usual."""
        with redis.Redis.from_url(self.environment["REDIS_URL"]) as connection:
            return bool(connection.scard("rq:workers") >= len(QUEUES))

    def _said(self) -> str:
        """What the running Piga has said so far."""
        return self._log.read_text() if self._log.exists() else ""


def _changed(text: str, block: Block) -> str:
    for hunk in block.text.split("@@\n")[1:]:
        lines = [(line[:1], line[1:]) for line in hunk.splitlines(keepends=True)]
        old = "".join(line for sign, line in lines if sign != "+")
        new = "".join(line for sign, line in lines if sign != "-")
        assert text.count(old) == 1, f"{block}: fits {text.count(old)} places:\n{old}"
        text = text.replace(old, new)
    return text


def _pattern(shown: str) -> str:
    lines = [
        "(?:.*\n)*?" if line == ANYTHING else re.escape(line).replace(ANYTHING, ".*") + "\n"
        for line in shown.splitlines()
    ]
    return "".join(lines)
