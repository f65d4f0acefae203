"""Where osmo-hlr listens: `tcp://HOST:PORT`."""

from typing import NamedTuple
from urllib.parse import urlsplit

from providers.contracts.errors import ProviderError

GSUP_PORT = 4222
CTRL_PORT = 4259


class BadAccount(ProviderError):
    """An account's settings cannot be used. The code is the sentence for the operator."""


class Address(NamedTuple):
    """A host and a port of TCP."""

    host: str
    port: int


def read(url: str, port: int) -> Address:
    """The address in a URL, with `port` where it has none. Raises BadAccount."""
    try:
        parts = urlsplit(url)
        found = parts.port
    except ValueError:
        raise BadAccount(f"{url} is no address such as tcp://127.0.0.1:{port}") from None
    if parts.scheme != "tcp" or not parts.hostname or parts.path.strip("/"):
        raise BadAccount(f"{url} is no address such as tcp://127.0.0.1:{port}")
    return Address(parts.hostname, found or port)
