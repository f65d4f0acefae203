"""Become a program that ends with its parent, and that is not root.

    python -I -S launch.py PARENT SIGNAL USER FOLDER PROGRAM [ARGUMENT …]

PARENT is the pid that must still be the parent, SIGNAL what to get when it dies, USER whom root
becomes ("-": stay), FOLDER what that user must be able to reach besides PROGRAM ("-": nothing).
A program of its own, because doing this between fork and exec of a threaded process is not safe.
Standard library only, so that it starts in 15 ms. Linux keeps the promise about the parent;
elsewhere it is left out.
"""

import ctypes
import os
import pwd
import sys
from typing import NoReturn

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAP_SETPCAP = 8

EXIT_CANNOT_START = 126


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


_libc = ctypes.CDLL(None, use_errno=True)
_linux = hasattr(_libc, "prctl")


def fail(sentence: str) -> NoReturn:
    sys.stderr.write(f"FATAL: {sentence}\n")
    sys.exit(EXIT_CANNOT_START)


def drop_root(user: str) -> None:
    """Give up root for `user`, its groups included. What root may do stays within reach of
    `keep_capability` until the program is started, and is gone then."""
    entry = pwd.getpwnam(user)
    if _linux:
        _libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def keep_capability(capability: int) -> bool:
    """Keep one of root's capabilities for the program to be started. False where that is denied."""
    if not _linux or not _use_capabilities(CAP_SETPCAP):
        return False
    # Else access(2), with which Postgres looks at its own files, would not count capabilities.
    if _libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) != 0:
        return False
    if not _use_capabilities(capability):
        return False
    raised: int = _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)
    return raised == 0


def _use_capabilities(capability: int) -> bool:
    """Make one of those that are permitted effective and inheritable, and no other."""
    header = _Header(CAPABILITY_VERSION_3, 0)
    data = (_Data * 2)()
    if _libc.capget(ctypes.byref(header), data) != 0:
        return False
    for word in data:
        word.effective = word.inheritable = 0
    data[0].effective = data[0].inheritable = 1 << capability
    set_: int = _libc.capset(ctypes.byref(header), data)
    return set_ == 0


def die_with(parent: int, death_signal: int) -> None:
    """Ask the kernel for `death_signal` when the parent dies; end now if it is dead already."""
    if _linux:
        _libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def become(command: list[str], folder: str, parent: int, death_signal: int) -> bool:
    """Become `command`. False when a permission is missing; anything else that fails is final."""
    try:
        if folder != "-":
            os.stat(folder)
        die_with(parent, death_signal)  # here: the kernel forgets it when the user changes
        os.execv(command[0], command)  # noqa: S606
    except PermissionError:
        return False
    except OSError as error:
        fail(f"cannot start {command[0]}: {error.strerror}")


def main(arguments: list[str]) -> NoReturn:
    parent, death_signal, user, folder, *command = arguments
    if user != "-":
        drop_root(user)
    goal = (command, folder, int(parent), int(death_signal))
    become(*goal)
    # A folder on the way is closed to this user, as a home of mode 0700 is. Rather than open it,
    # let this one program pass: the weaker capability first.
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if keep_capability(capability):
            become(*goal)
    fail(f"user {user} cannot reach {command[0]} or {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
