"""HTTP errors as a status and nothing else: no page, no words, no address that was asked for."""

import logging
import traceback

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

PLAIN = "text/plain; charset=utf-8"

log = logging.getLogger(__name__)


def install(web: Flask) -> None:
    """Answer whatever no view has answered. A view's own handlers go first."""

    @web.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        headers = [
            (name, value) for name, value in error.get_headers() if name.lower() != "content-type"
        ]
        return Response("", error.code or 500, headers, content_type=PLAIN)

    @web.errorhandler(Exception)
    def failed(fault: Exception) -> Response:
        log_fault("request", fault)
        return Response("", 500, content_type=PLAIN)


def log_fault(what: str, fault: Exception) -> None:
    """Where it happened and of what kind. Never its text, which may hold what was typed; nor the
    path, whose end may be a secret. A demo's log explains it (`app.logs`)."""
    where = "".join(traceback.format_tb(fault.__traceback__)[-4:])
    log.error("%s failed: %s\n%s", what, type(fault).__name__, where, extra={"fault": fault})
