"""This host's clock beside the database's, which is the one that counts."""

import logging
import socket
import time
from typing import TYPE_CHECKING

from core.db.connection import Connection
from values import clock
from values.alarms import raise_alarm

if TYPE_CHECKING:
    from core.db.database import Tx

log = logging.getLogger(__name__)


def report_time(asked: "Connection | Tx") -> None:
    """Tell `values.clock` the database's time."""
    started_s = time.monotonic()
    row = asked.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    assert row is not None
    was_off = clock.host_is_off()
    clock.report(row[0], started_s, time.monotonic())
    if clock.host_is_off() != was_off:
        _tell_of_clock()


def _tell_of_clock() -> None:
    if clock.host_is_off():
        offset = clock.describe_offset(clock.host_ahead_s())
        host = socket.gethostname()
        sentence = f"this host's clock is {offset} the database's: no money moves here ({host})"
        raise_alarm(log, "clock", host, sentence)
    else:
        log.warning("this host's clock is right again: money moves here")
