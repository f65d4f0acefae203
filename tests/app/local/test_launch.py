"""Programs that end with their parent, and that are not root."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.local import process_table
from app.local.server import LAUNCH
from app.local.server_user import let_pass

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
def test_root_becomes_a_number_without_rights() -> None:
    said = launch(
        SHELL,
        "-c",
        "id -u; id -G; grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status",
        user="61200:61201",
    ).split()
    assert said[:2] == ["61200", "61201"]
    assert said[3::2] == ["0" * 16] * 4


@root
def test_a_closed_folder_is_passed_through_by_one_group_and_read_by_none(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "data").mkdir(parents=True)
    (closed / "data" / "file").write_text("read\n")
    closed.chmod(0o700)
    us, others = "61200:61200", "61200:61201"
    try_all = f"cat {closed}/data/file; ls {closed}; touch {closed}/new; true"
    refused = launch(SHELL, "-c", try_all, user=us, folder=str(closed / "data"))
    assert "cannot reach" in refused
    let_pass(closed / "data", 61200)
    closed.chmod(0o700)  # which takes the mask away that the entry needs
    let_pass(closed / "data", 61200)
    said = launch(SHELL, "-c", try_all, user=us, folder=str(closed / "data"))
    assert said.startswith("read\n")
    assert said.count("Permission denied") == 2
    assert "cannot reach" in launch(SHELL, "-c", try_all, user=others, folder=str(closed / "data"))
    assert closed.stat().st_mode & 0o707 == 0o700


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
