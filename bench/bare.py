"""What there is no less of: a Flask hop with a form and one Redis round trip, on Piga's own server.

The same granian with the same settings, the same form posted, the same screen answered; the session
read and written by one command. It checks nothing, keeps no lock, knows no retry and no person.
"""

import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

import redis
from flask import Flask, Response, request

from app.local.launch import die_with
from app.settings import Settings, forget_secrets
from app.web import serve
from engine.limits import SESSION_KEPT_S

PATH = "/hop"
SCREEN = "CON Ibimina\n1 Save\n2 Balances\n6 Statement\n7 Receipts\n8 PIN, language"


def create_app(redis_url: str) -> Flask:
    bare = Flask("bare", static_folder=None)
    sessions = redis.Redis.from_url(redis_url)

    @bare.post(PATH)
    def hop() -> Response:
        form = request.form
        said = f"{form['phoneNumber']} {form['serviceCode']} {form['text']}"
        sessions.set(f"bare:{form['sessionId']}", said, ex=SESSION_KEPT_S, get=True)
        return Response(SCREEN, content_type="text/plain; charset=utf-8")

    return bare


def _load(server_pid: int) -> Callable[..., Any]:
    die_with(server_pid, signal.SIGKILL)
    settings = Settings.load()
    forget_secrets()
    return create_app(settings.redis_url)


def main() -> None:
    settings = Settings.load()
    settings.export()
    # Piga's server for all that is no callback, to the letter, with another application in it.
    serve.run(settings, settings.host, settings.port, partial(_load, os.getpid()))


if __name__ == "__main__":
    main()
