"""A real osmo-hlr, and an MSC with phones: its octets are coded by Osmocom's own library or written
out by hand, so that two implementations meet."""

import contextlib
import ctypes
import ctypes.util
import os
import queue
import shutil
import socket
import struct
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest

from tests.support.waiting import until

HLR = shutil.which("osmo-hlr")
GSUP, CTRL = 4222, 4259
SHOWN_WITHIN_S = 10.0
BEGIN, CONTINUE, END = 1, 2, 3
REQUEST, ERROR, RESULT = 0x20, 0x21, 0x22

CONFIG = """\
log stderr
 logging filter all 1
 logging color 0
 logging print category 1
 logging level main info
 logging level ss notice
line vty
 bind {host}
ctrl
 bind {host}
hlr
 gsup
  bind ip {host}
 {lines}
"""


def require_hlr() -> None:
    """Skip the test where osmo-hlr is not installed; in CI fail."""
    if HLR is None:
        why = "osmo-hlr is not installed: apt-get install osmo-hlr"
        if os.environ.get("PIGA_NEED_PEERS") == "1":
            pytest.fail(why)
        pytest.skip(why)


def loopback_of_this_process() -> str:
    """osmo-hlr's ports are fixed: each test process has a loopback address of its own."""
    pid = os.getpid()
    return f"127.{64 + (pid >> 16 & 0x3F)}.{pid >> 8 & 0xFF}.{pid & 0xFF or 1}"


class Hlr:
    """An osmo-hlr with subscribers, which can be stopped and started again."""

    def __init__(self, folder: Path, lines: str, host: str = "") -> None:
        self.host = host or loopback_of_this_process()
        self.folder = folder
        self.log = folder / "osmo-hlr.log"
        self._config = folder / "osmo-hlr.cfg"
        self._config.write_text(
            CONFIG.format(host=self.host, lines="\n ".join(map(str.strip, lines.splitlines())))
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self.stop()

    def start(self) -> None:
        assert HLR is not None
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                [HLR, "-c", str(self._config), "-l", str(self.folder / "hlr.db")],
                stdout=log,
                stderr=log,
            )
        until(self._is_ready, SHOWN_WITHIN_S)

    def stop(self) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(10)

    def subscribe(self, imsi: str, msisdn: str = "") -> None:
        assert b"SET_REPLY" in self.ctrl(f"SET {{}} subscriber.create {imsi}")
        if msisdn:
            told = self.ctrl(f"SET {{}} subscriber.by-imsi-{imsi}.msisdn {msisdn}")
            assert told.endswith(b"OK"), told

    def ctrl(self, command: str) -> bytes:
        self._asked += 1
        said = b"\x00" + command.format(self._asked).encode()
        with socket.create_connection((self.host, CTRL), SHOWN_WITHIN_S) as line:
            line.sendall(struct.pack(">HB", len(said), 0xEE) + said)
            return line.recv(4096)

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text(errors="replace")
        try:
            for port in (GSUP, CTRL):
                socket.create_connection((self.host, port), 1).close()
        except OSError:
            return False
        return True


class _SsRequest(ctypes.Structure):
    """libosmocore's `struct ss_request`."""

    _fields_ = (
        ("opcode", ctypes.c_uint8),
        ("ss_code", ctypes.c_uint8),
        ("ussd_text", ctypes.c_uint8 * 160),
        ("ussd_data", ctypes.c_uint8 * 160),
        ("ussd_data_len", ctypes.c_uint8),
        ("ussd_data_dcs", ctypes.c_uint8),
        ("transaction_id", ctypes.c_uint8),
        ("invoke_id", ctypes.c_uint8),
    )


