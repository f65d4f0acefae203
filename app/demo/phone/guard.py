"""Who may use the phone: a browser or program on this machine, from the phone's own page."""

import ipaddress
import re
from urllib.parse import urlsplit

from flask import Request

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")


def is_local(request: Request) -> bool:
    """Whether both ends are this machine.

    The name in the address bar counts too: a web page elsewhere can aim its own name at 127.0.0.1.
    A request that a proxy passed on came from somewhere else.
    """
    return (
        _is_loopback(request.remote_addr or "")
        and _is_loopback(re.sub(r":\d*$", "", request.host))
        and not any(name in request.headers for name in _FORWARDED)
    )


def is_same_origin(request: Request) -> bool:
    """Whether our own page asks, or a program that is no browser: those send neither header."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin)[:2] == (request.scheme, request.host)


def _is_loopback(host: str) -> bool:
    host = host.strip("[]")
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
