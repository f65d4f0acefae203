"""The base of every business refusal: a stable code and one sentence for the person.

A domain names its own reasons in its `errors.py`. The sentence is English and is translated where
it is shown. `params` are its values: an amount under a key that ends in `_minor`, with `currency`
beside it. {office} is whom to call; the engine fills it in.
"""

from typing import Any, ClassVar


def N_(sentence: str) -> str:
    """Mark a sentence for the catalogues without translating it here."""
    return sentence


class BusinessError(Exception):
    """A refusal that a person may read. `ends` says that asking again cannot help."""

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str] = N_("This cannot be done now. Nothing was taken.")
    ends: ClassVar[bool] = True

    def __init__(self, **params: Any) -> None:
        # Only the code reaches an exception's text: params may name people and amounts.
        super().__init__(self.code)
        self.params = params
