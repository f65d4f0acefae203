"""A sentence for staff, with what goes into it kept apart, so that it can be said in another
language.

    said("It waits for a second person: {id}.", id=request.id)

It is the English sentence itself wherever a text is needed.
"""

from typing import Any


class Said(str):
    """An English sentence, and the `sentence` and `values` that it was made of."""

    sentence: str
    values: dict[str, Any]


def said(sentence: str, /, **values: Any) -> Said:
    """A sentence with its values: `{name}` stands for the value of that name. A value may be a
    sentence of its own."""
    made = Said(sentence.format(**values) if values else sentence)
    made.sentence, made.values = sentence, values
    return made
