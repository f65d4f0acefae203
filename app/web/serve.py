"""The web server: granian, a WSGI server with several worker processes."""

import logging
import multiprocessing
import os
import signal
import socket
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
    """Serve the web application until a signal says stop. The settings are in the environment.

    Callbacks come in by a loop of each worker process (`app/front`), where WEB_LOOP does not say
    otherwise; that passes anything else on to the server, which listens on loopback then.
    """
    if not settings.web_loop:
        run(settings, settings.host, settings.port, partial(load, os.getpid(), None, 0))
        return
    with bound(settings.host, settings.port) as outer:
        inner_port = free_port()
        loader = partial(load, os.getpid(), outer, inner_port)
        run(settings, "127.0.0.1", inner_port, loader)


def run(settings: Settings, host: str, port: int, loader: Callable[[], Any]) -> None:
    """Run the server, whose worker processes call `loader` for the application."""
    # The same for every version of Python; and a process with threads is better not forked.
    multiprocessing.set_start_method("spawn")
    server = Granian(
        "app.web.application:app",
        address=host,
        port=port,
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
    server.serve(target_loader=loader, wrap_loader=False)


def bound(host: str, port: int) -> socket.socket:
    """A socket that all worker processes take connections from. The first that is ready listens:
    until then connections are refused."""
    outer = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    outer.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    outer.bind((host, port))
    return outer


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def load(server_pid: int, outer: socket.socket | None, inner_port: int) -> Callable[..., Any]:
    """Called in each worker process: the application, with no secret left in the environment."""
    die_with(server_pid, signal.SIGKILL)
    from app.web.application import load as load_application

    application, parts = load_application(inner_port)
    forget_secrets()
    if outer is not None:
        from app.front.start import Front

        Front(parts, outer, inner_port).start()
    return application
