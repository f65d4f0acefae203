"""Telephone numbers of the wallets' countries, as texts print them, in E.164."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """`national_digits` are those behind the calling code. `trunk` is what is dialled before them
    at home and dropped from abroad: "0", or "" where the zero belongs to the number."""

    code: str
    calling: str
    national_digits: tuple[int, ...]
    mobile_starts: tuple[str, ...]
    trunk: str
    currency: str
    timezone: str


def e164(printed: str, country: Country, countries: Mapping[str, Country]) -> str | None:
    """`+250788123456` for `0788123456`, `788123456` or `250788123456`; None where `printed` is no
    whole number of a mobile telephone."""
    digits = printed.removeprefix("+").removeprefix("00")
    if not digits.isdigit():
        return None
    if not printed.startswith(("+", "00")):
        national = _national(digits, country)
        if national is not None:
            return f"+{country.calling}{national}"
    for other in (country, *countries.values()):
        rest = digits.removeprefix(other.calling)
        if rest != digits and len(rest) in other.national_digits:
            return f"+{digits}"
    return f"+{digits}" if printed.startswith("+") and 8 <= len(digits) <= 15 else None


def _national(digits: str, country: Country) -> str | None:
    bare = digits.removeprefix(country.trunk)
    for national in (digits, bare):
        if len(national) in country.national_digits and national.startswith(country.mobile_starts):
            return national
    return None
