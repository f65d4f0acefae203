"""The labelled details of a text: balance, fee, id, reference, time, wherever they stand."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from core.payments.evidence.figures import BEFORE_MOMENT, MOMENT, read_moment, read_money
from core.payments.evidence.networks import Network
from core.payments.evidence.template import CUT

_WORD = re.compile(r"([a-z0-9]{1,4}+)[a-z0-9]*+")
_MOMENT = re.compile(MOMENT)
_BEFORE_MOMENT = re.compile(BEFORE_MOMENT)
_BEFORE_MOMENT_CHARACTERS = 30
_BANK_REFERENCE = re.compile(r"\d{3}_[a-z0-9]{4,40}+")
_NOTE_END = re.compile(r"[.!](?=\s|\*|$)|\n|\*[a-z]{2}#|$")
# `2026-`, `3/`, `13.`, `7 may`, `003_`: nothing longer begins a date or a bank's reference.
_FIRST_PART_MAXIMUM = 4
_BEHIND_FIRST_PART = frozenset("-/. _")
_EMPTY = frozenset({"", "null", "none", "n/a", "na"})
_OPEN_ENDED = frozenset({"payer", "ref", "account", "note", "message", "aside"})
_MONEY_DETAILS = frozenset({"balance", "available", "fee", "skip", "sum"})

Money = tuple[Decimal | None, str | None]


@dataclass(slots=True)
class FoundDetails:
    """The values by the names of `networks.DETAILS`, and the text with CUTs in their place.

    `clashes` names details that stand in the text twice with different values: a payer's note
    that imitates a label must not decide.
    """

    network: Network
    text: str
    low: str
    money: dict[str, Money] = field(default_factory=dict)
    words: dict[str, str | None] = field(default_factory=dict)
    clashes: set[str] = field(default_factory=set)
    cut: str = ""

    def balance(self) -> Money:
        """The balance; the available one where the text has no other."""
        amount, currency = self.money.get("balance", (None, None))
        return (
            (amount, currency) if amount is not None else self.money.get("available", (None, None))
        )

    def keep(self, kind: str, value: str | None) -> None:
        """The first value that a text gives stays."""
        before = self.words.get(kind)
        if before is None:
            self.words[kind] = value
        elif value is not None and before != value and kind == "txid":
            self.clashes.add(kind)

    def find(self) -> "FoundDetails":
        """Look for every label, once."""
        low, details = self.low, self.network.details
        spans: list[tuple[int, int]] = []
        labels: list[tuple[str, int]] = []
        position = 0
        for word in _WORD.finditer(low):
            start = word.start()
            if start < position:
                continue
            key = word[1]
            if key[0] <= "9" and _may_begin(low, start, word.end()):
                end = self._moment(start, position, spans) or self._bank_reference(start, spans)
                if end:
                    position = end
                    continue
            for labelled in details.get(key) or details.get(key[:3]) or ():
                found = labelled.pattern.match(low, start)
                if found is not None:
                    break
            else:
                continue
            detail = labelled.by_group[outer_group(found)]
            position = found.end()
            if detail.kind in _MONEY_DETAILS:
                self._keep_money(detail.kind, found.group(detail.group))
            elif detail.has_value:
                first, last = found.span(detail.group)
                self.keep(detail.kind, self.text[first:last])
            elif detail.kind in _OPEN_ENDED:
                labels.append((detail.kind, len(spans)))
            spans.append((start, position))
        for kind, place in labels:
            start, end = spans[place]
            following = spans[place + 1][0] if place + 1 < len(spans) else len(low)
            found = _NOTE_END.search(low, end, following)
            last = found.start() if found is not None else following
            value = self.text[end:last].strip(" \t\r\n.,;:")
            self.keep(kind, None if value.startswith("-") or value.lower() in _EMPTY else value)
            spans[place] = (start, last)
        parts: list[str] = []
        position = 0
        for start, end in spans:
            parts += (low[position:start], CUT * (end - start))
            position = end
        self.cut = "".join(parts) + low[position:]
        return self

    def _moment(self, start: int, floor: int, spans: list[tuple[int, int]]) -> int:
        """Where a date that begins at `start` ends, with its clock; 0 where none begins there."""
        found = _MOMENT.match(self.low, start)
        if found is None:
            return 0
        floor = max(floor, start - _BEFORE_MOMENT_CHARACTERS)
        before = _BEFORE_MOMENT.search(self.low, floor, start)
        first = before.start() if before is not None else start
        moment = read_moment(self.low[first : found.end()])
        if moment is None:
            return 0
        self.keep("moment", moment)
        spans.append((first, found.end()))
        return found.end()

    def _bank_reference(self, start: int, spans: list[tuple[int, int]]) -> int:
        """`003_19ec6e42`: a Tanzanian bank's number and its own id, which carry no label."""
        found = _BANK_REFERENCE.match(self.low, start)
        if found is None:
            return 0
        self.keep("external", self.text[start : found.end()])
        spans.append(found.span())
        return found.end()

    def _keep_money(self, kind: str, words: str) -> None:
        found = read_money(words)
        before = self.money.get(kind, (None, None))[0]
        if before is None:
            self.money[kind] = found
        elif found[0] is not None and found[0] != before and kind == "balance":
            self.clashes.add(kind)


def _may_begin(low: str, start: int, end: int) -> bool:
    """Whether the word between may be the first part of a date, or of a bank's reference."""
    return end - start <= _FIRST_PART_MAXIMUM and low[end : end + 1] in _BEHIND_FIRST_PART


def find_details(network: Network, text: str, low: str) -> FoundDetails:
    """What `text` says under the network's labels; `low` is the text in lower case."""
    return FoundDetails(network, text, low).find()


def outer_group(match: re.Match[str]) -> int:
    """The alternative that matched: its group is the last to close."""
    last = match.lastindex
    assert last is not None
    return last
