"""The texts that the fake accepted: in memory, and in a file that survives the fake's restart."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypedDict

FINAL = ("Success", "Failed", "Rejected", "AbsentSubscriber", "Expired")


@dataclass(slots=True)
class Text:
    """An accepted text. `at` is ISO 8601 UTC; `plan` are the statuses its reports will carry."""

    id: str
    at: str
    username: str
    sender: str
    to: str
    text: str
    code: int
    plan: list[str] = field(default_factory=list)
    failure: str = ""
    reported: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        """The final status that was reported, else the last one, else Sent."""
        final = (status for status in self.reported if status in FINAL)
        return next(final, self.reported[-1] if self.reported else "Sent")

    @property
    def on_handset(self) -> bool:
        """Whether it reached the handset; without any report it is taken to have."""
        return not self.plan or "Success" in self.plan


class Twice(TypedDict):
    """The same text to the same number, accepted more than once."""

    to: str
    text: str
    ids: list[str]


class Texts:
    """Append-only: one JSON line for a text, one for a report. The file is its owner's alone."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._texts: dict[str, Text] = {}
        self._file = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            whole = self._load(path) if path.exists() else 0
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            os.ftruncate(handle, whole)
            self._file = os.fdopen(handle, "ab", buffering=0)

    def _load(self, path: Path) -> int:
        """Read what is there; the size in bytes up to a line torn by a kill."""
        whole = 0
        for line in path.read_bytes().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            entry = json.loads(line)
            if "reported" in entry:
                self._texts[entry["id"]] = Text(**entry)
            else:
                self._texts[entry["id"]].reported.append(entry["status"])
        return whole

    def add(self, text: Text) -> None:
        """Keep a text; it is in the file before this returns."""
        with self._lock:
            self._texts[text.id] = text
            self._write(asdict(text))

    def report(self, message_id: str, status: str) -> None:
        """Note that a report was delivered to us."""
        with self._lock:
            self._texts[message_id].reported.append(status)
            self._write({"id": message_id, "status": status})

    def _write(self, entry: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(entry, separators=(",", ":")).encode() + b"\n")

    def find(self, wanted: Callable[[Text], bool]) -> list[Text]:
        """The texts that are wanted, oldest first."""
        with self._lock:
            return [text for text in self._texts.values() if wanted(text)]

    def twice(self) -> list[Twice]:
        """Every text that one number was sent more than once."""
        seen: dict[tuple[str, str], list[str]] = {}
        for text in self.find(lambda _: True):
            seen.setdefault((text.to, text.text), []).append(text.id)
        return [
            Twice(to=to, text=words, ids=ids) for (to, words), ids in seen.items() if len(ids) > 1
        ]

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
