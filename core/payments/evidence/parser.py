"""Reads a confirmation text: whose it is, which format it has, and what the format's fields are.

The labelled details (balance, fee, id, time ...) are found first, wherever they stand, and cut out.
What is left begins with the sentence that says what happened, which one of the network's formats
must fit from its first word. Nothing is guessed: a text that quotes money in a wording that no
format has is `unknown`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from core.payments.evidence.attempt import Attempt
from core.payments.evidence.candidates import by_sender, claimable, likely_of
from core.payments.evidence.details import find_details
from core.payments.evidence.figures import AMOUNT
from core.payments.evidence.networks import Catalogue, Network, catalogue
from core.payments.evidence.reading import MOVEMENTS, Confirmation, Reading
from core.payments.evidence.spoofing import asks_for_secrets, broken_balance

TEXT_CHARACTERS_MAXIMUM = 2_000  # thirteen parts of an SMS; no network writes so much

_AMOUNT = re.compile(AMOUNT)

_FOLDS = {"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00a0": " ", "\u202f": " ", "\u2013": "-"}


def read(confirmation: Confirmation, formats: Catalogue | None = None) -> Reading:
    """What the text says. Never raises: what cannot be read is `unknown`, with its reasons."""
    known = formats or catalogue()
    text = confirmation.text.strip()
    if len(text) > TEXT_CHARACTERS_MAXIMUM:
        return Reading("unknown", reasons=("longer than any network writes",))
    low = _fold(text)
    own = by_sender(confirmation, known)
    likely = likely_of(own, low)
    reading = _read_as(likely, text, low, known)
    if own:
        judged = reading or _notice((*likely, *own), text, low, known)
        return _judged(judged, _whose(judged, own), low)
    # Nobody's sender: what it claims to be is still worth knowing, and never evidence.
    claimed = reading or _read_as(likely_of(claimable(confirmation, known), low), text, low, known)
    if claimed is None:
        claimed = _notice(known.networks, text, low, known, is_stranger=True)
        is_spoof = asks_for_secrets(low)
    else:
        is_spoof = asks_for_secrets(low) or claimed.kind in MOVEMENTS
    return replace(
        claimed,
        accept=False,
        spoof=is_spoof,
        reasons=(*claimed.reasons, "no network sends under this name"),
    )


def _fold(text: str) -> str:
    """Lower case without accents, character by character, so that places stay the same."""
    if text.isascii():
        return text.lower()
    folded = []
    for character in text:
        plain = _FOLDS.get(character) or unicodedata.normalize("NFD", character)[0].lower()
        folded.append(plain if len(plain) == 1 else character)
    return "".join(folded)


def _read_as(networks: Sequence[Network], text: str, low: str, known: Catalogue) -> Reading | None:
    """As the first that fits; one that has the wording in its own file goes before the others."""
    first: Reading | None = None
    for network in networks:
        if first is not None and not network.has_own_formats:
            continue
        attempt = Attempt(find_details(network, text, low), known)
        found = attempt.read()
        if found is not None and (attempt.is_own or len(networks) == 1):
            return found
        first = first or found
    return first


def _whose(reading: Reading, networks: Sequence[Network]) -> Network:
    """The network whose format read it, of those that send under its sender."""
    name = (reading.parser or "").partition("/")[0]
    return next((one for one in networks if one.name == name), networks[0])


def _judged(reading: Reading, network: Network, low: str) -> Reading:
    """Whether a text under the network's own name is evidence."""
    reasons = list(reading.reasons)
    is_spoof = False
    if reading.kind in MOVEMENTS:
        if network.is_bank:
            reasons.append("a bank's alert says nothing of a wallet")
        if not reading.amount:
            reasons.append("no amount")
        if asks_for_secrets(low):
            is_spoof = True
            reasons.append("asks for money back, a call or a secret")
        if not network.overdraft and broken_balance(reading):
            is_spoof = True
            reasons.append("the balance is less than what was received")
    accept = reading.kind in MOVEMENTS and not reasons
    return replace(reading, accept=accept, spoof=is_spoof, reasons=tuple(reasons))


def _notice(
    networks: Sequence[Network], text: str, low: str, known: Catalogue, is_stranger: bool = False
) -> Reading:
    """A text in which no format was found: a code, an advertisement, a notice, or unknown."""
    first = networks[0]
    named = (first.brand, first.country.code)

    def is_a(kind: str) -> bool:
        patterns = {network.notices.get(kind) for network in networks}
        return any(words is not None and words.search(low) for words in patterns)

    balance = Attempt(find_details(first, text, low), known).balance_only()
    if balance is not None and not is_a("failed"):
        return balance
    if is_a("otp"):
        return Reading("otp", parser=f"{first.name}/otp", network=named[0], country=named[1])
    if is_a("failed"):
        return Reading(
            "failed",
            currency=balance.currency if balance else None,
            balance=balance.balance if balance else None,
            parser=f"{first.name}/failed",
            network=named[0],
            country=named[1],
        )
    quotes_money = _AMOUNT.search(low) is not None
    if is_a("promo") or not (quotes_money or is_stranger or is_a("service")):
        return Reading("promo", parser=f"{first.name}/promo", network=named[0], country=named[1])
    if not quotes_money:
        return Reading("other", parser=f"{first.name}/notice", network=named[0], country=named[1])
    reasons = ("nobody described this wording",)
    return Reading("unknown", reasons=reasons, network=named[0], country=named[1])
