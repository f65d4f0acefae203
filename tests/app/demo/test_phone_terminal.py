"""`piga phone` with somebody at the keys of a real terminal."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from app.settings import CHECKOUT
from tests.app.demo.conftest import DemoPiga

pytestmark = pytest.mark.long

MOTO = "*384*20#"


class Keyboard:
    """A person at `piga phone` in a terminal."""

    def __init__(self, piga: DemoPiga) -> None:
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "phone"],
            cwd=CHECKOUT,
            env=os.environ | piga.env,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = self._unread = ""

    def expect(self, words: str, within_s: float = 15.0) -> str:
        """Wait until the terminal shows these words; what it showed since those before."""
        until = time.monotonic() + within_s
        while words not in self._unread:
            left_s = until - time.monotonic()
            assert left_s > 0, f"{words!r} does not come: {self._unread}"
            if select.select([self._master], [], [], left_s)[0]:
                self._unread += os.read(self._master, 65536).decode()
        shown, _, self._unread = self._unread.partition(words)
        self.seen += shown + words
        return shown

    def type(self, line: str) -> None:
        os.write(self._master, f"{line}\n".encode())

    def end(self) -> int:
        """The exit code, once the command has ended."""
        return self._process.wait(15)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)


@pytest.fixture
def keys(demo_piga: DemoPiga) -> Iterator[Keyboard]:
    keyboard = Keyboard(demo_piga)
    yield keyboard
    keyboard.close()


def test_a_person_at_the_terminal(keys: Keyboard) -> None:
    assert "ibimina" in keys.expect("or a code to dial): ")
    keys.type("nonsense")
    keys.expect("Type a USSD code")
    keys.expect("or a code to dial): ")
    keys.type(MOTO)
    people = keys.expect("or a phone number): ")
    number = re.search(r"(\d+)  \+250788000203", people)
    assert number
    keys.type(number[1])
    shown = keys.expect("\n> ")
    assert all(f":{name}" in shown for name in ("hangup", "timeout", "twice", "redial", "quit"))
    keys.type(":twice 3")
    keys.expect("Both replies were the same.")
    keys.expect("\n> ")
    keys.type("1")
    keys.expect("\n> ")
    keys.type("6153")  # not shown while it is typed
    keys.expect("again; or another code: ")
    keys.type(":inbox")
    keys.expect("No texts yet.")
    keys.expect("again; or another code: ")
    keys.type("")
    keys.expect("\n> ")
    keys.type(":timeout")
    keys.expect("The session timed out.")
    keys.expect("again; or another code: ")
    keys.type(":redial")
    keys.expect("\n> ")
    keys.type(":hangup")
    keys.expect("You hung up.")
    keys.expect("again; or another code: ")
    keys.type(":quit")
    assert keys.end() == 0
    assert "6153" not in keys.seen.split("or a phone number): ", 1)[1]
