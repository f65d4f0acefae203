"""Programs that end with their parent, and that are not root."""

import os
import pwd
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.local import process_table
from app.local.server import LAUNCH

root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
SHELL = "/bin/sh"


def launch(*command: str, user: str = "-", folder: str = "-", parent: int | None = None) -> str:
    arguments = [str(parent or os.getpid()), str(int(signal.SIGKILL)), user, folder, *command]
    answer = subprocess.run(
        [sys.executable, "-I", "-S", str(LAUNCH), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout + answer.stderr


@root
def test_root_becomes_somebody_without_rights() -> None:
    said = launch(
        SHELL, "-c", "id -u; id -G; grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status", user="nobody"
    ).split()
    nobody = pwd.getpwnam("nobody")
    assert said[:2] == [str(nobody.pw_uid), str(nobody.pw_gid)]
    assert said[3::2] == ["0" * 16] * 4


@root
def test_a_closed_folder_is_passed_through_and_left_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "data").mkdir(parents=True)
    (closed / "data" / "file").write_text("read\n")
    closed.chmod(0o700)
    said = launch(
        SHELL,
        "-c",
        f"cat {closed}/data/file; test -r {closed}/data/file && echo sees; "
        f"touch {closed}/new 2>/dev/null || echo 'cannot write'; id -u",
        user="nobody",
        folder=str(closed / "data"),
    )
    assert said.split("\n")[:3] == ["read", "sees", "cannot write"]
    assert said.split("\n")[3] == str(pwd.getpwnam("nobody").pw_uid)
    assert closed.stat().st_mode & 0o777 == 0o700


def test_a_missing_program_is_a_sentence() -> None:
    assert launch("/no/such") == "FATAL: cannot start /no/such: No such file or directory\n"


def test_nothing_starts_for_a_parent_that_is_gone() -> None:
    assert launch(SHELL, "-c", "echo started", parent=2**22 - 1) == ""
    assert launch(SHELL, "-c", "echo started") == "started\n"


def test_a_program_ends_with_its_parent() -> None:
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-I', '-S', sys.argv[1], str(os.getpid()), '9',"
        " '-', '-', '/bin/sleep', '60'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(LAUNCH)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        until = time.monotonic() + 10
        while not Path(f"/proc/{child}/comm").read_text().startswith("sleep"):
            assert time.monotonic() < until
            time.sleep(0.02)
        parent.kill()
    while process_table.is_alive(child):
        assert time.monotonic() < until
        time.sleep(0.02)
