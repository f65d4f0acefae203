"""Files at the fake of Twilio: behind the account's key, which sends on to a signed address of a
store. That takes no key: beside its own signature it is a bad request."""

from __future__ import annotations

import re
import secrets

import requests
from werkzeug.wrappers import Request, Response

from providers.simulator.loopback import is_loopback_url
from providers.transport import session

FILES_MAXIMUM = 64
FETCH_TIMEOUT_S = (2.0, 10.0)
BYTES_MAXIMUM = 16 * 2**20
SORTS = re.compile(
    r"image/(jpeg|png|webp)|audio/(ogg|amr|3gpp|aac|mpeg|mp4)|video/mp4|application/(pdf|msword|vnd\..+)"
    r"|text/(vcard|csv|plain)"
)
NOT_HAD, NO_SUCH_SORT, TOO_LARGE = "63019", "12300", "63034"
MEDIA = re.compile(
    r"/2010-04-01/Accounts/([A-Za-z0-9_-]{1,64})/Messages/[SM]M[0-9a-f]{32}/Media/(ME[0-9a-f]{32})"
)
STORE = "/store/"


class Files:
    """What people sent."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[bytes, str]] = {}
        self._signed: dict[str, str] = {}
        # What was fetched of ours, by its address.
        self.fetched: dict[str, tuple[bytes, str]] = {}

    def keep(self, content: bytes, mime_type: str) -> str:
        """Keep a file; the oldest goes where there are too many. Its id."""
        while len(self._files) >= FILES_MAXIMUM:
            del self._files[next(iter(self._files))]
        id = "ME" + secrets.token_hex(16)
        self._files[id] = (content, mime_type)
        return id

    def fetch(self, url: str, inside: str) -> str:
        """Get a file of ours, by `inside`, where its address leads. The error's code; '' for one
        that may be sent on, and for one that is elsewhere: a fake asks this machine only."""
        if not is_loopback_url(inside):
            return ""
        try:
            with session(trust_env=False) as client:
                answer = client.get(inside, timeout=FETCH_TIMEOUT_S)
        except requests.RequestException:
            return NOT_HAD
        if answer.status_code != 200:
            return NOT_HAD
        mime_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if not SORTS.fullmatch(mime_type):
            return NO_SUCH_SORT
        if len(answer.content) > BYTES_MAXIMUM:
            return TOO_LARGE
        while len(self.fetched) >= FILES_MAXIMUM:
            del self.fetched[next(iter(self.fetched))]
        self.fetched[url] = (answer.content, mime_type)
        return ""

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
