"""Files at the fake of Twilio: behind the account's key, which sends on to a signed address of a
store. That takes no key: beside its own signature it is a bad request."""

from __future__ import annotations

import re
import secrets

from werkzeug.wrappers import Request, Response

from providers.twilio.callbacks import new_sid

FILES_MAXIMUM = 64
MEDIA = re.compile(
    r"/2010-04-01/Accounts/([A-Za-z0-9_-]{1,64})/Messages/[SM]M[0-9a-f]{32}/Media/(ME[0-9a-f]{32})"
)
STORE = "/store/"


class Files:
    """What people sent."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[bytes, str]] = {}
        self._signed: dict[str, str] = {}

    def keep(self, content: bytes, mime_type: str) -> str:
        """Keep a file; the oldest goes where there are too many. Its id."""
        while len(self._files) >= FILES_MAXIMUM:
            del self._files[next(iter(self._files))]
        id = new_sid("ME")
        self._files[id] = (content, mime_type)
        return id

    def send_on(self, request: Request, prefix: str, id: str) -> Response:
        """Where a file is, for who showed the account's key."""
        if id not in self._files:
            return Response("", 404)
        name = secrets.token_urlsafe(16)
        self._signed[name] = id
        location = f"{request.host_url.rstrip('/')}{prefix}{STORE}{name}"
        return Response("", 307, {"Location": location})

    def stored(self, request: Request, name: str) -> Response:
        """A file at its signed address, which is good once."""
        if "Authorization" in request.headers:
            return Response("<Error><Code>InvalidArgument</Code></Error>", 400)
        content, mime_type = self._files.get(self._signed.pop(name, ""), (b"", ""))
        return Response(content, 200 if mime_type else 403, content_type=mime_type or None)
