"""How much memory there is, and what of it a server should take."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

MB = 1 << 20
# Where a process is told its control groups, and where their limits lie: of either version.
MEMBERSHIP = Path("/proc/self/cgroup")
GROUPS = Path("/sys/fs/cgroup")

# An eighth leaves room for what else a machine does; a gigabyte holds the balances of some millions
# of people, and more is for who runs a Postgres of their own.
SHARED_BUFFERS_LEAST_MB = 128
SHARED_BUFFERS_MOST_MB = 1024
SHARED_BUFFERS_OF_MEMORY = 8


def shared_buffers_mb(memory_bytes: int | None = None) -> int:
    """What Postgres keeps of its data in memory, in megabytes."""
    memory_bytes = memory() if memory_bytes is None else memory_bytes
    part_mb = memory_bytes // SHARED_BUFFERS_OF_MEMORY // MB
    return max(SHARED_BUFFERS_LEAST_MB, min(SHARED_BUFFERS_MOST_MB, part_mb))


def memory(membership: Path = MEMBERSHIP, groups: Path = GROUPS) -> int:
    """The memory that this process may hope for, in bytes; 0 where nobody says."""
    known = []
    with contextlib.suppress(ValueError, OSError, AttributeError):
        known.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for limit in _limits(membership, groups):
        with contextlib.suppress(ValueError, OSError):
            known.append(int(limit.read_text()))  # "max", of none
    return min(known, default=0)


def _limits(membership: Path, groups: Path) -> Iterator[Path]:
    """Files of the limits of this process' control group and of those around it. A container sees
    its own group as the outermost one."""
    with contextlib.suppress(OSError):
        for line in membership.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            top, name = groups, "memory.max"
            if controllers == "memory":
                top, name = groups / "memory", "memory.limit_in_bytes"
            elif controllers:
                continue
            group = top / path.lstrip("/")
            for around in (group, *group.parents):
                if around.is_relative_to(top):
                    yield around / name
