"""Providers found by name: callbacks with their parsers, the reply's format, the sender.

The next provider is one line here and one folder beside africastalking/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from providers.contracts.errors import UnknownKind, UnknownProvider
from providers.contracts.messages import Account, Sender
from providers.contracts.webhooks import HttpReply, Kind

# name → "module:object"; a provider is imported when it is first asked for.
_TABLE = {"africastalking": "providers.africastalking.adapter:PROVIDER"}

NAMES = tuple(_TABLE)


@dataclass(frozen=True, slots=True)
class Provider:
    """A company at the other end of a wire.

    `kinds`: the last path segment of a hook's kind → how to read it. `ack`: the answer to a
    callback that is stored and worked later. `sender(account)`: what sends, or None.
    """

    name: str
    kinds: Mapping[str, Kind]
    ack: HttpReply
    sender: Callable[[Account], Sender] | None = None

    def kind(self, name: str) -> Kind:
        """Raises UnknownKind."""
        try:
            return self.kinds[name]
        except KeyError:
            raise UnknownKind("unknown_kind") from None


@cache
def _load(name: str) -> Provider:
    module, _, attribute = _TABLE[name].partition(":")
    provider = getattr(import_module(module), attribute)
    if not isinstance(provider, Provider):
        raise TypeError(f"{_TABLE[name]} is not a Provider")
    return provider


def find(name: str) -> Provider:
    """The provider of this name. Raises UnknownProvider."""
    if name not in _TABLE:
        raise UnknownProvider("unknown_provider")
    return _load(name)
