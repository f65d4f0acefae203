"""So much of one currency in another: rounded once, to the minor unit, against the customer."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from values.currencies import minor_digits
from values.money import Money


@dataclass(frozen=True, slots=True)
class Converted:
    """`is_rounded` says that the exact result has a fraction of a minor unit, which was left out or
    added: less than one unit, never in the customer's favour."""

    money: Money
    is_rounded: bool


def received(sent: Money, destination: str, rate: Decimal) -> Converted:
    """What arrives when so much is sent: rounded down."""
    exact = _minor(sent, destination) * rate
    return _rounded(exact, destination, ROUND_FLOOR)


def needed(wanted: Money, source: str, rate: Decimal) -> Converted:
    """What must be sent for so much to arrive: rounded up."""
    with localcontext(prec=60):
        exact = _minor(wanted, source) / rate
    return _rounded(exact, source, ROUND_CEILING)


def _minor(money: Money, currency: str) -> Decimal:
    """An amount as if its units were the other currency's, in that one's minor units."""
    shift = minor_digits(currency) - minor_digits(money.currency)
    return Decimal(money.amount_minor).scaleb(shift)


def _rounded(exact: Decimal, currency: str, rounding: str) -> Converted:
    with localcontext(prec=60):
        whole = exact.to_integral_value(rounding=rounding)
    return Converted(Money(int(whole), currency), whole != exact)
