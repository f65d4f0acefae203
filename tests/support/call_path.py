"""How often a call path comes back to a file that it had left: how far a reader must jump."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = Path(__file__).parents[2]
_NOT_OURS = (".venv", "tests")


def stays(act: Callable[[], Any]) -> list[str]:
    """The files of ours that calls lead into, in order; calls within one file are one stay."""
    found: list[str] = []

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            file = _file_of(frame.f_code)
            if file and (not found or found[-1] != file):
                found.append(file)

    sys.setprofile(profile)
    try:
        act()
    finally:
        sys.setprofile(None)
    return found


def returns(path: list[str]) -> int:
    """How many stays are in a file that was left before."""
    return len(path) - len(set(path))


def _file_of(code: CodeType) -> str:
    try:
        file = Path(code.co_filename).relative_to(ROOT)
    except ValueError:
        return ""
    return "" if file.parts[0] in _NOT_OURS else str(file)
