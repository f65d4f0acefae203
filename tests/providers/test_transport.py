"""Where a secret may travel: read as the client reads an address that it connects to."""

import pytest

from providers.transport import may_carry_secret


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://api.example.com/v1", True),
        ("http://127.0.0.1:8000/v1", True),
        ("http://[::1]:8000", True),
        ("http://LOCALHOST/", True),
        ("http://api.example.com/v1", False),
        ("http://x.invalid\\@127.0.0.1/", False),  # the client connects to x.invalid
        ("http://10.0.0.1/", False),
        ("https:///v1", False),
        ("https://[/", False),
        ("api.example.com", False),
    ],
)
def test_a_secret_goes_over_https_or_to_this_machine(url: str, may: bool) -> None:
    assert may_carry_secret(url) is may


def test_a_network_of_its_own_is_near_enough_where_that_is_said() -> None:
    assert may_carry_secret("http://10.0.0.1:13013", private=True)
    assert not may_carry_secret("http://x.invalid\\@10.0.0.1/", private=True)
