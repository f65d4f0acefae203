"""The disk below PIGA_HOME gets full while people pay, and later has room again."""

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.local.embedded import ensure
from core.db.database import Database
from core.security.keyring import Keyring
from tests.faults import run
from tests.faults.traffic import Traffic, compare, wait
from tests.support.population import populate

SIZE_MB = 320  # room for a new database and its write-ahead log, and little more
FULL_S = 12.0
BACK_WITHIN_S = 90.0
CALLERS = 4
BLOCK = b"\0" * 65_536


@dataclass
class Outcome:
    """What the run came to; `faults` is empty when all is as it must be."""

    paid_before: int = 0
    paid_after: int = 0
    back_after_s: float = 0.0
    faults: list[str] = field(default_factory=list)


@contextlib.contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of its own of SIZE_MB. Raises OSError where this user may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="piga-disk-"))
    folder.chmod(0o711)
    mount = shutil.which("mount") or "/bin/mount"
    options = f"size={SIZE_MB}m,mode=0711"
    mounted = subprocess.run(
        [mount, "-t", "tmpfs", "-o", options, "piga-disk", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        if mounted.returncode != 0:
            raise OSError(mounted.stderr.strip())
        yield folder
    finally:
        if mounted.returncode == 0:
            subprocess.run([shutil.which("umount") or "/bin/umount", "-l", str(folder)], check=True)
        folder.rmdir()
        folder.with_suffix(".log").unlink(missing_ok=True)


def fill(folder: Path) -> None:
    """Leave no byte free."""
    with contextlib.suppress(OSError), open(folder / "filler", "ab", buffering=0) as file:
        while file.write(BLOCK):
            pass
    with contextlib.suppress(OSError), open(folder / "filler", "ab", buffering=0) as file:
        while file.write(b"\0" * 512):
            pass


def run_full_disk(full_s: float = FULL_S) -> Outcome:
    """Pay, fill the disk, remove log/, make room, and see that people pay again.

    Raises OSError where this user may not mount a file system.
    """
    outcome = Outcome()
    with small_disk() as folder:
        home = folder / "home"
        with run.running(home, folder.with_suffix(".log")) as (supervisor_pid, settings):
            with ensure(settings) as servers:
                database = Database(servers.database_url)
                keys = Keyring(servers.key_bytes)
                people = populate(database, keys, "ibimina", members=CALLERS)
                hook = run.hook_of(settings)
                with Traffic(hook, people.members) as traffic:
                    wait(lambda: traffic.paid >= CALLERS, BACK_WITHIN_S)
                    outcome.paid_before = traffic.paid
                    until = time.monotonic() + full_s
                    fill(folder)
                    shutil.rmtree(home / "log")
                    while time.monotonic() < until:
                        fill(folder)
                        time.sleep(0.5)
                    (folder / "filler").unlink()
                    room = time.monotonic()
                    had = traffic.paid
                    if not wait(lambda: traffic.paid >= had + CALLERS, BACK_WITHIN_S):
                        outcome.faults.append("nobody could pay again once there was room")
                    outcome.back_after_s = time.monotonic() - room
                    outcome.paid_after = traffic.paid - had
                outcome.faults += compare(servers, traffic.deals, people.tenant_id)
                if not wait(lambda: any((home / "log").glob("*.log")), 30):
                    outcome.faults.append("nothing is logged again")
                database.close()
            if not Path(f"/proc/{supervisor_pid}").exists():
                outcome.faults.append("the supervisor ended")
            outcome.faults += run.verify_ledger(settings)
    return outcome
