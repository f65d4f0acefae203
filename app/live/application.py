"""The ASGI application of `piga live`: a socket or a stream for each topic that there is."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any, Final

from app.live.console import PATH as CONSOLE_STREAM
from app.live.console import LiveConsole
from app.live.hub import Hub, Reader, Topic
from app.live.listening import listen
from app.live.rates import LiveRates
from app.settings import Settings
from core.db.database import Database, Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.live.push import CONSOLE, Push

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

WEBSOCKET, STREAM = "/ws/rates/", "/sse/rates/"
MESSAGE_CHARS_MAXIMUM: Final = 1_000
STILL_THERE_EVERY_S: Final = 15.0
CLOSES_WITHIN_S: Final = 1.0
TRY_LATER, TOO_LONG = 1013, 1009
# What changes so soon after the last change is told with others that do.
TOGETHER_S: Final = 0.25
STREAM_HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
)
HERE: Final = b": here\n\n"
_AWAY: Final = (Unavailable, OutcomeUnknown)


class Live:
    """One process's connections. Each is sent what is true when it comes, then what changes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Database(settings.database_url)
        self._hub = Hub()
        self._console = LiveConsole(settings, self._database, self._hub)
        self._rates: LiveRates | None = None
        self._listening: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._origins = frozenset(settings.rates_origins.split())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind, path = scope["type"], scope.get("path", "")
        if kind == "lifespan":
            await self._live(receive, send)
        elif kind == "websocket" and path == WEBSOCKET:
            await self._socket(receive, send)
        elif kind == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        elif kind == "http" and path == STREAM and scope["method"] == "GET":
            await self._stream_rates(scope, receive, send)
        elif kind == "http" and path == CONSOLE_STREAM and scope["method"] == "GET":
            await self._stream_console(scope, receive, send)
        elif kind == "http":
            await _plain(send, 404)

    # --- from the start to the end --------------------------------------------------------------

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._listening = asyncio.create_task(
            listen(self._settings.database_url, self._pushed, self._missed)
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._listening.cancel()
        self.close()
        await send({"type": "lifespan.shutdown.complete"})

    def close(self) -> None:
        """Let go of its connections to Postgres."""
        self._database.close()

    async def _served(self) -> LiveRates | None:
        """The rates of the tenant that is served; None where there is none, or Postgres is away."""
        if self._rates is None:
            slug = self._settings.rates_slug

            def look_up() -> Any:
                with self._database.transaction(None, Deadline(5)) as tx:
                    return tx.one("SELECT find_tenant(%s)", (slug,))

            try:
                row = await asyncio.to_thread(look_up)
            except _AWAY:
                return None
            if row is not None and row[0] is not None:
                self._rates = LiveRates(self._database, row[0])
        return self._rates

    async def _pushed(self, push: Push) -> None:
        if push.topic == CONSOLE:
            self._console.note(push.tenant_id, push.body)
            return
        rates, topic = self._rates, (push.tenant_id, push.topic)
        if rates is None or topic != rates.topic or not self._hub.has_readers(topic):
            return
        rates.note(push.body)
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell(rates))

    async def _tell(self, rates: LiveRates) -> None:
        """Tell all what is new, as long as something is; what comes meanwhile is told together."""
        while rates.has_news:
            try:
                messages = await rates.news()
            except _AWAY:
                messages = []
            for words in messages:
                self._hub.send(rates.topic, words)
            await asyncio.sleep(TOGETHER_S)

    async def _missed(self) -> None:
        """Nothing was heard for a while: all are sent what is true now."""
        self._console.missed()
        if self._rates is not None:
            with contextlib.suppress(*_AWAY):
                self._hub.send(self._rates.topic, await self._rates.greeting())

    # --- connections ----------------------------------------------------------------------------

    async def _socket(self, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        rates = await self._served()
        await send({"type": "websocket.accept"})
        if rates is None or self._hub.is_full:
            await send({"type": "websocket.close", "code": TRY_LATER})
            return
        code = TRY_LATER
        with self._reading(rates.topic) as reader:
            sending = asyncio.create_task(_send_all(reader, send))
            try:
                reader.put(await rates.greeting())
                while (message := await receive())["type"] != "websocket.disconnect":
                    said = message.get("text") or ""
                    if len(said) > MESSAGE_CHARS_MAXIMUM:
                        code = TOO_LONG
                        break
                    reader.put(await rates.answer(said))
                else:
                    return
            except _AWAY:
                pass
            finally:
                sending.cancel()
        # A client that never reads takes no farewell either; to try lets go of its connection.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(send({"type": "websocket.close", "code": code}), CLOSES_WITHIN_S)

    @contextlib.contextmanager
    def _reading(self, topic: Topic) -> Iterator[Reader]:
        """One who looks on, for as long as the block lasts. Once it is dropped the block is left at
        once, whatever it waits for."""
        task = asyncio.current_task()
        assert task is not None
        reader = self._hub.join(topic, task.cancel)
        try:
            yield reader
        except asyncio.CancelledError:
            if not reader.is_dropped:
                raise
            task.uncancel()
        finally:
            self._hub.leave(topic, reader)

    async def _stream_rates(self, scope: Scope, receive: Receive, send: Send) -> None:
        rates = await self._served()
        if rates is None or self._hub.is_full:
            await _plain(send, 503)
        else:
            await self._stream(rates.topic, rates.greeting, self._headers(scope), receive, send)

    async def _stream_console(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = dict(scope["headers"])
        try:
            tenant_id = await self._console.tenant_of(asked)
        except _AWAY:
            await _plain(send, 503)
            return
        # A browser asks again by itself after a connection that ended, and never after an answer
        # like these: the page then asks for itself every 30 s, as it does without a script.
        if tenant_id is None or self._hub.is_full:
            await _plain(send, 403 if tenant_id is None else 503)
            return
        headers = list(STREAM_HEADERS)
        if origin := self._console.origin(asked):
            headers += [
                (b"access-control-allow-origin", origin),
                (b"access-control-allow-credentials", b"true"),
            ]
        await self._stream((tenant_id, CONSOLE), None, headers, receive, send)

    async def _stream(
        self,
        topic: Topic,
        greeting: Callable[[], Awaitable[str]] | None,
        headers: list[tuple[bytes, bytes]],
        receive: Receive,
        send: Send,
    ) -> None:
        """Server-sent events of a topic, as long as somebody listens."""
        gone = asyncio.create_task(_disconnected(receive))
        try:
            with self._reading(topic) as reader:
                if greeting is not None:
                    reader.put(await greeting())
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                if greeting is None:  # a browser is connected once something comes
                    here = {"type": "http.response.body", "body": HERE, "more_body": True}
                    await send(here)
                while not gone.done():
                    await send(
                        {
                            "type": "http.response.body",
                            "body": await _line(reader),
                            "more_body": True,
                        }
                    )
                await send({"type": "http.response.body", "body": b""})
        except _AWAY:
            await _plain(send, 503)
        finally:
            gone.cancel()

    def _headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        headers = list(STREAM_HEADERS)
        origin = dict(scope["headers"]).get(b"origin", b"").decode("latin-1")
        if origin and ("*" in self._origins or origin in self._origins):
            headers.append((b"access-control-allow-origin", origin.encode("latin-1")))
        return headers


async def _send_all(reader: Reader, send: Send) -> None:
    with contextlib.suppress(Exception):  # it has gone meanwhile
        while True:
            await send({"type": "websocket.send", "text": await reader.get()})


async def _line(reader: Reader) -> bytes:
    """What is next to send to a stream; at times nothing but that it still stands."""
    try:
        words = await asyncio.wait_for(reader.get(), STILL_THERE_EVERY_S)
    except TimeoutError:
        return b": still there\n\n"
    return f"data: {words}\n\n".encode()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _plain(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def __getattr__(name: str) -> Live:
    """The attribute `app`, made when the server asks for it."""
    if name != "app":
        raise AttributeError(name)
    globals()["app"] = app = Live(Settings.load())
    return app
