"""Providers found by name."""

import subprocess
import sys

import pytest

from providers import registry
from providers.africastalking.send import SmsSender
from providers.africastalking.ussd import parse_ussd
from providers.contracts.errors import UnknownKind, UnknownProvider
from providers.contracts.messages import Account
from providers.mtn_momo.pay import MomoPayments


def test_every_provider_of_the_table_loads_under_its_name() -> None:
    for name in registry.names():
        provider = registry.find(name)
        assert provider.name == name
        assert provider.ack.status == 200
        for kind in provider.kinds.values():
            assert kind.channel in ("ussd", "sms", "whatsapp", "payments")
            assert kind.screen is None or kind.channel == "ussd"


def test_africastalking() -> None:
    provider = registry.find("africastalking")
    assert sorted(provider.kinds) == [
        *("airtime-status", "airtime-validation", "sms-in", "sms-optout", "sms-report"),
        *("sms-subscription", "ussd", "ussd-end"),
    ]
    assert provider.kind("ussd").parse is parse_ussd
    assert provider.kind("ussd-end").screen is None
    assert provider.sender is not None
    assert isinstance(provider.sender(Account("impuye", "k3y")), SmsSender)


def test_kannel() -> None:
    provider = registry.find("kannel")
    assert sorted(provider.kinds) == ["sms-in", "sms-report"]
    assert {kind.methods for kind in provider.kinds.values()} == {("GET",)}
    assert "text=%b" in provider.kind("sms-in").query
    assert [name for name, kind in provider.kinds.items() if kind.told] == ["sms-report"]
    assert provider.ack.body == b"", "Kannel would text it to whoever wrote"


def test_mtn_momo() -> None:
    provider = registry.find("mtn_momo")
    assert provider.sender is None
    assert provider.payments is not None
    account = Account("a-user", "k3y", options=(("collection_key", "k"),))
    assert isinstance(provider.payments(account), MomoPayments)


@pytest.mark.parametrize("name", ["", "africas-talking", "../africastalking", "os"])
def test_unknown_provider(name: str) -> None:
    with pytest.raises(UnknownProvider, match=r"^unknown_provider$"):
        registry.find(name)


@pytest.mark.parametrize("kind", ["", "USSD", "voice"])
def test_unknown_kind(kind: str) -> None:
    with pytest.raises(UnknownKind, match=r"^unknown_kind$"):
        registry.find("africastalking").kind(kind)


def test_the_registry_imports_no_provider_by_itself() -> None:
    """A command that sends nothing does not pay for the SDK."""
    code = "import sys, providers.registry; print('africastalking' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert told.stdout.strip() == "False"
