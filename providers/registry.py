"""Providers found by name: callbacks with their parsers, the reply's format, the sender.

The next provider is one line here and one folder beside africastalking/; a USSD gateway that
differs from others in words only is a file in ussd_http/gateways/, or in somebody's own folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from providers.contracts.airtime import AirtimeSender
from providers.contracts.balances import Balances
from providers.contracts.chat import ChatSender
from providers.contracts.errors import UnknownKind, UnknownProvider
from providers.contracts.files import FileSource
from providers.contracts.messages import Account, Sender
from providers.contracts.payments import Payments
from providers.contracts.rates import RateSource
from providers.contracts.webhooks import HttpReply, Kind

# name → "module:object"; a provider is imported when it is first asked for.
_TABLE = {
    "africastalking": "providers.africastalking.adapter:PROVIDER",
    "airtel_money": "providers.airtel_money.adapter:PROVIDER",
    "flutterwave": "providers.flutterwave.adapter:PROVIDER",
    "hubtel_money": "providers.hubtel_money.adapter:PROVIDER",
    "flutterwave_rates": "providers.flutterwave_rates.adapter:PROVIDER",
    "frankfurter": "providers.frankfurter.adapter:PROVIDER",
    "integrat": "providers.integrat.adapter:PROVIDER",
    "kannel": "providers.kannel.adapter:PROVIDER",
    "meta": "providers.meta.adapter:PROVIDER",
    "mpesa_daraja": "providers.mpesa_daraja.adapter:PROVIDER",
    "mtn_nigeria": "providers.mtn_nigeria.adapter:PROVIDER",
    "mtn_momo": "providers.mtn_momo.adapter:PROVIDER",
    "osmocom": "providers.osmocom.adapter:PROVIDER",
    "paystack": "providers.paystack.adapter:PROVIDER",
    "smpp": "providers.smpp.adapter:PROVIDER",
    "truteq": "providers.truteq.adapter:PROVIDER",
    "twilio": "providers.twilio.adapter:PROVIDER",
}

# What stands in addresses for it: Safaricom takes none with its products' names in it.
_PATH_NAMES = {"mpesa_daraja": "daraja"}
_BY_PATH_NAME = {short: name for name, short in _PATH_NAMES.items()}

GATEWAYS = Path(__file__).parent / "ussd_http" / "gateways"
_GATEWAY_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")

# name → a gateway's file
_files: dict[str, Path] = {}
_loaded: dict[str, Provider] = {}


class GatewayConflict(Exception):
    """A gateway's file cannot be taken: its name. The text says why."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A company at the other end of a wire.

    `kinds`: the last path segment of a hook's kind → how to read it. `ack`: the answer to a
    callback that is stored and worked later. `sender(account)`: what sends texts,
    `chat_sender(account)`: what sends into chats, `airtime_sender(account)`: what orders airtime,
    `files(account)`: what fetches files that people sent, `payments(account)`: what asks for money
    and pays it out, `rates(account)`: what quotes exchange rates, and `balances(account)`: what
    tells how much the account has left; or None. A payment that nobody approved has ended there
    after `payment_expires_s` seconds, where the provider says so.
    `service_settings`: what a service there has where its entry in services.yaml says nothing else.
    `takes_by_process`: texts are handed to the process that holds an account's connection.
    `fetches_files`: a chat's file goes by its address, for there is no upload.
    """

    name: str
    kinds: Mapping[str, Kind]
    ack: HttpReply
    sender: Callable[[Account], Sender] | None = None
    chat_sender: Callable[[Account], ChatSender] | None = None
    files: Callable[[Account], FileSource] | None = None
    airtime_sender: Callable[[Account], AirtimeSender] | None = None
    payments: Callable[[Account], Payments] | None = None
    payment_expires_s: float | None = None
    rates: Callable[[Account], RateSource] | None = None
    balances: Callable[[Account], Balances] | None = None
    service_settings: Mapping[str, Any] = field(default_factory=dict)
    takes_by_process: bool = False
    fetches_files: bool = False

    def kind(self, name: str) -> Kind:
        """Raises UnknownKind."""
        try:
            return self.kinds[name]
        except KeyError:
            raise UnknownKind("unknown_kind") from None


def add_gateways(folders: Iterable[Path]) -> list[str]:
    """Make the gateways of these folders known, too; their names.

    Raises GatewayConflict: there is no such folder, a name that no hook's path can have, or one
    that is taken.
    """
    added: list[str] = []
    for folder in folders:
        if not folder.is_dir():
            raise GatewayConflict(f"there is no folder {folder}")
        for path in sorted(folder.glob("*.yaml")):
            name = path.stem
            if not _GATEWAY_NAME.fullmatch(name):
                raise GatewayConflict(
                    f"{path.name}: a gateway's name has small letters, digits and dashes"
                )
            known = _files.get(name)
            if name in _TABLE or (known is not None and known != path):
                raise GatewayConflict(f"{path}: there is a provider {name} already")
            _files[name] = path
            added.append(name)
    return added


def names() -> tuple[str, ...]:
    """The names of all providers."""
    return (*_TABLE, *_files)


def gateway_files() -> Mapping[str, Path]:
    """The gateways that are files, by name."""
    return _files


def find(name: str) -> Provider:
    """The provider of this name, or of this name in addresses. Raises UnknownProvider; and
    GatewayFaults the first time, where a gateway's file is wrong."""
    provider = _loaded.get(name)
    if provider is None:
        if name in _BY_PATH_NAME:
            return find(_BY_PATH_NAME[name])
        if name not in _TABLE and name not in _files:
            raise UnknownProvider("unknown_provider")
        provider = _loaded[name] = _load(name)
    return provider


def path_name(name: str) -> str:
    """What stands for a provider in the addresses that it is given."""
    return _PATH_NAMES.get(name, name)


def _load(name: str) -> Provider:
    if name in _files:
        provider = import_module("providers.ussd_http.adapter").load(_files[name]).provider()
    else:
        module, _, attribute = _TABLE[name].partition(":")
        provider = getattr(import_module(module), attribute)
    if not isinstance(provider, Provider):
        raise TypeError(f"{name} is not a Provider")
    return provider


add_gateways([GATEWAYS])
