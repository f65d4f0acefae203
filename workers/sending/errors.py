"""Why a text is not sent now, or at all."""


class CannotSay(Exception):
    """The words cannot be made, or nobody would take them. `code` is stable; the exception's text
    is nothing but the code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotYet(Exception):
    """It has to wait until somebody, or the provider, has done something about its template."""
