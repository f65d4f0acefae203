"""The fake companies as the run sees them: people write through them, and what reached whose
handset stands in the files that they keep."""

import json
import threading
import urllib.request
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SMS, WHATSAPP = "sms", "whatsapp"
SMS_NUMBER, WHATSAPP_NUMBER = "10384", "+250788000200"
FILES = {SMS: "africastalking-texts.jsonl", WHATSAPP: "meta-sent.jsonl"}
LOOKED_AT_EVERY_S = 0.1
ASKED_WITHIN_S = 30.0


@dataclass
class Copy:
    """What a company took for a handset: under its own id, and in this place of its file.

    `own_id` is Piga's id of it, where the wire carries that. `told` are the statuses that Piga
    took, in the company's words.
    """

    id: str
    channel: str
    sender: str
    to: str
    words: str
    own_id: str
    arrives: bool
    place: int
    told: list[str] = field(default_factory=list)
    final: str = ""


class Companies:
    """Drives the fakes' process over HTTP."""

    def __init__(self, url: str) -> None:
        self._url = url

    def write(self, channel: str, sender: str, words: str, *, copies: int = 1) -> str:
        """Somebody writes to the service of a channel; the webhook is posted `copies` times at
        least. Answers the company's id of the message."""
        place = "/phone/text" if channel == SMS else "/phone/whatsapp"
        to = SMS_NUMBER if channel == SMS else WHATSAPP_NUMBER
        body = {"from": sender, "to": to, "text": words, "copies": copies}
        return str(self._ask(place, body)["id"])

    def script(self, **wanted: Any) -> None:
        """What goes wrong from now on: see the fakes."""
        self._ask("/phone/faults", wanted)

    def log(self) -> dict[str, Any]:
        return self._ask("/phone/log")

    def _ask(self, place: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self._url + place,
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=ASKED_WITHIN_S) as answer:
            found = json.load(answer)
        assert isinstance(found, dict)
        return found


class Handsets:
    """Reads the files of the fakes along, while they are written."""

    def __init__(self, folder: Path) -> None:
        self._paths = {channel: folder / name for channel, name in FILES.items()}
        self._read_bytes = dict.fromkeys(FILES, 0)
        self._by_handset: dict[tuple[str, str], list[Copy]] = defaultdict(list)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self.copies: dict[str, Copy] = {}

    def __enter__(self) -> "Handsets":
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._stop.set()
        self._thread.join()

    def received(self, channel: str, number: str) -> list[Copy]:
        """What a handset shows on a channel, oldest first."""
        with self._lock:
            return [copy for copy in self._by_handset[channel, number] if copy.arrives]

    def all_told(self) -> bool:
        """Whether Piga has taken the last status of everything."""
        with self._lock:
            return all(copy.final for copy in self.copies.values())

    def look(self) -> None:
        """Read what is new."""
        with self._lock:
            for channel, path in self._paths.items():
                if path.exists():
                    self._read(channel, path)

    def _follow(self) -> None:
        while not self._stop.wait(LOOKED_AT_EVERY_S):
            self.look()

    def _read(self, channel: str, path: Path) -> None:
        with path.open("rb") as file:
            file.seek(self._read_bytes[channel])
            for line in file:
                if not line.endswith(b"\n"):  # it is being written
                    break
                self._read_bytes[channel] += len(line)
                self._take(channel, json.loads(line))

    def _take(self, channel: str, entry: dict[str, Any]) -> None:
        if "text" not in entry:
            copy = self.copies[entry["id"]]
            copy.told.append(entry["status"])
            if entry["final"]:
                copy.final = copy.final or entry["status"]
            return
        words, own_id = entry["text"], ""
        if channel == WHATSAPP:
            words, own_id = _read_chat(words)
        copy = Copy(
            *(entry["id"], channel, entry["sender"], entry["to"], words, own_id),
            arrives=entry["arrives"],
            place=len(self.copies),
        )
        self.copies[copy.id] = copy
        self._by_handset[channel, copy.to].append(copy)


def _read_chat(request: str) -> tuple[str, str]:
    """The words of a message as it was posted, and Piga's id of it."""
    wanted = json.loads(request)
    body = wanted.get("text") or wanted.get("interactive", {}).get("body") or {}
    return str(body.get("body") or body.get("text") or ""), wanted.get(
        "biz_opaque_callback_data", ""
    )
