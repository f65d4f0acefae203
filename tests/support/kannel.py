"""A real Kannel (bearerbox and smsbox) with a phone on it, configured as our page says."""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote_plus, unquote_to_bytes

import pytest

from app.settings import CHECKOUT
from tests.support.waiting import until

PAGE = CHECKOUT / "docs" / "howto" / "connect-kannel.md"
BEARERBOX = shutil.which("bearerbox", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
SMSBOX = shutil.which("smsbox", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PASSWORD = "k3y-of-kannel"
# The phones are Rwandan; what is sent to Ghana goes on to another Kannel.
HERE, ABROAD = "+250", "+233"

_CORE = """
group = core
admin-port = {admin}
admin-password = none
admin-interface = 127.0.0.1
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal
log-level = 1

group = smsc
smsc = fake
smsc-id = phones
host = 127.0.0.1
port = {phones}
connect-allow-ip = 127.0.0.1
allowed-prefix = "{here}"

"""
_UPSTREAM = """
group = smsc
smsc = http
smsc-id = upstream
system-type = kannel
send-url = "{send_url}"
dlr-url = "http://127.0.0.1:{upstream}/?username={username}&password={password}"
port = {upstream}
connect-allow-ip = 127.0.0.1
smsc-username = "{username}"
smsc-password = "{password}"
allowed-prefix = "{abroad}"

"""
_CONTROLS = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_MARK = re.compile(rb"^(\S+) (\+\d+) (text|ucs-2|udh|data) ?")


def require_kannel() -> None:
    """Skip the test where Kannel is not installed; in CI fail."""
    if BEARERBOX is None or SMSBOX is None:
        why = "Kannel is not installed: apt-get install kannel"
        if os.environ.get("PIGA_NEED_PEERS") == "1":
            pytest.fail(why)
        pytest.skip(why)


class Kannel:
    """Both boxes, as our page configures them; but what was not taken is fetched again sooner."""

    def __init__(
        self,
        folder: Path,
        get_url: str,
        *,
        upstream: tuple[str, str, str] | None = None,
    ) -> None:
        """`upstream` is the `sendsms` of another Kannel, with a user there and the password."""
        self.folder = folder
        ports = _free_ports(5)
        names = ("admin", "boxes", "phones", "sendsms", "upstream")
        self.port = dict(zip(names, ports, strict=True))
        parts = [_CORE.format(**self.port, here=HERE)]
        if upstream is not None:
            send_url, username, password = upstream
            parts.append(
                _UPSTREAM.format(
                    **self.port,
                    abroad=ABROAD,
                    send_url=send_url,
                    username=username,
                    password=password,
                )
            )
        parts.append(documented(self.port["sendsms"], get_url))
        self.config = folder / "kannel.conf"
        self.config.write_text("".join(parts))
        self.processes: list[subprocess.Popen[bytes]] = []
        self.phone = Phone(self.port["phones"])

    @property
    def url(self) -> str:
        """What an account's `base_url` is."""
        return f"http://127.0.0.1:{self.port['sendsms']}"

    def __enter__(self) -> "Kannel":
        self.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self.phone.leave()
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self) -> None:
        assert BEARERBOX is not None
        assert SMSBOX is not None
        self._start(BEARERBOX, self.port["boxes"])
        self._start(SMSBOX, self.port["sendsms"])
        self.phone.join()

    def _start(self, program: str, port: int) -> None:
        log = self.folder / f"{Path(program).name}.log"
        with open(log, "ab") as output:
            process = subprocess.Popen(
                [program, str(self.config)], cwd=self.folder, stdout=output, stderr=output
            )
        self.processes.append(process)

        def listens() -> bool:
            assert process.poll() is None, log.read_text(errors="replace")
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return True
            return False

        until(listens, 15)


class Phone:
    """All handsets at once: what Kannel's fake SMSC hands over, and what they write to it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._raw = b""

    def join(self) -> None:
        """Switch on: the SMSC is connected from now on."""
        deadline = time.monotonic() + 15
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        self._socket.settimeout(None)
        threading.Thread(target=self._read, args=(self._socket,), daemon=True).start()

    def leave(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None

    def _read(self, line: socket.socket) -> None:
        with suppress(OSError):
            while part := line.recv(65536):
                with self._lock:
                    self._raw += part

    def write(self, sender: str, to: str, text: str, *, ucs2: bool = False) -> None:
        """Text a number. The SMSC takes one line, and UCS-2 as escaped bytes."""
        assert self._socket is not None
        kind, words = "text", text.encode()
        if ucs2:
            kind, words = "ucs2", quote_plus(text.encode("utf-16-be")).encode()
        self._socket.sendall(f"{sender} {to} {kind} ".encode() + words + b"\n")

    def got(self) -> list[tuple[str, str, str]]:
        """The messages so far, parts of a long one apart: from, to, words."""
        with self._lock:
            lines = self._raw.splitlines(keepends=True)
        found: list[list[bytes]] = []
        for line in lines:
            mark = _MARK.match(line)
            if mark:
                found.append([*mark.groups(), line[mark.end() :]])
            else:
                found[-1][3] += line
        return [_message(*each) for each in found]


def _message(sender: bytes, to: bytes, kind: bytes, words: bytes) -> tuple[str, str, str]:
    words = words.removesuffix(b"\n")
    if kind == b"udh":
        # %05%00%03…, the word data, and the part: letters of GSM-7, or bytes of UCS-2.
        words = unquote_to_bytes(words.split(b" ", 2)[2].replace(b"+", b" "))
    elif kind == b"ucs-2":
        words = unquote_to_bytes(words.replace(b"+", b" "))
    is_ucs2 = kind == b"ucs-2" or (kind == b"udh" and _CONTROLS.search(words) is not None)
    # A part may end within a letter of two units: the parts together are whole again.
    text = words.decode(*(("utf-16-be", "surrogatepass") if is_ucs2 else ("utf-8", "replace")))
    return sender.decode(), to.decode(), text


def documented(port: int, get_url: str) -> str:
    """The groups of our page, with this port and address in them."""
    text: str
    [text] = re.findall(r"```kannel\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    changes = {
        "sendsms-port = 13013\n": f"sendsms-port = {port}\nsendsms-interface = 127.0.0.1\n"
        "log-level = 1\n",
        "http-queue-delay = 10\n": "http-queue-delay = 1\n",
        '"the password of the sendsms-user"': f'"{PASSWORD}"',
        "https://piga.example.org/hooks/kannel/sms-in/SECRET?": f"{get_url.partition('?')[0]}?",
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    if "?" in get_url:
        assert f'"{get_url}"' in text, "the page and `piga hooks` differ in the escapes"
    assert "bearerbox-host = 127.0.0.1" in text
    return text


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
