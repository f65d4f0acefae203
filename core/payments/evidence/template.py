r"""The small language that formats are written in, and its way into a regular expression.

`You have [successfully] sent {amount} to {party}`: words stand for themselves in any case, a space
for any gap, `[x]` may be missing, `(a|b)` is one of them, `{slot}` is a value, `\(` is a bracket.

A slot ends at a character that it cannot hold, gaps give nothing back, and nothing repeats what
repeats, so that matching takes time in proportion to the text.
"""

import re
from dataclasses import dataclass, field
from functools import cache

from core.payments.evidence.figures import AMOUNT, CURRENCY, MOMENT, MONEY

CUT = "\x1f"  # stands in for a detail that was read already
GAP = r"(?:[\s\x1f]|(?<=\x1f)[.,;:])*+"
ANY_START = "{}"
AMOUNT_START = "{amount}"

SLOTS = {
    "amount": AMOUNT,
    "money": MONEY,
    "party": r"[^\x1f]{1,120}?",
    "id": r"(?=[a-z._/-]{0,16}\d)[a-z0-9]++(?:[-_][a-z0-9]++|[./](?=[a-z]{0,3}\d)[a-z0-9]++)*+",
    "dotted": r"[a-z]{2}\d{6}\.\d{4}\.[a-z]\d{4,6}",  # an id that needs no label
    "code": r"[a-z0-9*][a-z0-9*_/-]*+(?:\.(?=[a-z]{0,3}\d)[a-z0-9_/-]++)*+",
    "moment": MOMENT,
    "msisdn": r"\+?[\d*x]{7,15}+",
    "digits": r"\d{1,40}+",
    "own": r"\d{3,20}+",
    "item": r"[^\x1f]{1,60}?",
    "any": r"[^\x1f.]{0,80}?",
}
# `ChargeUGX7,000`: networks forget the gap between these and a currency.
_BEFORE_MONEY = frozenset({"fee", "fees", "charge", "charges", "tax", "bal", "balance", "is", "of"})
# Words that most texts have, and those that a currency may stick to: they tell nothing.
_TOO_COMMON = _BEFORE_MONEY | {
    "you", "your", "to", "from", "a", "the", "has", "have", "been", "was", "for", "by", "at", "de",
}  # fmt: skip
_LETTERS = re.compile(r"[a-z]+")
_KEY = re.compile(r"[a-z0-9]{0,4}")
_LAST_PARTY = r"[^\x1f]*+"  # the reader finds where a name at the end of a template ends

_PIECE = re.compile(r"\s+|\\.|[\[\]()|]|\{[a-z]*\}?|[^\s\[\]()|{}\\]+|[\\}]")


class BadTemplate(ValueError):
    """A template that is not of the language; the message says where it breaks."""


@dataclass(frozen=True, slots=True)
class Template:
    """`pattern` has one group a slot, in the order of `slots`.

    `starts` are the keys (see `key_of`) that a text of it may begin with, AMOUNT_START where it
    may begin with an amount, ANY_START where with any value. `needs` are sets of words: a text
    that has none of one of them does not fit, which is seen faster than by the pattern.
    """

    words: str
    pattern: str
    slots: tuple[str, ...]
    starts: frozenset[str]
    needs: tuple[frozenset[str], ...]


def words_of(low: str) -> list[str]:
    """Stretches of letters: whatever stands between them is no part of a word."""
    return _LETTERS.findall(low)


def key_of(low: str, position: int) -> str:
    """The first four letters or digits at `position`: enough to choose what may match there."""
    found = _KEY.match(low, position)
    return found.group() if found is not None else ""


@cache
def compile_template(words: str) -> Template:
    """Raises BadTemplate for an unknown slot or a bracket without its other half."""
    reading = _Compiler(_PIECE.findall(words.strip().lower()), words)
    pattern, starts, _ = reading.sequence("")
    needs = _Needs(reading.pieces).sequence("")
    told = tuple(frozenset(need) for need in needs if not need & _TOO_COMMON)
    return Template(words, pattern, tuple(reading.slots), frozenset(starts), told)


@dataclass(slots=True)
class _Compiler:
    pieces: list[str]
    words: str
    position: int = 0
    slots: list[str] = field(default_factory=list)

    def sequence(self, closer: str) -> tuple[str, set[str], bool]:
        """Up to `closer`: the pattern, what it may begin with, and whether it may be empty."""
        branches: list[str] = []
        parts: list[str] = []
        starts: set[str] = set()
        empty, any_empty = True, False
        while self.position < len(self.pieces):
            piece = self.pieces[self.position]
            self.position += 1
            if piece == closer:
                break
            if piece == "|" and closer:
                branches.append("".join(parts))
                parts, any_empty, empty = [], any_empty or empty, True
                continue
            pattern, first, optional = self._item(piece)
            parts.append(pattern)
            if empty:
                starts |= first
            empty = empty and optional
        else:
            if closer:
                raise BadTemplate(f"{self.words!r}: {closer} is missing")
        return "|".join([*branches, "".join(parts)]), starts, empty or any_empty

    def _item(self, piece: str) -> tuple[str, set[str], bool]:
        if piece.isspace():
            return GAP, set(), True
        if piece in ("[", "("):
            pattern, starts, empty = self.sequence("]" if piece == "[" else ")")
            optional = piece == "["
            return f"(?:{pattern}){'?' if optional else ''}", starts, optional or empty
        if piece in ("]", ")", "|", "}"):
            raise BadTemplate(f"{self.words!r}: {piece} has no beginning")
        if piece.startswith("{"):
            name = piece[1:-1]
            if not piece.endswith("}") or name not in SLOTS:
                raise BadTemplate(f"{self.words!r}: there is no slot {piece}")
            self.slots.append(name)
            is_last = self.position == len(self.pieces)
            slot = _LAST_PARTY if name == "party" and is_last else SLOTS[name]
            return f"({slot})", {AMOUNT_START if name == "amount" else ANY_START}, False
        if piece.startswith("\\"):
            if len(piece) < 2:
                raise BadTemplate(f"{self.words!r}: \\ stands before nothing")
            return re.escape(piece[1:]), {""}, False
        # A word is a word: `to` neither begins `tomorrow` nor ends `into`.
        before = "(?<![a-z0-9])" if piece[0].isalnum() else ""
        after = "(?![a-z0-9])" if piece[-1].isalpha() else ""
        if piece in _BEFORE_MONEY:
            after = rf"(?:{after}|(?={CURRENCY}[\s.]?\d))"
        return before + re.escape(piece) + after, {key_of(piece, 0)}, False


@dataclass(slots=True)
class _Needs:
    """Which words a template cannot do without. Its brackets are known to be in order."""

    pieces: list[str]
    position: int = 0

    def sequence(self, closer: str) -> list[set[str]]:
        """One set a word or group that must be there; each holds the words of its branches."""
        branches: list[list[set[str]]] = [[]]
        while self.position < len(self.pieces):
            piece = self.pieces[self.position]
            self.position += 1
            if piece == closer:
                break
            if piece == "|" and closer:
                branches.append([])
            elif piece in ("[", "("):
                inner = self.sequence("]" if piece == "[" else ")")
                branches[-1] += inner if piece == "(" else []
            elif _LETTERS.fullmatch(piece):
                branches[-1].append({piece})
        if len(branches) == 1:
            return branches[0]
        if not all(branches):
            return []  # a branch without a word: nothing is needed
        return [set().union(*(branch[0] for branch in branches))]
