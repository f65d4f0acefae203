"""Which running Piga's phone network a terminal dials on."""

import http.client
import json
from urllib.parse import urlsplit

from app.errors import OperatorError
from app.local.running import Running, running
from app.settings import Settings

LOOK_WITHIN_S = 5.0
ANSWER_BYTES_MAXIMUM = 10_000


def find(settings: Settings) -> str:
    """The URL of the fake network. Raises OperatorError when nothing runs.

    PIGA_FAKES_URL when it is set; else the `piga run` of this PIGA_HOME; else, also when PORT
    names another one, whatever answers at HOST and PORT.
    """
    if settings.fakes_url:
        return settings.fakes_url
    ours = _running(settings)
    if ours is not None and settings.port in (Settings.port, urlsplit(ours.url).port):
        if not ours.demo:
            raise OperatorError(f"The Piga at {ours.url} is no demo: it has no phone.")
        return ours.fakes_url
    found = _ask(settings.url)
    if found:
        return found
    if ours is not None:
        raise OperatorError(f"No Piga's phone answers at {settings.url}; one runs at {ours.url}.")
    raise OperatorError(f"No Piga is running at {settings.url}: start one with `piga run`.")


def _running(settings: Settings) -> Running | None:
    try:
        return running(settings)
    except PermissionError:  # another user's: its port still answers
        return None


def _ask(url: str) -> str:
    """Where the web server at this URL has its phone network; empty when there is none."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=LOOK_WITHIN_S)
    try:
        connection.request("GET", "/phone/api/where")
        answer = connection.getresponse()
        said = json.loads(answer.read(ANSWER_BYTES_MAXIMUM)) if answer.status == 200 else {}
    except (OSError, http.client.HTTPException, ValueError):
        return ""
    finally:
        connection.close()
    fakes = said.get("fakes") if isinstance(said, dict) else None
    return fakes if isinstance(fakes, str) else ""
