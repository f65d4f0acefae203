"""The {names} in a sentence."""

import re
from typing import Final

PLACEHOLDER: Final = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


def placeholders(sentence: str) -> frozenset[str]:
    """The names that a sentence has in braces."""
    return frozenset(PLACEHOLDER.findall(sentence))
