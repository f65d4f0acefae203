"""Where somebody listens, as an account names it: `tcp://HOST:PORT`."""

from typing import NamedTuple
from urllib.parse import urlsplit

from providers.contracts.errors import ProviderError


class BadAccount(ProviderError):
    """An account's settings cannot be used. The code is the sentence for the operator."""


class Address(NamedTuple):
    """A host and a port of TCP."""

    host: str
    port: int


def read(url: str, port: int | None = None) -> Address:
    """The address in a URL, with `port` where it has none. Raises BadAccount."""
    wrong = BadAccount(f"{url} is no address such as tcp://127.0.0.1:{port or 4000}")
    try:
        parts = urlsplit(url)
        found = parts.port or port
    except ValueError:
        raise wrong from None
    if parts.scheme != "tcp" or not parts.hostname or parts.path.strip("/") or not found:
        raise wrong
    return Address(parts.hostname, found)
