"""Files at the fake of Meta: an id is described by an address that dies after five minutes, and
which wants the token as well."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

FILES_MAXIMUM = 64
ADDRESS_LIVES_S = 300
_ADDRESS = re.compile(r"/files/([0-9]{5,25})")


@dataclass(slots=True)
class File:
    """A file that was uploaded, or sent by a person."""

    content: bytes = field(repr=False)
    mime_type: str


class Files:
    """What is kept; `clock` says what time it is, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._files: dict[str, File] = {}
        self._key = secrets.token_bytes(16)
        self._lock = threading.Lock()

    def keep(self, content: bytes, mime_type: str) -> str:
        """Keep a file; the oldest goes where there are too many. Its id."""
        id = str(secrets.randbelow(9 * 10**14) + 10**14)
        with self._lock:
            while len(self._files) >= FILES_MAXIMUM:
                del self._files[next(iter(self._files))]
            self._files[id] = File(content, mime_type)
        return id

    def find(self, id: str) -> File | None:
        return self._files.get(id)

    def described(self, request: Request, id: str) -> dict[str, Any]:
        """What is said of a file that is kept, with an address of it from now on."""
        file, until = self._files[id], int(self._clock()) + ADDRESS_LIVES_S
        return {
            "messaging_product": "whatsapp",
            "url": f"{request.host_url}meta/files/{id}?ext={until}&hash={self._mark(id, until)}",
            "mime_type": file.mime_type,
            "sha256": hashlib.sha256(file.content).hexdigest(),
            "file_size": str(len(file.content)),
            "id": id,
        }

    def download(self, request: Request, path: str, *, may: bool) -> Response:
        """The bytes, while the address lives; `may`: the token is right."""
        if not may:
            return Response("", 401)
        found, until = _ADDRESS.fullmatch(path), request.args.get("ext", 0, type=int)
        file = self._files.get(found[1]) if found else None
        if found is None or file is None or until < self._clock():
            return Response("", 404)
        if not hmac.compare_digest(self._mark(found[1], until), request.args.get("hash", "")):
            return Response("", 404)
        return Response(file.content, content_type=file.mime_type)

    def _mark(self, id: str, until: int) -> str:
        return hmac.digest(self._key, f"{id} {until}".encode(), "sha256").hex()[:32]
