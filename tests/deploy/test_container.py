"""The container file: what a linter of its trade says, and what it promises of itself."""

import re
import subprocess
import sys
from pathlib import Path

from app.settings import CHECKOUT
from tests.test_wheel import ROOMS

FILE = CHECKOUT / "deploy" / "container" / "Containerfile"


def last_stage() -> str:
    return "FROM " + FILE.read_text().rpartition("\nFROM ")[2]


def test_the_linter_has_nothing_to_say() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    ran = subprocess.run([hadolint, FILE], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_what_it_copies_is_there_and_is_all_that_runs() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", FILE.read_text(), re.M)
    names = [name for line in copied for name in line.split()]
    assert all((CHECKOUT / name).exists() for name in names)
    assert set(ROOMS) <= set(names)
    let_in = (FILE.with_name("Containerfile.dockerignore")).read_text().splitlines()
    assert {f"!{name}" for name in names} <= set(let_in)


def test_it_runs_as_nobody_in_particular_and_says_how_it_is() -> None:
    stage = last_stage()
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", stage, re.M)
    assert "/healthz" in stage
    assert re.search(r"^HEALTHCHECK ", stage, re.M)
    assert re.search(r"^FROM python:3\.\d+-slim-\w+$", stage, re.M), "slim, and of a known release"
    assert "PIGA_DEMO=0" in stage
    assert not re.search(r"KEY|PASSWORD|SECRET", stage), "no secret is in an image"
    assert "--require-hashes" in FILE.read_text()
