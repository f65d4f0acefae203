"""What a PIN's hash costs: here alone in the tests it is as dear as in production."""

import importlib.util

import pytest

from core.security import keyring

KEY = bytes(range(32))


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


def test_a_pin_is_hashed_at_the_cost_that_owasp_names(dear: keyring.Keyring) -> None:
    hashed = dear.hash_pin("2748")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert dear.verify_pin("2748", hashed)
    assert not dear.verify_pin("2749", hashed)


def test_a_hash_says_what_it_costs_to_verify(dear: keyring.Keyring) -> None:
    """So a cheap one of the tests is verified by any process, and a dear one by the tests."""
    cheap = keyring.Keyring(KEY).hash_pin("2748")
    assert "$m=64,t=1,p=1$" in cheap
    assert dear.verify_pin("2748", cheap)
    assert keyring.Keyring(KEY).verify_pin("2748", dear.hash_pin("2748"))


def test_another_key_makes_another_hash_of_it(dear: keyring.Keyring) -> None:
    assert not keyring.Keyring(bytes(range(1, 33))).verify_pin("2748", dear.hash_pin("2748"))
