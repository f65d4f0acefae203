"""`piga live`: granian with the ASGI application, in one process."""

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
from app.web.serve import LOGGING

STOP_TIMEOUT_S = 1  # who looks on has nothing to lose: their page connects again


def serve(settings: Settings, port: int) -> None:
    """Serve until a signal says stop. The settings are in the environment."""
    multiprocessing.set_start_method("spawn")
    server = Granian(
        "app.live.application:app",
        address=settings.host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        workers=1,
        websockets=True,
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_TIMEOUT_S,
    )
    server.serve(target_loader=partial(load, os.getpid()), wrap_loader=False)


def load(server_pid: int) -> Callable[..., Any]:
    """Called in the worker process: the application, with no secret left in the environment."""
    die_with(server_pid, signal.SIGKILL)
    from app.live.application import app

    forget_secrets()
    return app
