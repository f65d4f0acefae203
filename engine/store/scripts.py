"""The store's Lua scripts, one file each under `lua/`: their first lines say what they take."""

import hashlib
from pathlib import Path
from typing import Final, NamedTuple

_FOLDER: Final = Path(__file__).parent / "lua"


class Script:
    """A script, and the hash that a server knows it by once it has run it."""

    __slots__ = ("sha", "source")

    def __init__(self, name: str) -> None:
        self.source: Final = (_FOLDER / f"{name}.lua").read_bytes()
        self.sha: Final = hashlib.sha1(self.source, usedforsecurity=False).hexdigest().encode()


class Call(NamedTuple):
    """A script with its keys and arguments."""

    script: Script
    keys: tuple[str, ...]
    arguments: tuple[str | bytes | int, ...] = ()


CLEAR: Final = Script("clear")
OPEN: Final = Script("open")
SAVE: Final = Script("save")
TAKE_OVER: Final = Script("take_over")
UNLOCK: Final = Script("unlock")
FIRST_TO_TELL: Final = Script("first_to_tell")
