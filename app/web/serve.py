"""The web server: granian, a WSGI server with several worker processes."""

import logging
import multiprocessing
import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from app.local.launch import die_with
from app.settings import Settings, forget_secrets
from app.webhooks.body_limit import threads_of


class NoAdvice(logging.Filter):
    """Leaves out the server's advice against more threads than processors can run: ours wait for
    bodies, and `web_threads` of them at most work."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("Configuration allows spawning up to ")


# The server's own lines look like ours.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"ours": {"()": "app.logs.formatter", "demo": False}},
    "filters": {"no advice": {"()": "app.web.serve.NoAdvice"}},
    "handlers": {
        "ours": {"class": "logging.StreamHandler", "formatter": "ours", "filters": ["no advice"]}
    },
    "loggers": {"_granian": {"handlers": ["ours"], "level": "WARNING", "propagate": False}},
}
STOP_TIMEOUT_S = 5  # a turn takes 2 s at most


def serve(settings: Settings) -> None:
    """Serve the web application until a signal says stop. The settings are in the environment."""
    # The same for every version of Python; and a process with threads is better not forked.
    multiprocessing.set_start_method("spawn")
    server = Granian(
        "app.web.application:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=settings.web_workers,
        blocking_threads=threads_of(settings.web_threads),
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
        log_access=False,  # paths carry secrets
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_TIMEOUT_S,
    )
    server.serve(target_loader=partial(load, os.getpid()), wrap_loader=False)


def load(server_pid: int) -> Callable[..., Any]:
    """Called in each worker process: the application, with no secret left in the environment."""
    die_with(server_pid, signal.SIGKILL)
    from app.web.application import app

    forget_secrets()
    application: Callable[..., Any] = app
    return application
