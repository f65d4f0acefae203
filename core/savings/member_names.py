"""Whether two names may be one person's: spellings, order, initials and names left out."""

from typing import Final, Literal

from rapidfuzz import fuzz

from core.people.names_found import words_of

Likeness = Literal["same", "doubtful", "other"]
# Of 100. Emmanuel and Emanuel are one name; Jean and Jeanne, or Marie and Maria, are two.
_NEAR: Final = 85
# Kinyarwanda writes one sound as l or r; its clerks write v or b, and double letters at will.
_SOUNDS: Final = str.maketrans({"l": "r", "v": "b", "y": "i"})


def likeness(one: str, other: str) -> Likeness:
    """`same` where each word of the shorter name is in the longer, spelled nearly so, and two are;
    `doubtful` where some word is; else `other`. One word alone, as "Uwimana", may be anybody of a
    family."""
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    left, near = list(longer), 0
    for word in shorter:
        found = next((each for each in left if _is_near(word, each)), None)
        if found is not None:
            left.remove(found)
            near += 1
    if near and near == len(shorter) and (near > 1 or len(shorter) == len(longer)):
        return "same"
    return "doubtful" if near else "other"


def _words(name: str) -> list[str]:
    return [word.translate(_SOUNDS) for word in words_of(name)]


def _is_near(one: str, other: str) -> bool:
    if min(len(one), len(other)) == 1:
        return one[0] == other[0]
    return fuzz.ratio(one, other) >= _NEAR
