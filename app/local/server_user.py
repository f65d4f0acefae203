"""Who the embedded servers and our own processes are when root starts Piga: nobody else.

Database servers refuse to be root. An account that others share, such as `nobody`, would hand the
books to each of its other processes, so the servers get a number without a name, as systemd's
DynamicUser does; and our own processes get another, which holds PIGA_KEY and owns no data. Folders
on the way that are closed, as root's home is, are opened for that group alone, to pass through: an
entry in their access control list.
"""

import contextlib
import errno
import fcntl
import grp
import hashlib
import os
import pwd
import stat
import struct
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

# The range that systemd reserves for such users; a container's map of ids ends at 65535.
UID_FIRST = 61184
UID_COUNT = 4336
PASSER_BY = "nobody"  # makes a new data folder, since `initdb` wants a user with a name

ACL = "system.posix_acl_access"
ACL_VERSION = struct.pack("<I", 2)
ACL_ENTRY = struct.Struct("<HHI")  # tag, permissions, id
USER_OBJ, GROUP_OBJ, GROUP, MASK, OTHER = 0x01, 0x04, 0x08, 0x10, 0x20
NO_ID = 0xFFFFFFFF
PASS = 0o1  # a folder's x: to pass through it


class ServerUser(NamedTuple):
    """Numbers of a user, of its group, and of other groups that it is in."""

    uid: int
    gid: int
    others: tuple[int, ...] = ()

    def __str__(self) -> str:
        return ":".join((str(self.uid), ",".join(map(str, (self.gid, *self.others)))))


def server_user(data: Path) -> ServerUser | None:
    """Who serves the data folder `data`, which may not exist yet. None where we are not root.

    Whose the folder is stays its user; a new one gets a number made from its path.
    """
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(FileNotFoundError):
        owner = data.stat().st_uid
        if UID_FIRST <= owner < UID_FIRST + UID_COUNT:
            return ServerUser(owner, owner)
    number = _number_of(data.parent)
    return ServerUser(number, number)


def process_user(home: Path, sockets: Iterable[Path]) -> ServerUser | None:
    """Who our own processes of that PIGA_HOME are. None where we are not root.

    In the groups of the folders `sockets` and of the sockets in them, so that what is open to a
    server's group is open to them.
    """
    if os.geteuid() != 0:
        return None
    servers = [server_user(home / name) for name in ("postgres", "valkey")]
    number = _number_of(home / "processes", taken={user.uid for user in servers if user})
    groups = {path.stat().st_gid for folder in sockets for path in (folder, *folder.iterdir())}
    return ServerUser(number, number, tuple(sorted(groups - {0})))


def _number_of(path: Path, taken: Collection[int] = ()) -> int:
    """A number without a name that is made from the path, and is none of those taken."""
    digest = hashlib.sha256(os.fsencode(path)).digest()
    start = int.from_bytes(digest[:4])
    for step in range(UID_COUNT):
        number = UID_FIRST + (start + step) % UID_COUNT
        if number not in taken and not _has_name(number):
            return number
    raise LookupError("every number for a user of Piga's has a name")


def maker_of_data(user: ServerUser) -> ServerUser:
    """Who runs `initdb` for `user`: somebody with a name, in the group of `user` alone."""
    return ServerUser(pwd.getpwnam(PASSER_BY).pw_uid, user.gid)


def give_tree(top: Path, user: ServerUser) -> None:
    """Make a folder and all that is in it the user's. Links are changed, not followed."""
    for folder, _, files in os.walk(top):
        for name in files:
            os.lchown(os.path.join(folder, name), user.uid, user.gid)
        os.lchown(folder, user.uid, user.gid)


def let_pass(path: Path, gid: int) -> None:
    """Let the group pass through the closed folders above `path`, and do nothing else in them.

    Where a file system has no access control lists, they stay closed.
    """
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & PASS:
            fd = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX)  # somebody else may add to it as well
                _allow_pass(fd, mode, gid)
            except OSError as fault:
                if fault.errno not in (errno.EOPNOTSUPP, errno.EPERM, errno.EROFS):
                    raise
            finally:
                os.close(fd)


def _allow_pass(folder: int, mode: int, gid: int) -> None:
    entries = {
        (tag, number): rights
        for tag, rights, number in ACL_ENTRY.iter_unpack(_acl(folder, mode)[len(ACL_VERSION) :])
    }
    # The mask goes with a change of the folder's mode, and the entry alone allows nothing.
    if entries.get((GROUP, gid), 0) & entries.get((MASK, NO_ID), 0) & PASS:
        return
    group_class = [rights for (tag, _), rights in entries.items() if tag == GROUP_OBJ]
    entries.setdefault((MASK, NO_ID), group_class[0])
    entries[MASK, NO_ID] |= PASS
    entries[GROUP, gid] = entries.get((GROUP, gid), 0) | PASS
    packed = [ACL_ENTRY.pack(tag, rights, id_) for (tag, id_), rights in sorted(entries.items())]
    os.setxattr(folder, ACL, ACL_VERSION + b"".join(packed))


def _acl(folder: int, mode: int) -> bytes:
    """The list as the kernel keeps it; where there is none, the one that the mode stands for."""
    if not hasattr(os, "getxattr"):
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
    with contextlib.suppress(OSError):
        return os.getxattr(folder, ACL)
    bits = stat.S_IMODE(mode)
    shown = ((USER_OBJ, bits >> 6), (GROUP_OBJ, bits >> 3), (OTHER, bits))
    return ACL_VERSION + b"".join(ACL_ENTRY.pack(tag, rights & 7, NO_ID) for tag, rights in shown)


def _has_name(number: int) -> bool:
    for look in (pwd.getpwuid, grp.getgrgid):
        with contextlib.suppress(KeyError):
            look(number)
            return True
    return False
