"""Whom the inner server takes a passed on connection to be from."""

import ipaddress

import pytest

from app.front.tunnel import source_of


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", ""])
def test_this_machine_is_itself(peer: str) -> None:
    assert source_of(peer) == "127.0.0.1"


def test_each_peer_has_an_address_of_its_own_on_loopback() -> None:
    peers = [f"192.0.2.{number}" for number in range(200)] + ["2001:db8::1"]
    sources = {source_of(peer) for peer in peers}
    assert len(sources) == len(peers)
    assert all(ipaddress.ip_address(one).is_loopback for one in sources)
    assert "127.0.0.1" not in sources
    assert source_of("192.0.2.7") == source_of("192.0.2.7")
