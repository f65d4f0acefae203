"""What of a dialled string lies behind a service's code."""

import pytest

from values.ussd_codes import behind_shared_code, digits_after

DIGITS = [
    ("*384*10#", "*384*10#", ""),
    ("*384*10#", "*384*10*1*500#", "1*500"),
    ("*384*10#", "384*10*1", "1"),
    ("*384*10#", "*384#", ""),
    ("*384*10#", "*384*1#", None),
    ("*384*10#", "*384*100#", None),
    ("*384*10#", "*713#", None),
    ("*713#", "*713*1#", "1"),
    ("*713#", "*7#", None),
]


@pytest.mark.parametrize(("code", "dialled", "digits"), DIGITS)
def test_digits_after(code: str, dialled: str, digits: str | None) -> None:
    assert digits_after(code, dialled) == digits


SHARED = [
    ("*415*33#", "*415#", "33", ""),
    ("*415*33#", "*415#", "33*1*2", "1*2"),
    ("*415*33#", "*415#", "34*1", None),
    ("*415*33#", "*415#", "3", None),
    ("*415*33#", "*415#", "", None),
    ("*415*33#", "*415*33#", "33", None),
    ("*415*33*7#", "*415#", "33*7*1", "1"),
    ("*415*33#", "", "33", None),
    ("*415*33#", "*41#", "5*33", None),
]


@pytest.mark.parametrize(("code", "shared", "text", "left"), SHARED)
def test_behind_shared_code(code: str, shared: str, text: str, left: str | None) -> None:
    assert behind_shared_code(code, shared, text) == left
