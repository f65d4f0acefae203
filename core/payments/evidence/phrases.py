"""Sets of phrases that are looked for in a text."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """Some phrases in lower case, found as whole words.

    A text without any of them is the usual case, and it costs no regular expression.
    """

    phrases: tuple[str, ...]  # the longest first
    pattern: re.Pattern[str]

    def search(self, low: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """The first of them in `low[start:end]`; places count from the beginning of `low`."""
        stop = len(low) if end is None else end
        for phrase in self.phrases:
            if low.find(phrase, start, stop) >= 0:
                return self.pattern.search(low, start, stop)
        return None


def phrases_of(phrases: list[str]) -> Phrases | None:
    """None where there are none. A phrase ends before a letter: `pay` is not in `payment`."""
    if not phrases:
        return None
    lowered = {phrase.lower() for phrase in phrases}
    ordered = tuple(sorted(lowered, key=lambda phrase: (-len(phrase), phrase)))
    any_of_them = "|".join(map(re.escape, ordered))
    return Phrases(ordered, re.compile(rf"(?<![a-z0-9])(?:{any_of_them})(?![a-z])"))
