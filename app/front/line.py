"""A connection to the loop: callbacks are answered here, and anything else by the inner server."""

import asyncio
from functools import partial
from http import HTTPStatus
from typing import Final, Protocol, cast

from app.front import request
from app.front.hub import Hub
from app.front.request import MORE, Request
from app.front.tunnel import Tunnel, source_of
from app.webhooks.receive import Hooks
from providers.contracts.webhooks import HttpReply

# So long the rest of a callback may take that comes in pieces; then the inner server waits for it,
# which knows how.
PIECES_WITHIN_S: Final = 0.1
CONNECT_TIMEOUT_S: Final = 2.0
_STATUS_LINES: Final = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}


class Front(Protocol):
    """What all connections of a loop share."""

    hub: Hub
    hooks: Hooks
    inner_port: int
    lines: set["Line"]
    is_stopping: bool


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._transport: asyncio.Transport
        self._held = b""
        self._timer: asyncio.TimerHandle | None = None
        self._tunnel: Tunnel | None = None
        self.is_working = False
        self._is_last = False  # nothing more comes from outside
        self.heard_s = front.hub.loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._front.lines.add(self)

    def connection_lost(self, fault: Exception | None) -> None:
        self._front.lines.discard(self)
        self._stop_timer()
        if self._tunnel is not None:
            self._tunnel.abort()

    def data_received(self, data: bytes) -> None:
        if self._tunnel is not None:
            self._tunnel.pass_on(data)
            return
        if self._held:
            data = self._held + data
            self._held = b""
        if self.is_working:  # the next request, before this one is answered
            self._held = data
            self._transport.pause_reading()
            return
        self._take(data)

    def eof_received(self) -> bool:
        """Somebody who says no more may still read: the answer is sent, and then it is over."""
        if self._tunnel is not None:
            self._tunnel.end()
            return True
        if self._held and not self.is_working:
            self._pass_on(self._held)
            assert self._tunnel is not None
            self._tunnel.end()
            return True
        self._is_last = True
        return self.is_working

    def pause_writing(self) -> None:
        if self._tunnel is not None:
            self._tunnel.pause_inner(True)

    def resume_writing(self) -> None:
        if self._tunnel is not None:
            self._tunnel.pause_inner(False)

    def close_idle(self, since_s: float) -> None:
        """Close it where nothing has come since then, and nothing is being worked."""
        if self._tunnel is None and not self.is_working and self.heard_s <= since_s:
            self._transport.close()

    def _take(self, data: bytes) -> None:
        asked = request.read(data)
        if type(asked) is Request:
            self._stop_timer()
            self.is_working = True
            self._front.hub.serve(partial(self._work, asked))
        elif asked == MORE:
            self._held = data
            if self._timer is None:
                loop = self._front.hub.loop
                self._timer = loop.call_later(PIECES_WITHIN_S, self._give_up)
        else:
            self._pass_on(data)

    def _work(self, asked: Request) -> None:
        self._answer(self._front.hooks.receive(asked.callback), asked.keeps_open)

    def _answer(self, reply: HttpReply, keeps_open: bool) -> None:
        self.is_working = False
        self.heard_s = self._front.hub.loop.time()
        transport = self._transport
        if transport.is_closing():
            return
        head = b"%bcontent-type: %b\r\ncontent-length: %d\r\n" % (
            _STATUS_LINES[reply.status],
            reply.content_type.encode("latin-1"),
            len(reply.body),
        )
        for name, value in reply.headers:
            head += f"{name}: {value}\r\n".encode("latin-1")
        goes_on = keeps_open and not self._is_last and not self._front.is_stopping
        end = b"\r\n" if goes_on else b"connection: close\r\n\r\n"
        transport.write(head + end + reply.body)
        if not goes_on:
            transport.close()
        elif self._held:
            data, self._held = self._held, b""
            transport.resume_reading()
            self._take(data)

    def _give_up(self) -> None:
        self._timer = None
        data, self._held = self._held, b""
        self._pass_on(data)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _pass_on(self, data: bytes) -> None:
        """From now on it is the inner server's."""
        self._stop_timer()
        self._transport.pause_reading()
        self._tunnel = Tunnel(self._transport, data)
        task = self._front.hub.loop.create_task(self._connect(self._tunnel))
        task.add_done_callback(self._connected)

    async def _connect(self, tunnel: Tunnel) -> None:
        loop, port = self._front.hub.loop, self._front.inner_port
        peer = self._transport.get_extra_info("peername") or ("",)
        source = (source_of(str(peer[0])), 0)
        opening = loop.create_connection(lambda: tunnel, "127.0.0.1", port, local_addr=source)
        await asyncio.wait_for(opening, CONNECT_TIMEOUT_S)

    def _connected(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled() or task.exception() is not None:
            self._transport.close()
