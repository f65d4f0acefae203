"""The fake message centre by hand, as the page says it."""

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.contracts.messages import Account, SmsInbound
from providers.smpp import options
from providers.smpp.inbound import SmppHop, read
from providers.smpp.tests.test_bind import NUMBER, Bound
from tests.support.waiting import until

CHECKOUT = Path(__file__).parents[3]


class Typed:
    """The program, and what it prints."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "providers.smpp"],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip())

    def type(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def line(self) -> str:
        return self.lines.get(timeout=20)


@pytest.fixture
def typed() -> Iterator[Typed]:
    made = Typed()
    yield made
    made.process.kill()
    made.process.communicate()


def test_texts_and_sessions_by_hand(typed: Typed) -> None:
    url = typed.line().split()[2].rstrip(";")
    found = options.read(Account("any", "thing", url, options=(("name", "main"),)))
    bound = Bound(found)
    bound.wait_bound()
    bound.send("Murakoze")
    assert typed.line() == f"{NUMBER} from 8100: Murakoze"
    typed.type(f"text {NUMBER} 8100 two words")
    until(lambda: len(bound.got) == 2)  # the receipt, and the text
    texts = [read(message, found) for message in bound.got]
    assert [one.text for one in texts if isinstance(one, SmsInbound)] == ["two words"]
    typed.type(f"dial {NUMBER} *384*10#")
    until(lambda: len(bound.got) == 3)
    hop = read(bound.got[2], found)
    assert isinstance(hop, SmppHop)
    bound.do(bound.bind.show(hop.session, "*384*10#", NUMBER, "1. Balance", ends=False))
    assert typed.line() == "1. Balance"
    typed.type("1")
    until(lambda: len(bound.got) == 4)
    bound.do(bound.bind.show(hop.session, "*384*10#", NUMBER, "5,000", ends=True))
    assert [typed.line(), typed.line()] == ["5,000", "(the session is over)"]
    typed.type("nonsense")
    assert typed.line() == "text FROM TO WORDS, or dial FROM CODE"
    bound.close()
