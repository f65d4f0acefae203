"""Become a program that ends with its parent, and that is not root.

    python -I -S launch.py PARENT SIGNAL USER FOLDER PROGRAM [ARGUMENT …]

PARENT is the pid that must still be the parent, SIGNAL what to get when it dies, USER whom root
becomes (UID:GID[,GID …]; "-": stay), FOLDER what that user must be able to read ("-": nothing).
A program of its own, because doing this between fork and exec of a threaded process is not safe.
Standard library only, so that it starts in 15 ms. Linux keeps the promise about the parent;
elsewhere it is left out.
"""

import ctypes
import os
import sys
from typing import NoReturn

PR_SET_PDEATHSIG = 1
EXIT_CANNOT_START = 126

_libc = ctypes.CDLL(None, use_errno=True)
_linux = hasattr(_libc, "prctl")


def fail(sentence: str) -> NoReturn:
    sys.stderr.write(f"FATAL: {sentence}\n")
    sys.exit(EXIT_CANNOT_START)


def drop_root(user: str) -> None:
    """Give up root for UID:GID[,GID …], with its groups and all that it may do."""
    uid, groups = user.split(":")
    gid, *others = map(int, groups.split(","))
    try:
        os.setgroups(others)
        os.setgid(gid)
        os.setuid(int(uid))
    except OSError as error:
        fail(f"root cannot become user {user}: {error.strerror}")


def die_with(parent: int, death_signal: int) -> None:
    """Ask the kernel for `death_signal` when the parent dies; end now if it is dead already."""
    if _linux:
        _libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


def main(arguments: list[str]) -> NoReturn:
    parent, death_signal, user, folder, *command = arguments
    if user != "-":
        drop_root(user)
    die_with(int(parent), int(death_signal))  # here: the kernel forgets it when the user changes
    try:
        if folder != "-":
            os.listdir(folder)
        os.execv(command[0], command)  # noqa: S606
    except PermissionError as error:
        fail(
            f"user {user} cannot reach {error.filename or command[0]}: open the folders above it"
            " (chmod o+x), or start Piga as another user than root"
        )
    except OSError as error:
        fail(f"cannot start {command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
