"""Make .venv/ and install the locked packages and the `piga` command. Started by bin/setup.

Needs nothing but Python 3.11 and a package index; asks for nothing; does nothing when the lock
file, the checkout's place and the Python are those of the last time.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "piga-setup.json"
RUN_LOCK = CHECKOUT / "requirements.lock"
DEV_LOCK = CHECKOUT / "requirements-dev.lock"  # everything in the other, and more
NO_VENV = "Python's venv module is missing: install it (Debian, Ubuntu: apt install python3-venv)."
PYTHON_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
PIP_QUIET = ["--quiet", "--no-input", "--disable-pip-version-check"]

# Starts also where the path is too long for a first line, or has spaces in it.
COMMAND = """\
#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from {module} import {function}

if __name__ == "__main__":
    sys.exit({function}())
"""


def fail(sentence: str) -> NoReturn:
    sys.exit(f"Setting up failed. {sentence}")


def fingerprint(lock: Path) -> dict[str, str]:
    """What an installation of this lock file depends on."""
    project = (CHECKOUT / "pyproject.toml").read_bytes()
    return {
        "checkout": str(CHECKOUT),
        "python": PYTHON_VERSION,
        "locked": hashlib.sha256(lock.read_bytes()).hexdigest(),
        "project": hashlib.sha256(project + Path(__file__).read_bytes()).hexdigest(),
    }


def installed() -> dict[str, dict[str, str]]:
    """The fingerprints of the last time, by lock file; empty when nothing usable is there."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def is_done(lock: Path) -> bool:
    """Whether all of `lock` is installed, by itself or as a part of the development one."""
    before = installed()
    if not PYTHON.exists():
        return False
    if before.get(lock.name) == fingerprint(lock):
        return True
    return lock == RUN_LOCK and before.get(DEV_LOCK.name) == fingerprint(DEV_LOCK)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One set-up of this checkout at a time."""
    fd = os.open(CHECKOUT, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def run(command: list[str], hint: str) -> None:
    """Run it; on failure show the end of what it said, and the hint."""
    answer = subprocess.run(  # noqa: S603
        command,
        cwd=CHECKOUT,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if answer.returncode != 0:
        sys.stderr.write("\n".join(answer.stdout.splitlines()[-15:]) + "\n")
        fail(hint)


def works(*command: str) -> bool:
    try:
        answer = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    except OSError:
        return False
    return answer.returncode == 0


def belongs_here() -> bool:
    """Whether .venv/ works and was made for a checkout in this place, by this Python."""
    here = (str(CHECKOUT), PYTHON_VERSION)
    made_for = [(stamp["checkout"], stamp["python"]) for stamp in installed().values()]
    return works(str(PYTHON), "-I", "-c", "pass") and all(made == here for made in made_for)


def base_python() -> str:
    """The Python outside of any virtual environment that this one comes from."""
    found = getattr(sys, "_base_executable", None) or sys.executable
    return str(found)


def make_venv() -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(VENV)
    command = [base_python(), "-m", "venv", "--without-pip", str(VENV)]
    if not works(base_python(), "-c", "import venv"):
        fail(NO_VENV)
    run(command, "The environment .venv/ could not be made.")


def pip() -> list[str]:
    """The beginning of a pip command that installs into .venv/."""
    own = [str(PYTHON), "-m", "pip"]
    if works(*own, "--version"):
        return own
    if works(str(PYTHON), "-m", "ensurepip", "--default-pip") and works(*own, "--version"):
        return own
    pythons = [base_python(), "python3", *(f"python3.{minor}" for minor in range(14, 10, -1))]
    for outer in ([python, "-m", "pip"] for python in pythons):
        if works(*outer, "--python", str(PYTHON), "--version"):
            return [*outer, "--python", str(PYTHON)]
    fail(NO_VENV)


def install(lock: Path) -> None:
    command = [*pip(), "install", *PIP_QUIET, "--require-hashes", "-r", str(lock)]
    run(command, f"The packages of {lock.name} could not be installed; the lines above say why.")


def install_project() -> None:
    """Make this checkout importable in .venv/, and its commands callable.

    Written out rather than built: it needs no build tool, no network and no second copy.
    """
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    name, version = project["name"], project["version"]
    answer = subprocess.run(  # noqa: S603
        [str(PYTHON), "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    packages = Path(answer.stdout.strip())
    for old in [*packages.glob(f"__editable__*{name}*"), *packages.glob(f"{name}-*.dist-info")]:
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    (packages / f"{name}.pth").write_text(f"{CHECKOUT}\n")
    metadata = packages / f"{name}-{version}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (metadata / "INSTALLER").write_text("bin/setup\n")
    for command, target in project["scripts"].items():
        module, _, function = target.partition(":")
        script = VENV / "bin" / command
        script.write_text(COMMAND.format(python=PYTHON, module=module, function=function))
        script.chmod(0o755)


def main(arguments: list[str]) -> None:
    if arguments not in ([], ["dev"]):
        fail("Usage: bin/setup [dev]")
    lock = DEV_LOCK if arguments else RUN_LOCK
    if is_done(lock):
        return
    with alone():
        if is_done(lock):  # another one did it meanwhile
            return
        print(f"Setting up .venv/ from {lock.name} (once; about a minute) ...", flush=True)
        if not belongs_here():
            make_venv()
        before = installed()
        STAMP.unlink(missing_ok=True)  # a set-up cut short is not a set-up
        install(lock)
        install_project()
        stamp = {name: mark for name, mark in before.items() if name == RUN_LOCK.name}
        STAMP.write_text(json.dumps(stamp | {lock.name: fingerprint(lock)}))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except PermissionError as error:
        fail(f"{error.filename} cannot be used: it belongs to another user.")
    except KeyboardInterrupt:
        sys.exit(130)
