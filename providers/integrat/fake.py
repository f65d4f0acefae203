"""Integrat's side, for tests: posts the events of sessions, and takes screens on a server of its
own. It shares no code with the adapter."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any, Self
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

PATIENCE_S = 10.0


@dataclass(frozen=True)
class Shown:
    """A screen as a handset gets it."""

    text: str
    ends: bool


class Integrat:
    """`post(body)` brings an event to the hook and answers with status and body."""

    def __init__(self, username: str, password: str, post: Callable[[bytes], tuple[int, bytes]]):
        self._login = (username, password)
        self._post = post
        self.status = 200
        self.answer = b""
        self.requests: list[bytes] = []
        self._screens: dict[str, SimpleQueue[Shown]] = {}
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = fake.take(body, self.headers["Content-Type"])
                self.send_response(status)
                self.send_header("Content-Length", str(len(fake.answer)))
                self.end_headers()
                self.wfile.write(fake.answer)

            def log_message(self, *_: Any) -> None:
                """Nothing of a test is logged."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/higate"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE_S)

    def send(self, session: str, kind: str, msisdn: str, code: str, text: str = "") -> None:
        """An event; the answer to it must be an empty 200."""
        answer = self._post(event(session, kind, msisdn, code, text))
        assert answer == (200, b""), answer

    def dial(self, session: str, msisdn: str, code: str) -> Shown:
        """As the wire has it: three events, of which one is the dial."""
        self.send(session, "New", msisdn, code)
        self.send(session, "Request", msisdn, code, "REQ")
        return self.ask(session, "Open", msisdn, code)

    def ask(self, session: str, kind: str, msisdn: str, code: str, text: str = "") -> Shown:
        """An event, and the screen that comes for it."""
        screens = self._screens.setdefault(session, SimpleQueue())
        self.send(session, kind, msisdn, code, text)
        return screens.get(timeout=PATIENCE_S)

    def take(self, body: bytes, content_type: str) -> int:
        self.requests.append(body)
        asked = ET.fromstring(body).find("Request")  # noqa: S314 - of ours
        assert asked is not None
        assert content_type.startswith("text/xml")
        assert asked.get("Type") == "USSReply"
        if (asked.findtext("UserID"), asked.findtext("Password")) != self._login:
            return 401
        if self.status == 200:
            screens = self._screens.setdefault(asked.get("SessionID", ""), SimpleQueue())
            screens.put(Shown(asked.findtext("USSText") or "", asked.get("Flags") == "1"))
        return self.status


def event(session: str, kind: str, msisdn: str, code: str, text: str = "") -> bytes:
    """An event as Integrat writes it."""
    context = (
        f"SessionID={quoteattr(session)} NetworkSID={quoteattr('n' + session)}"
        f' MSISDN={quoteattr(msisdn)} Script="menu" ConnStr={quoteattr(code)}'
    )
    return (
        '<Message>\n <Version Version="1.0"/>\n <Response Type="OnUSSEvent">\n'
        "  <SystemID>Higate</SystemID><UserID>LoginName</UserID><Service>SERVICECODE</Service>\n"
        '  <Network ID="1" MCC="655" MNC="001"/>\n'
        f"  <OnUSSEvent Type={quoteattr(kind)}><USSContext {context}/>"
        f'<USSText Type="TEXT">{escape(text)}</USSText></OnUSSEvent>\n </Response>\n</Message>'
    ).encode()
