"""Programs of npm that tests speak with: installed as a lock file says, beside their scripts."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def missing(why: str) -> None:
    """Skip the test; in CI fail."""
    if os.environ.get("PIGA_NEED_PEERS") == "1":
        pytest.fail(why)
    pytest.skip(why)


def install(scripts: Path, folder: Path) -> Path:
    """The scripts with what their lock file names, in this folder."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        missing("node and npm are not installed: apt-get install nodejs npm")
    for path in scripts.iterdir():
        shutil.copy(path, folder)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        missing(f"npm could not install what {scripts} names: {done.stderr[-300:]}")
    return folder
