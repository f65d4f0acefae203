"""MTN Nigeria's side of its line, for tests: lets an application in and carries sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from queue import SimpleQueue
from xml.etree import ElementTree as ET

from providers.lines.fake import PATIENCE_S, FakeServer

ENCODING = "iso-8859-1"
HEADER = 32


@dataclass(frozen=True)
class Shown:
    """A screen as a handset gets it, and the fields that came with it."""

    text: str
    ends: bool
    fields: Mapping[str, str]


class MtnNigeria(FakeServer):
    """Written from the documents' fields alone: it shares no code with the adapter."""

    def __init__(self, username: str, password: str, application_id: str) -> None:
        super().__init__()
        self._login = {
            "userName": username,
            "passWord": password,
            "applicationId": application_id,
        }
        self.checks = 0
        self.errors: list[str] = []
        self._screens: dict[str, SimpleQueue[Shown]] = {}
        self._held = b""

    def begin(self) -> None:
        self._held = b""

    def hear(self, received: bytes) -> None:
        self._held += received
        while len(self._held) >= HEADER and len(self._held) >= (
            length := int(self._held[16:HEADER])
        ):
            session = self._held[:16].decode(ENCODING).rstrip("\0")
            root = ET.fromstring(self._held[HEADER:length])  # noqa: S314 - of ours
            self._held = self._held[length:]
            self._on(session, root.tag, {field.tag: field.text or "" for field in root})
        self.note()

    def send(self, session: str, kind: str, fields: Mapping[str, str], *, noise: str = "") -> None:
        """A document; `noise` stands behind its request's id."""
        told = dict(fields)
        told["requestId"] = told.get("requestId", "1291850641") + noise
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in told.items())
        self.send_raw(session, f"<{kind}>{inner}</{kind}>".encode(ENCODING))

    def send_raw(self, session: str, body: bytes) -> None:
        length = str(len(body) + HEADER).zfill(16)
        self.say(session.encode().ljust(16, b"\0")[:16] + length.encode() + body)

    def ask(self, session: str, msisdn: str, kind: int, text: str, **more: str) -> Shown:
        """A hop (1 dialled, 4 answered), and the screen that comes for it."""
        fields = {
            "msisdn": msisdn,
            "starCode": "384",
            "clientId": "0123",
            "phase": "2",
            "msgtype": str(kind),
            "dcs": "15",
            "userdata": text,
            "EndofSession": "0",
        } | more
        screens = self._screens.setdefault(session, SimpleQueue())
        self.send(session, "USSDRequest", fields, noise="\x01\xff")
        return screens.get(timeout=PATIENCE_S)

    def _on(self, session: str, kind: str, fields: Mapping[str, str]) -> None:
        if kind == "AUTHRequest":
            if {name: fields.get(name) for name in self._login} != self._login:
                self.send(session, "AUTHError", {"authMsg": "no", "errorCode": "001"})
                return
            self.logins += 1
            self.send(session, "AUTHResponse", {"authMsg": "SUCCESS"})
        elif kind == "ENQRequest":
            self.checks += 1
            self.send(session, "ENQResponse", {"enqCmd": "ENQUIRELINK"})
        elif kind == "USSDError":
            self.errors.append(fields["errorCode"])
        elif kind == "USSDResponse":
            assert fields["requestId"] == "1291850641", fields
            shown = Shown(fields["userdata"], fields["EndofSession"] == "1", fields)
            assert fields["msgtype"] == ("6" if shown.ends else "2")
            self._screens.setdefault(session, SimpleQueue()).put(shown)
