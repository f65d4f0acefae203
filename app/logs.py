"""The log of every process: one line an event, with its time and what it is about.

    2026-11-29T17:20:04.381Z ERROR engine.turn.ussd turn failed: KeyError tenant=ibimina turn=4

The time is UTC by the database's clock, so that lines of all hosts sort alike. What an
event is about comes as `extra`: the names of FIELDS, ids only, never personal data. In a demo, a
fault that is given as `extra={"fault": error}` is explained with the checkout's frames and its own
text, for the person who writes the code; elsewhere nobody sees that text, which may quote what was
typed.

With PIGA_LOG=json the same event is one object on a line, for what gathers logs:

    {"time": "…", "level": "ERROR", "logger": "engine.turn.ussd", "message": "turn failed",
     "where": "…", "pid": 4711, "tenant": "ibimina", "turn": 4}
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator

import psycopg

from app.settings import CHECKOUT, domain_folders, logs_json
from values import clock
from values.alarms import Alarm

# Ours: what they say of themselves is worth a line.
ROOMS = ("app", "checks", "core", "engine", "flows", "menus", "providers", "values", "workers")
FIELDS = ("tenant", "service", "session", "turn", "place", "flow")


def set_up(*, demo: bool = False) -> None:
    """Send this process's log to stderr. Libraries speak up only when something is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(demo=demo))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for room in ROOMS:
        logging.getLogger(room).setLevel(logging.INFO)


def formatter(*, demo: bool = False) -> logging.Formatter:
    """How a line is written, by PIGA_LOG."""
    return JsonFormatter(demo=demo) if logs_json() else Formatter(demo=demo)


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


class JsonFormatter(logging.Formatter):
    """One object on one line. What stands behind a message's first line is `where`, or in a demo
    what explains a fault."""

    def __init__(self, *, demo: bool) -> None:
        super().__init__()
        self._demo = demo

    def format(self, record: logging.LogRecord) -> str:
        message, _, rest = record.getMessage().partition("\n")
        fault, alarm = record.__dict__.get("fault"), record.__dict__.get("alarm")
        if self._demo and isinstance(fault, BaseException):
            rest = "\n".join(explain(fault))
        line: dict[str, object] = {
            "time": clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": message,
            "where": rest.strip(),
            "alarm": alarm.kind if isinstance(alarm, Alarm) else "",
            "pid": record.process,
        }
        if isinstance(alarm, Alarm) and alarm.tenant_id is not None:
            line["tenant"] = str(alarm.tenant_id)
        line |= {name: record.__dict__.get(name) for name in FIELDS if record.__dict__.get(name)}
        return json.dumps({k: v for k, v in line.items() if v not in (None, "")}, default=str)


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
