"""Which networks a text may be of: by its sender, its currency and the numbers in it."""

import re
from collections.abc import Iterable, Sequence

from core.payments.evidence.figures import AMOUNT, possible_currencies
from core.payments.evidence.networks import Catalogue, Network, fold_sender
from core.payments.evidence.reading import Confirmation

_AMOUNT = re.compile(AMOUNT)
_NUMBER = re.compile(r"(?<![\w.-])\d{8,13}(?![\w.]\w)")
_SPACED = re.compile(r"(?<=\()\+?\d{2,4}(?: \d{2,3}){2,5}(?=\))")


def by_sender(confirmation: Confirmation, known: Catalogue) -> tuple[Network, ...]:
    return _narrowed(known.by_sender.get(fold_sender(confirmation.sender), ()), confirmation)


def claimable(confirmation: Confirmation, known: Catalogue) -> tuple[Network, ...]:
    return _narrowed((one for one in known.networks if not one.is_bank), confirmation)


def _narrowed(networks: Iterable[Network], confirmation: Confirmation) -> tuple[Network, ...]:
    """Those of the country and network that the caller named, or all if it fits none of them."""
    found = tuple(networks)
    if confirmation.country:
        code = confirmation.country.upper()
        found = tuple(one for one in found if one.country.code == code) or found
    if confirmation.network:
        wanted = confirmation.network.casefold()
        named = tuple(one for one in found if wanted in (one.name, one.brand.casefold()))
        found = named or found
    return found


def likely_of(networks: Sequence[Network], low: str) -> Sequence[Network]:
    """Those whose currency the text names, first those whose numbers it has."""
    if len(networks) < 2:
        return networks
    amounts = _AMOUNT.findall(low)
    if not amounts:
        return networks[:1]
    named = frozenset().union(*map(possible_currencies, amounts))
    fitting = [one for one in networks if one.country.currency in named] or list(networks)
    if len(fitting) > 1:
        numbers = [
            *_NUMBER.findall(low),
            *(spaced.replace(" ", "").removeprefix("+") for spaced in _SPACED.findall(low)),
        ]
        fitting.sort(key=lambda one: _strangeness(one, low, numbers))
    return fitting


def _strangeness(network: Network, low: str, numbers: Sequence[str]) -> int:
    """0 where the text names the network's country; more, the less speaks for it."""
    country = network.country
    if network.hints is not None and network.hints.search(low):
        return 0
    for digits in numbers:
        rest = digits.removeprefix(country.calling)
        if rest != digits and len(rest) in country.national_digits:
            return 0
    fits = any(
        len(digits) in country.national_digits and digits.startswith(country.mobile_starts)
        for digits in numbers
    )
    return 1 + 2 * (not fits) + (not network.is_default)
