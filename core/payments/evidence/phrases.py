"""Sets of phrases that are looked for in a text."""

import re
from dataclasses import dataclass

_LETTERS = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Some phrases in lower case, found as whole words.

    A text without the first word of any of them is the usual case, and it costs one look at its
    words. `firsts` is empty where a phrase begins with something else than a letter.
    """

    firsts: frozenset[str]
    pattern: re.Pattern[str]

    def search(self, low: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The first of them in `low[start:end]`; places count from the beginning of `low`."""
        stop = len(low) if end is None else end
        if self.firsts and self.firsts.isdisjoint(_LETTERS.findall(low, start, stop)):
            return None
        return self.pattern.search(low, start, stop)


def phrases_of(phrases: list[str]) -> Phrases | None:
    """None where there are none. A phrase ends before a letter: `pay` is not in `payment`."""
    if not phrases:
        return None
    lowered = {phrase.lower() for phrase in phrases}
    ordered = tuple(sorted(lowered, key=lambda phrase: (-len(phrase), phrase)))
    any_of_them = "|".join(map(re.escape, ordered))
    firsts = [_LETTERS.match(phrase) for phrase in ordered]
    return Phrases(
        frozenset(first.group() for first in firsts if first) if all(firsts) else frozenset(),
        re.compile(rf"(?<![a-z0-9])(?:{any_of_them})(?![a-z])"),
    )
