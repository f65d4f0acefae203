"""The texts that fakes accepted: in memory, and in a file that survives a restart."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypedDict


@dataclass(slots=True)
class Text:
    """An accepted text. `at` is ISO 8601 UTC; `plan` are the statuses its reports will carry, in
    the provider's words, and `final` the first that nothing follows, once it was reported. `code`
    is what the provider said of it at once; `arrives`: it reaches the handset. `report_url` is
    where its reports go, if the request said so."""

    id: str
    at: str
    username: str
    sender: str
    to: str
    text: str
    code: int
    plan: list[str] = field(default_factory=list)
    failure: str = ""
    arrives: bool = True
    report_url: str = ""
    reported: list[str] = field(default_factory=list)
    final: str = ""

    @property
    def status(self) -> str:
        """The final status that was reported, else the last one, else Sent."""
        return self.final or (self.reported[-1] if self.reported else "Sent")

    def note(self, status: str, final: bool) -> None:
        self.reported.append(status)
        if final:
            self.final = self.final or status


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
        self._path = path
        self._file: BinaryIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            whole = self._load(path) if path.exists() else 0
            self._file = _opened(path, whole)

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
                self._texts[entry["id"]].note(entry["status"], entry["final"])
        return whole

    def add(self, text: Text) -> None:
        """Keep a text; it is in the file before this returns."""
        with self._lock:
            self._texts[text.id] = text
            self._write(asdict(text))

    def report(self, message_id: str, status: str, *, final: bool) -> None:
        """Note that a report was delivered to us, unless the text was forgotten meanwhile."""
        with self._lock:
            text = self._texts.get(message_id)
            if text is not None:
                text.note(status, final)
                self._write({"id": message_id, "status": status, "final": final})

    def has(self, message_id: str) -> bool:
        with self._lock:
            return message_id in self._texts

    def forget(self, unwanted: Callable[[Text], bool]) -> None:
        """Drop texts, and what the file says of them."""
        with self._lock:
            self._texts = {id: text for id, text in self._texts.items() if not unwanted(text)}
            if self._path is None or self._file is None:
                return
            # Written beside it and moved: a kill leaves the old file or the new one.
            beside = self._path.with_suffix(".new")
            self._file.close()
            self._file = _opened(beside, 0)
            for text in self._texts.values():
                self._write(asdict(text))
            os.replace(beside, self._path)

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


def _opened(path: Path, length_bytes: int) -> BinaryIO:
    """The file, cut to a length, to append to."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(handle, length_bytes)
    return os.fdopen(handle, "ab", buffering=0)
