"""An account's keys, and what is said of one that cannot be."""

import pytest

from providers.contracts.messages import Account
from providers.smpp.options import BadOptions, read


def account(url: str | None = "smpp://smsc.example:2775", **own: str) -> Account:
    return Account("piga", "pw", url, options=tuple(own.items()))


def test_what_is_not_said_is_usual() -> None:
    found = read(account(name="main", hand_over="/x"))
    assert (found.name, found.host, found.port, found.tls) == ("main", "smsc.example", 2775, False)
    assert (found.bind, found.window, found.messages_a_second) == ("transceiver", 10, 20)
    assert "pw" not in repr(found)


def test_every_key_is_read() -> None:
    found = read(
        account(
            "smpps://smsc.example",
            bind="receiver",
            window="3",
            messages_a_second="0",
            ussd_end="0x17",
            ussd_session="number",
            system_type="VMS",
            long_messages="payload",
            default_alphabet="latin1",
            receipt_ids="decimal",
        )
    )
    assert (found.port, found.tls) == (3550, True)
    assert (found.bind, found.window, found.messages_a_second, found.ussd_end) == (
        "receiver",
        3,
        0,
        0x17,
    )
    assert (found.system_type, found.long_messages) == ("VMS", "payload")


@pytest.mark.parametrize(
    ("url", "own", "said"),
    [
        (None, {}, "base_url"),
        ("http://smsc.example", {}, "base_url"),
        ("smpp://", {}, "base_url"),
        ("smpp://smsc.example:99999", {}, "no such port"),
        ("smpp://a", {"window": "0"}, "window: a whole number from 1"),
        ("smpp://a", {"window": "many"}, "window"),
        ("smpp://a", {"bind": "both"}, "bind: one of transceiver"),
        ("smpp://a", {"service_type": "TOOLONG"}, "service_type"),
        ("smpp://a", {"windoww": "3"}, "windoww: an SMPP account has no such key"),
    ],
)
def test_what_cannot_be_is_named(url: str | None, own: dict[str, str], said: str) -> None:
    with pytest.raises(BadOptions, match=said):
        read(account(url, **own))


def test_a_credential_that_the_wire_cannot_carry_is_refused_without_repeating_it() -> None:
    with pytest.raises(BadOptions) as refused:
        read(Account("piga", "a secret that is too long", "smpp://a"))
    assert "too long" not in str(refused.value)
    assert "secret: at most" in str(refused.value)