class Library:
    """What Osmocom's own libosmogsm makes of USSD."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("osmogsm")
        assert name is not None, "osmo-hlr comes with libosmogsm"
        self._c: Any = ctypes.CDLL(name)

    def pack(self, text: str) -> bytes:
        found, size = ctypes.create_string_buffer(200), ctypes.c_int()
        self._c.gsm_7bit_encode_n_ussd(found, 200, text.encode("latin-1"), ctypes.byref(size))
        return found.raw[: size.value]

    def unpack(self, octets: bytes) -> str:
        found = ctypes.create_string_buffer(200)
        self._c.gsm_7bit_decode_n_ussd(found, 200, octets, len(octets) * 8 // 7)
        return found.value.decode("latin-1")

    def read(self, facility: bytes) -> tuple[int, int, int, bytes]:
        """Operation, invoke id, coding scheme and octets of a component."""
        told = _SsRequest()
        fault = self._c.gsm0480_parse_facility_ie(facility, len(facility), ctypes.byref(told))
        assert fault == 0, facility.hex()
        string = bytes(told.ussd_data[: told.ussd_data_len])
        return told.opcode, told.invoke_id, told.ussd_data_dcs, string


@dataclass(frozen=True)
class Told:
    """A GSUP message for a phone."""

    kind: int
    imsi: str
    session_id: int
    state: int
    facility: bytes
    cause: int


class Msc:
    """An MSC/VLR at an HLR: reads what comes for its phones, on a thread of its own."""

    def __init__(self, host: str, name: str = "MSC-00-00-00-00-00-00") -> None:
        self.library = Library()
        self._name = name
        self._line = socket.create_connection((host, GSUP), SHOWN_WITHIN_S)
        self._known = threading.Event()
        self._boxes: dict[tuple[str, int], queue.Queue[Told]] = {}
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        assert self._known.wait(SHOWN_WITHIN_S)

    def close(self) -> None:
        self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()
        self._thread.join(5)

    def box(self, imsi: str, session_id: int) -> "queue.Queue[Told]":
        return self._boxes.setdefault((imsi, session_id), queue.Queue())

    def send(self, imsi: str, session_id: int, state: int, facility: bytes = b"") -> None:
        digits = imsi + "f" * (len(imsi) % 2)
        swapped = "".join(digits[at + 1] + digits[at] for at in range(0, len(digits), 2))
        packed = bytes.fromhex(swapped)
        octets = struct.pack("BBB", REQUEST, 0x01, len(packed)) + packed
        octets += struct.pack(">BBIBBB", 0x30, 4, session_id, 0x31, 1, state)
        if facility:
            octets += struct.pack("BB", 0x35, len(facility)) + facility
        self._frame(0xEE, b"\x05" + octets)

    def _frame(self, protocol: int, payload: bytes) -> None:
        self._line.sendall(struct.pack(">HB", len(payload), protocol) + payload)

    def _read(self) -> None:
        with contextlib.suppress(OSError), self._line.makefile("rb") as stream:
            while head := stream.read(3):
                length, protocol = struct.unpack(">HB", head)
                payload = stream.read(length)
                if protocol == 0xFE:
                    self._on_own(payload)
                elif payload[:1] == b"\x05":
                    told = _read_gsup(payload[1:])
                    self.box(told.imsi, told.session_id).put(told)

    def _on_own(self, payload: bytes) -> None:
        if payload == b"\x00":
            self._frame(0xFE, b"\x01")
        elif payload[0] == 0x04:
            said = b""
            for tag, word in ((8, "0/0/0"), (1, self._name), (0, self._name)):
                value = bytes([tag]) + word.encode() + b"\0"
                said += struct.pack(">H", len(value)) + value
            self._frame(0xFE, b"\x05" + said)
            self._known.set()


class Handset:
    """A phone at an MSC. What it shows, it has by Osmocom's reading of the screen."""

    def __init__(self, msc: Msc, imsi: str, invoke_id: int = 5) -> None:
        self.msc = msc
        self.imsi = imsi
        self.dial_id = invoke_id
        self.session_id = 0
        self.question_id = 0
        self.ends = True
        self.told: Told | None = None

    def dial(self, code: str, session_id: int | None = None) -> str:
        self.session_id = session_id or int.from_bytes(os.urandom(3), "big") + 1
        string = self.msc.library.pack(code)
        asked = b"\x04\x01\x0f\x04" + bytes([len(string)]) + string
        body = bytes([2, 1, self.dial_id, 2, 1, 0x3B, 0x30, len(asked)]) + asked
        self.msc.send(self.imsi, self.session_id, BEGIN, bytes([0xA1, len(body)]) + body)
        return self.shown()

    def type(self, *answers: str) -> str:
        text = ""
        for answer in answers:
            self.answer(answer)
            text = self.shown()
        return text

    def answer(self, text: str) -> None:
        """Send an answer, and wait for nothing."""
        string = self.msc.library.pack(text)
        told = b"\x04\x01\x0f\x04" + bytes([len(string)]) + string
        inner = bytes([2, 1, 0x3C, 0x30, len(told)]) + told
        body = bytes([2, 1, self.question_id, 0x30, len(inner)]) + inner
        self.msc.send(self.imsi, self.session_id, CONTINUE, bytes([0xA2, len(body)]) + body)

    def cancel(self) -> None:
        self.msc.send(self.imsi, self.session_id, END)

    def shown(self) -> str:
        """The next screen. An end has the id of what was dialled, a question one of its own."""
        told = self.next()
        assert told.kind in (REQUEST, RESULT), told
        operation, invoke_id, scheme, string = self.msc.library.read(told.facility)
        self.ends = told.state == END
        if self.ends:
            assert (told.facility[0], operation, invoke_id) == (0xA2, 0x3B, self.dial_id)
        else:
            assert (told.facility[0], operation) == (0xA1, 0x3C)
            self.question_id = invoke_id
        assert scheme == 0x0F
        return self.msc.library.unpack(string)

    def next(self) -> Told:
        """The next message of this session, whatever it is."""
        self.told = self.msc.box(self.imsi, self.session_id).get(timeout=SHOWN_WITHIN_S)
        return self.told

    def silence(self, for_s: float) -> bool:
        """Whether nothing comes for so long."""
        try:
            self.msc.box(self.imsi, self.session_id).get(timeout=for_s)
        except queue.Empty:
            return True
        return False


def _read_gsup(octets: bytes) -> Told:
    found: dict[int, bytes] = {}
    at = 1
    while at < len(octets):
        found[octets[at]] = octets[at + 2 : at + 2 + octets[at + 1]]
        at += 2 + octets[at + 1]
    swapped = found[0x01].hex()
    imsi = "".join(swapped[at + 1] + swapped[at] for at in range(0, len(swapped), 2)).rstrip("f")
    session_id = int.from_bytes(found[0x30], "big")
    cause = int.from_bytes(found.get(0x02, b""), "big")
    return Told(octets[0], imsi, session_id, found[0x31][0], found.get(0x35, b""), cause)
