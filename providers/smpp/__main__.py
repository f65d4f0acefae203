"""The fake message centre by hand: `python -m providers.smpp PORT`."""

from __future__ import annotations

import sys
import threading
from typing import TextIO

from providers.smpp.fake import Centre
from providers.smpp.fake_faults import Call

POLL_S = 0.1


class Terminal:
    """Handsets that are written and dialled with on a terminal."""

    def __init__(self, centre: Centre, out: TextIO) -> None:
        self._centre = centre
        self._out = out
        self._call: Call | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def run(self, lines: TextIO) -> None:
        """Do what each line says, until there are no more."""
        self._thread.start()
        for line in lines:
            self._do(line.rstrip("\n"))
        self._stop.set()
        self._thread.join()

    def _do(self, line: str) -> None:
        match line.split(" ", 3):
            case ["text", sender, to, words]:
                self._centre.text(sender, to, words)
            case ["dial", sender, code]:
                self._call = self._centre.dial(sender, code)
                self._show(self._call)
            case _ if self._call is not None and not self._call.ended:
                self._centre.answer(self._call, line)
                self._show(self._call)
            case _:
                self._say("text FROM TO WORDS, or dial FROM CODE")

    def _show(self, call: Call) -> None:
        self._say(call.screens[-1] if call.screens else "(nothing is shown)")
        if call.ended:
            self._say("(the session is over)")

    def _watch(self) -> None:
        """Print what arrives at the handsets."""
        shown = 0
        while not self._stop.wait(POLL_S):
            texts = self._centre.handset.arrived
            for number, sender, text in texts[shown:]:
                self._say(f"+{number} from {sender}: {text}")
            shown = len(texts)

    def _say(self, words: str) -> None:
        print(words, file=self._out, flush=True)


def main() -> None:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    with Centre(port=port) as centre:
        print(
            f"Listening on {centre.url}; any system id and password will do.",
            flush=True,
        )
        Terminal(centre, sys.stdout).run(sys.stdin)


if __name__ == "__main__":
    main()
