"""New wordings: what a sentence that no format has says by its verb alone.

A wording's `grammar` lists words that tell of one thing only ("withdrawn", "umetoa"). A text is
read so where exactly one of these things is said, one amount stands in it and it has an id.
"""

import re
from dataclasses import dataclass

from core.payments.evidence.networks import Network, Rule
from core.payments.evidence.template import CUT

_END = re.compile(rf"[.!\n]\s|{CUT}")
_QUOTES = ("'", '"', "\u201c", "\u2018")


@dataclass(frozen=True, slots=True)
class Said:
    """The rule that fits, and where the words that name the other side begin and may end."""

    rule: Rule
    start: int
    end: int


def said_by_verb(network: Network, cut: str, start: int) -> Said | None:
    """The one thing that `cut[start:]` says happened; None where it says none, or several.

    The first rule of those that hold for one place wins: "credited to your" before "credited".
    """
    taken: list[tuple[int, int]] = []
    rules: dict[tuple[str, str], tuple[Rule, int]] = {}
    for rule in network.grammar:
        for found in rule.words.pattern.finditer(cut, start):
            if any(found.start() < last and first < found.end() for first, last in taken):
                continue
            before = cut[: found.start()].rstrip(" ")
            if before.endswith(_QUOTES) or (rule.direction == "in" and before.endswith(":")):
                return None  # what somebody else says, or a warning of what forgers write
            taken.append(found.span())
            rules.setdefault((rule.kind, rule.direction), (rule, found.end()))
    if len(rules) != 1:
        return None
    ((rule, after),) = rules.values()
    if rule.kind == "unknown":
        return None
    behind = rule.party.search(cut, after) if rule.party is not None else None
    if behind is None:
        return Said(rule, after, after)
    end = _END.search(cut, behind.end())
    return Said(rule, behind.end(), end.start() if end is not None else len(cut))
