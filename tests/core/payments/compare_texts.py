"""`python -m tests.core.payments.compare_texts FILE`: how well known texts are read, by field.

FILE has an object a line: `network`, `sender`, `text`, and each of FIELDS as a person read it (null
where the text does not say it; amounts as numbers; numbers of phones as printed).
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from core.payments.evidence.networks import catalogue
from core.payments.evidence.numbering import e164
from core.payments.evidence.parser import read
from core.payments.evidence.reading import Confirmation

FIELDS: Final = (
    *("kind", "direction", "accept", "spoof", "amount", "currency", "fee", "balance"),
    *("counterparty_name", "counterparty_msisdn", "txid", "reference", "timestamp"),
)
_FIGURES: Final = frozenset({"amount", "fee", "balance"})


def wrong_fields(known: Mapping[str, Any]) -> list[str]:
    """The fields of one text that are read otherwise than a person reads them."""
    found = read(Confirmation(sender=known["sender"], text=known["text"])).to_data()
    return [name for name in FIELDS if not _is_same(name, known.get(name), found[name], found)]


def _is_same(name: str, said: Any, read_as: Any, found: Mapping[str, Any]) -> bool:
    if said is None or read_as is None:
        return said is read_as
    if name in _FIGURES:
        return Decimal(str(said)) == Decimal(read_as)
    if name == "counterparty_name":
        return str(said).split() == str(read_as).split()
    if name == "counterparty_msisdn" and said != read_as:
        countries = catalogue().countries
        country = countries.get(found["country"] or "")
        return country is not None and e164(said, country, countries) == read_as
    return bool(said == read_as)


def table(texts: Iterable[Mapping[str, Any]]) -> str:
    """A row for each network, as Markdown: its texts, those that are right in every field, and of
    each field how many are."""
    right: dict[str, Counter[str]] = defaultdict(Counter)
    for known in texts:
        wrong = wrong_fields(known)
        counts = right[known["network"]]
        counts["texts"] += 1
        counts["all"] += not wrong
        counts.update(name for name in FIELDS if name not in wrong)
    names = ("texts", "all", *FIELDS)
    lines = [f"| network | {' | '.join(names)} |", "| --- |" + " --- |" * len(names)]
    lines += [
        f"| {network} | {' | '.join(str(counts[name]) for name in names)} |"
        for network, counts in sorted(right.items())
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print(table([json.loads(line) for line in file]))
