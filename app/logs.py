"""The log of every process: one line an event, with its time and what it is about.

    2026-11-29T17:20:04.381Z ERROR engine.turn.ussd turn failed: KeyError tenant=ibimina turn=4

The time is UTC by the database's clock, so that lines of all hosts sort alike. What an
event is about comes as `extra`: the names of FIELDS, ids only, never personal data. In a demo, a
fault that is given as `extra={"fault": error}` is explained with the checkout's frames and its own
text, for the person who writes the code; elsewhere nobody sees that text, which may quote what was
typed.
"""

import logging
import sys
import traceback
from collections.abc import Iterator

import psycopg

from app.settings import CHECKOUT, domain_folders
from values import clock

# Ours: what they say of themselves is worth a line.
ROOMS = ("app", "checks", "core", "engine", "flows", "menus", "providers", "values", "workers")
FIELDS = ("tenant", "service", "session", "turn", "place", "flow")


def set_up(*, demo: bool = False) -> None:
    """Send this process's log to stderr. Libraries speak up only when something is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter(demo=demo))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for room in ROOMS:
        logging.getLogger(room).setLevel(logging.INFO)


class Formatter(logging.Formatter):
    """Time, level, logger, message and fields; in a demo, what explains a fault."""

    def __init__(self, *, demo: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._demo = demo

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def formatMessage(self, record: logging.LogRecord) -> str:
        first, newline, rest = super().formatMessage(record).partition("\n")
        fields = "".join(
            f" {name}={value}"
            for name in FIELDS
            if (value := record.__dict__.get(name)) not in (None, "")
        )
        return f"{first}{fields}{newline}{rest}"

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record).rstrip("\n")
        fault = record.__dict__.get("fault")
        if self._demo and isinstance(fault, BaseException):
            line = "\n".join([line, *explain(fault)])
        return line


def explain(fault: BaseException) -> Iterator[str]:
    """A fault for the person who wrote the code: its causes first, each with the frames of the
    checkout and of PIGA_DOMAINS, its kind and its text; of the database's, the sentence, detail and
    hint."""
    cause = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    if cause is not None:
        yield from explain(cause)
        yield "  which led to"
    for frame in traceback.extract_tb(fault.__traceback__):
        path = _of_ours(frame.filename)
        if path:
            yield f"  {path}:{frame.lineno} in {frame.name}: {frame.line}"
    words = [str(fault).partition("\n")[0]]
    if isinstance(fault, psycopg.Error):
        words += [word for word in (fault.diag.message_detail, fault.diag.message_hint) if word]
    yield f"  {type(fault).__name__}: {' '.join(words)}"


def _of_ours(file: str) -> str:
    """The file as its folder calls it, where somebody may change it: the checkout's, or that of a
    domain in PIGA_DOMAINS; '' for a library's."""
    for domain in (folder.resolve() for folder in domain_folders()):
        if file.startswith(f"{domain}/"):
            return file.removeprefix(f"{domain.parent}/")
    path = file.removeprefix(f"{CHECKOUT}/")
    return "" if path == file or path.startswith(".venv/") else path
