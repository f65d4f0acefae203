"""The texts that are sent on their own, filled with their longest values: one segment each.

They become words in a worker, where nobody looks; so they are looked at here. A kind that
names a new value needs a sample of it, from its domain; the check says so.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from checks import samples
from checks.samples import AGENT_SHOWN, AT, CUSTOMER, GROUP_NAMES, ID, MOST_MINOR
from core.people.pin_attempts import PIN_LOCK_LONGEST_S
from engine.wording import own_words
from menus import gsm7, sms
from menus.languages import BY_CODE, LANGUAGES
from menus.limits import RECEIPT_SEGMENTS_MAX
from menus.messages import compose
from values.messages import Message, MissingValue
from values.problems import Problem

ROOM: Final = "texts"
TENANT: Final = samples.service({}).tenant


def money(currency: str, amount_minor: int, fee_minor: int, balance_minor: int) -> dict[str, Any]:
    """The values that are money."""
    values = {"amount": amount_minor, "fee": fee_minor}
    values |= dict.fromkeys(("balance", "float"), balance_minor)
    return {name: {"$money": [minor, currency]} for name, minor in values.items()}


# As they are stored with a text, and as long as they plausibly get.
VALUES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        **money("RWF", MOST_MINOR, 100_000, 10 * MOST_MINOR),
        "at": {"$at": AT.isoformat()},
        "until": {"$time": AT.isoformat()},
        "group": GROUP_NAMES[0],
        "agent": AGENT_SHOWN,
        "customer": CUSTOMER.shown_name,
        "reference": "0W2Z4M6N",
        "code": {"$code": [str(ID), 1, 6]},
        "ending": "901",
        "minutes": PIN_LOCK_LONGEST_S // 60,
    }
)
SCENARIOS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "longest": VALUES,
        "no fee": {**VALUES, **money("RWF", MOST_MINOR, 0, 10 * MOST_MINOR)},
        # Near what a wallet may hold there: Ksh 500,000, and 2 000 000 FCFA times ten.
        "cents": {**VALUES, **money("KES", 25_000_000, 500_000, 50_000_000)},
        "francs": {**VALUES, **money("XOF", 2_000_000, 20_000, 20_000_000)},
    }
)


def check_messages(
    kinds: Collection[type[Message]],
    values: Mapping[str, Any] = MappingProxyType({}),
    *,
    languages: Collection[str] = LANGUAGES,
) -> list[Problem]:
    """Every kind of message, in every language: a value without a sample, more than one segment,
    and letters that a message of that size cannot keep. `values` are further samples."""
    found = [
        Problem(ROOM, f"{kind.name} ({scenario}) in {language}", what)
        for kind in kinds
        for scenario, sample in SCENARIOS.items()
        for language in languages
        for what in _faults(kind, {**values, **sample}, language)
    ]
    return sorted(found)


def _faults(kind: type[Message], values: Mapping[str, Any], language: str) -> Iterator[str]:
    own = own_words(TENANT, language)
    try:
        words = compose(kind, values, language, TENANT.zone, _code_of, own=own)
    except MissingValue as missing:
        yield f"names {missing}: there is no sample of it"
        return
    count = sms.segments(sms.receipt(words))
    # Their readers know them without their marks, as networks write them.
    own_letters = BY_CODE[language].folds.keys()
    if count > RECEIPT_SEGMENTS_MAX:
        size = f"{gsm7.septets(gsm7.fold(gsm7.printable(words)))} septets"
        yield f"takes {count} segments ({size}), and {RECEIPT_SEGMENTS_MAX} is the most"
    elif sms.receipt(words) != words and set(words) - set(gsm7.fold(words)) - own_letters:
        yield "loses letters: they are outside GSM-7, and would cost another segment"


def _code_of(approval_id: uuid.UUID, counter: int) -> str:
    return samples.CODE
