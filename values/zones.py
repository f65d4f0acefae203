"""The time zone of a phone number, where its calling code leaves no doubt."""

from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

CALLING_CODE_DIGITS_MAXIMUM: Final = 3


def zone_of(number: str) -> ZoneInfo | None:
    """The zone that everybody with such a number lives in: of a country that has its calling code
    to itself, and one zone. None otherwise: the Congo has two, and +1 is many countries'. `number`
    is E.164."""
    digits = number.removeprefix("+")
    for length in range(1, CALLING_CODE_DIGITS_MAXIMUM + 1):
        countries = _countries(digits[:length])
        if countries:
            return _only_zone(countries[0]) if len(countries) == 1 else None
    return None


@cache
def _countries(calling_code: str) -> tuple[str, ...]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    if not calling_code.isdecimal():
        return ()
    return tuple(COUNTRY_CODE_TO_REGION_CODE.get(int(calling_code), ()))


@cache
def _only_zone(country: str) -> ZoneInfo | None:
    from babel.core import get_global

    zones = get_global("territory_zones").get(country, ())
    return ZoneInfo(zones[0]) if len(zones) == 1 else None
