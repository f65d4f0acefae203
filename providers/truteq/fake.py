"""TruTeq's side of SSMI, for tests: lets an account in, carries sessions, checks links."""

from dataclasses import dataclass
from queue import SimpleQueue

from providers.lines.fake import PATIENCE_S, FakeServer

ENCODING = "iso-8859-1"


@dataclass(frozen=True)
class Shown:
    """A screen as a handset gets it."""

    text: str
    ends: bool


class Truteq(FakeServer):
    """Written from TruTeq's numbers of messages alone: it shares no code with the adapter."""

    def __init__(self, username: str, password: str) -> None:
        super().__init__()
        self._login = f"SSMI,1,{username},{password}"
        self.refuses_with = ""  # a NACK's code
        self.checks = 0
        self._screens: dict[str, SimpleQueue[Shown]] = {}
        self._held = b""

    def begin(self) -> None:
        self._held = b""

    def hear(self, received: bytes) -> None:
        *lines, self._held = (self._held + received).split(b"\r")
        for line in lines:
            self._on(line.decode(ENCODING))
        self.note()

    def send(self, number: str, kind: int, text: str, *, extended: bool = False) -> None:
        """A USSD message: 1 dialled, 2 answered, 3 the caller left, 4 time is up."""
        head = f"SSMI,111,{number},{kind},1,:::;" if extended else f"SSMI,110,{number},{kind},1"
        self.say(f"{head},{text}\r".encode(ENCODING))

    def ask(self, number: str, kind: int, text: str, *, extended: bool = False) -> Shown:
        """The same, and the screen that comes for it."""
        screens = self._screens.setdefault(number, SimpleQueue())
        self.send(number, kind, text, extended=extended)
        return screens.get(timeout=PATIENCE_S)

    def _on(self, line: str) -> None:
        header, number, *rest = line.split(",", 2)
        assert header == "SSMI", line
        if number == "1":
            if line != self._login or self.refuses_with:
                self.say(f"SSMI,102,{self.refuses_with or '1'}\r".encode())
                return
            self.logins += 1
            self.say(b"SSMI,101,1\r")
        elif number == "3":
            self.checks += 1
            self.say(b"SSMI,101,2\r")
        elif number == "110":
            msisdn, kind, text = rest[0].split(",", 2)
            assert kind in ("2", "3"), line
            self._screens.setdefault(msisdn, SimpleQueue()).put(Shown(text, kind == "3"))
        else:
            self.say(b"SSMI,102,2\r")
