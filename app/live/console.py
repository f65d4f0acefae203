"""What staff's pages show, as it changes: `/console/live`, server-sent events for who is signed in.

    data: work          something that waits for somebody has changed
    data: messages
    data: *             nothing was heard for a while: anything may have

A page asks for itself again when a word is among those that it names: what somebody may see is
decided there, and nothing of it goes through here.
"""

import asyncio
import uuid
from collections import defaultdict
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit

from app.live.hub import Hub
from app.settings import Settings
from core.db.database import Database, Deadline
from core.live.push import CONSOLE
from core.security.keyring import Keyring
from core.security.tokens import tenant_of
from core.staff import sessions
from providers.simulator.loopback import is_loopback_host

PATH: Final = "/console/live"
EVERYTHING: Final = "*"
# What changes so soon after the last change is told with others that do.
TOGETHER_S: Final = 0.25
WORD_CHARS_MAXIMUM: Final = 40
_SESSION: Final = "piga-console"
_LOOK_DEADLINE_S: Final = 5.0
_COOKIES_CHARS_MAXIMUM: Final = 8_192


class LiveConsole:
    """Who is let in, and what they are told."""

    def __init__(self, settings: Settings, database: Database, hub: Hub) -> None:
        self._is_demo = settings.demo
        self._database = database
        self._keys = Keyring(bytes.fromhex(settings.key)) if settings.key else None
        self._hub = hub
        self._changed: defaultdict[uuid.UUID, dict[str, None]] = defaultdict(dict)
        self._telling: asyncio.Task[None] | None = None

    async def tenant_of(self, headers: dict[bytes, bytes]) -> uuid.UUID | None:
        """Whose pages somebody may follow; None where no session of theirs goes on. It is looked at
        when they come: what is told later is no more than that something has changed."""
        token = self._token(headers.get(b"cookie", b"").decode("latin-1"))
        tenant_id = tenant_of(token)
        if tenant_id is None or self._keys is None:
            return None
        return tenant_id if await asyncio.to_thread(self._is_member, tenant_id, token) else None

    def origin(self, headers: dict[bytes, bytes]) -> bytes | None:
        """The origin that may read it beside our own: in a demo the web server, which is at another
        port of this machine."""
        origin = headers.get(b"origin", b"")
        there = urlsplit(origin.decode("latin-1")).hostname or ""
        here = urlsplit("//" + headers.get(b"host", b"").decode("latin-1")).hostname or ""
        is_ours = self._is_demo and there == here and is_loopback_host(here)
        return origin if origin and is_ours else None

    def note(self, tenant_id: uuid.UUID, word: Any) -> None:
        """Something has changed there. It is told soon, with what else has."""
        if not self._hub.has_readers((tenant_id, CONSOLE)):
            return
        if isinstance(word, str) and word.isalpha() and len(word) <= WORD_CHARS_MAXIMUM:
            self._changed[tenant_id][word] = None
        if self._changed and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell())

    def missed(self) -> None:
        for topic in self._hub.topics():
            if topic[1] == CONSOLE:
                self._hub.send(topic, EVERYTHING)

    async def _tell(self) -> None:
        while self._changed:
            changed, self._changed = self._changed, defaultdict(dict)
            for tenant_id, words in changed.items():
                for word in words:
                    self._hub.send((tenant_id, CONSOLE), word)
            await asyncio.sleep(TOGETHER_S)

    def _token(self, cookies: str) -> str:
        try:
            found = SimpleCookie(cookies[:_COOKIES_CHARS_MAXIMUM])
        except CookieError:
            return ""
        morsel = found.get(_SESSION if self._is_demo else f"__Host-{_SESSION}")
        return morsel.value if morsel else ""

    def _is_member(self, tenant_id: uuid.UUID, token: str) -> bool:
        assert self._keys is not None
        with self._database.transaction(tenant_id, Deadline(_LOOK_DEADLINE_S)) as tx:
            return sessions.find(tx, self._keys, token, is_click=False) is not None
