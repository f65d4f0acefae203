"""A file from a provider's address: so much of it at most, within a time, and no redirect followed
unseen, since a credential must not go along."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import requests

from providers.contracts.files import FileError
from providers.transport import session

CHUNK_BYTES = 64 * 1024
# A job has half a minute: who sends a byte a second does not hold it up.
WITHIN_S = 20.0


@dataclass(frozen=True, slots=True)
class Downloaded:
    """An answer: its status, where it sends on to ('' nowhere), and its body."""

    status: int
    location: str = field(repr=False)
    content: bytes = field(repr=False)


def download(
    url: str,
    *,
    timeout_s: tuple[float, float],
    bytes_maximum: int,
    trust_env: bool,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> Downloaded:
    """Get it. Raises FileError: too_large, or unreachable."""
    until = time.monotonic() + WITHIN_S
    body = bytearray()
    try:
        with (
            session(trust_env=trust_env) as client,
            client.get(
                url,
                headers=headers,
                auth=auth,
                timeout=timeout_s,
                allow_redirects=False,
                stream=True,
            ) as answer,
        ):
            if answer.headers.get("Content-Length", "0").isdigit():
                _require_small(int(answer.headers.get("Content-Length", "0")), bytes_maximum)
            for chunk in answer.iter_content(CHUNK_BYTES):
                body += chunk
                _require_small(len(body), bytes_maximum)
                if time.monotonic() > until:
                    break
            else:
                location = answer.headers.get("Location", "")
                return Downloaded(answer.status_code, location, bytes(body))
    except (requests.RequestException, ValueError):
        pass  # raised out here, so that no error drags along a cause that quotes the address
    raise FileError("unreachable", again=True)


def _require_small(size: int, maximum: int) -> None:
    if size > maximum:
        raise FileError("too_large")
