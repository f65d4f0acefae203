"""What every process of this room begins with: to stop when asked, and to say what is away."""

import logging
import signal
import threading
import traceback
from types import FrameType


def stop_on_signals(stop: threading.Event) -> threading.Event:
    """Have SIGTERM and SIGINT set the event, where this is the main thread."""

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
    return stop


class Outage:
    """Says once that something is away, and once that it is back."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log = log
        self._what = what
        self.is_on = False

    def begin(self, error: BaseException) -> None:
        if not self.is_on:
            self.is_on = True
            self._log.warning("%s is away (%s); waiting for it", self._what, type(error).__name__)

    def end(self) -> None:
        if self.is_on:
            self.is_on = False
            self._log.warning("%s is back", self._what)


def where(error: BaseException) -> str:
    """An exception without its text, which may quote a person's data: its type and its place."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place
