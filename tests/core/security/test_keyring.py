"""What a PIN's hash costs: here alone in the tests it is as dear as in production."""

import importlib.util

import pytest

from core.security import keyring

KEY = bytes(range(32))
PIN = "2748"


@pytest.fixture
def dear() -> keyring.Keyring:
    """A keyring of the module as it is installed, without what the tests set in it."""
    spec = importlib.util.find_spec("core.security.keyring")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: keyring.Keyring = module.Keyring(KEY)
    return made


def test_a_hash_says_nothing_without_the_pepper(dear: keyring.Keyring) -> None:
    hashed = dear.hash_pin(PIN)
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")  # as OWASP names it
    assert PIN not in hashed
    assert hashed != dear.hash_pin(PIN)
    assert dear.verify_pin(PIN, hashed)
    assert not dear.verify_pin("2749", hashed)
    assert not keyring.Keyring(b"y" * 32).verify_pin(PIN, hashed)


def test_a_hash_says_what_it_costs_to_verify(dear: keyring.Keyring) -> None:
    """So a cheap one of the tests is verified by any process, and a dear one by the tests."""
    cheap = keyring.Keyring(KEY).hash_pin(PIN)
    assert "$m=64,t=1,p=1$" in cheap
    assert dear.verify_pin(PIN, cheap)
    assert keyring.Keyring(KEY).verify_pin(PIN, dear.hash_pin(PIN))
