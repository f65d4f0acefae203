"""People's names as others see them: short, with capitals, and never two alike on one screen.

shown("niyonzima jean bosco")                       "Niyonzima J."
shown_apart(["Uwimana Marie", "Uwimana Marthe"])    ["Uwimana Marie", "Uwimana Marthe"]
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

# A family name such as Nyiransengiyumva with an initial; a text that names two people is one SMS.
SHOWN_CHARS_MAX: Final = 19
# Of a word that is cut: fewer letters name nobody.
_CUT_LETTERS_MIN: Final = 3


def with_capitals(name: str) -> str:
    """A name typed in lower case throughout, with capitals: "Marie-Claire N'Diaye". Any other is
    left as its owner wrote it."""
    if name != name.lower():
        return name
    letters = []
    starts = True
    for char in name:
        letters.append(char.title() if starts else char)
        starts = char in " -'"
    return "".join(letters)


def shown(name: str) -> str:
    """How a name is shown to others: the first word and the initial of the second, "Jean B.", in
    at most 19 characters."""
    return _forms(name)[0]


def shown_apart(names: Sequence[str]) -> list[str]:
    """How names on one screen are shown, in their order: each as short as it can be without two
    being alike. Full names that are the same, or too long to differ, are numbered in their order.
    """
    forms = [_forms(name) for name in names]
    steps = [0] * len(names)
    while True:
        found = [each[step] for each, step in zip(forms, steps, strict=True)]
        longer = [at for at in _alike(found) if steps[at] + 1 < len(forms[at])]
        if not longer:
            return _numbered(found)
        for at in longer:
            steps[at] += 1


def with_detail(names: Sequence[str], details: Sequence[str]) -> list[str]:
    """Names of things on one screen; those that are alike with their detail, such as a code."""
    times = Counter(name.casefold() for name in names)
    return [
        f"{name} {detail}" if times[name.casefold()] > 1 else name
        for name, detail in zip(names, details, strict=True)
    ]


def every_form(name: str) -> list[str]:
    """All ways in which a name is shown, and the name itself."""
    return [*_forms(name), name]


def _alike(found: Sequence[str]) -> list[int]:
    """The places of those that look like another."""
    times = Counter(map(str.casefold, found))
    return [at for at, name in enumerate(found) if times[name.casefold()] > 1]


def _numbered(found: list[str]) -> list[str]:
    """Those that are still alike with a number behind them: "Jean B. (2)"."""
    alike, seen = set(_alike(found)), Counter[str]()
    numbered = []
    for at, name in enumerate(found):
        seen[name.casefold()] += 1
        numbered.append(f"{name} ({seen[name.casefold()]})" if at in alike else name)
    return numbered


def _forms(name: str) -> list[str]:
    """Ever longer forms: "Niyonzima J.", "Niyonzima Jean", "Niyonzima Jean B." and so on; at last
    the first word and the last, for names that differ in what is cut off."""
    words = with_capitals(name).split()
    if len(words) < 2:
        return [_fitted(words, "")]
    forms = []
    for last, word in enumerate(words[1:], start=1):
        forms += [_fitted(words[:last], f" {word[0]}."), _fitted(words[:last], f" {word}")]
    if len(words) > 2:
        forms.append(_fitted(words[:1], f" {words[-1]}"))
    return forms


def _fitted(words: list[str], ending: str) -> str:
    """The words and the ending, the first word cut where that is too long: "Niyons. Bernadette"."""
    text = " ".join(words) + ending
    over = len(text) - SHOWN_CHARS_MAX
    if over <= 0:
        return text
    kept = max(len(words[0]) - over - 1, _CUT_LETTERS_MIN)
    text = " ".join([f"{words[0][:kept]}.", *words[1:]]) + ending
    if len(text) <= SHOWN_CHARS_MAX:
        return text
    return text[: SHOWN_CHARS_MAX - 1].rstrip(" .") + "."
