"""Amounts as people write them in a folder: 1500.50, or `_minor` and whole minor units."""

from functools import cache

from core.manifest.nodes import Fields, Place
from core.money.ledger import AMOUNT_MAXIMUM_MINOR


@cache
def minor_digits(currency: str) -> int:
    """How many decimals the currency is written with: 0 for RWF, 2 for KES (CLDR)."""
    from babel.numbers import get_currency_precision

    return get_currency_precision(currency) if currency else 0


def amount(fields: Fields, name: str, currency: str) -> int | None:
    """The amount called `name`, in minor units; None when it is not given. Never below zero."""
    usual, minor = fields.get(name), fields.get(f"{name}_minor")
    if usual and minor:
        fields.of.fault(f"{name} and {name}_minor: only one of them")
    if minor is not None:
        return minor.whole(0, AMOUNT_MAXIMUM_MINOR)
    return None if usual is None else amount_of(usual, currency)


def amount_of(place: Place, currency: str) -> int:
    digits = minor_digits(currency)
    return int(place.decimal(digits, AMOUNT_MAXIMUM_MINOR).scaleb(digits))
