"""What can be wrong with a provider or what it sends."""


class ProviderError(Exception):
    """`code` is stable; the exception's text is nothing but the code (and a field's name)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnknownProvider(ProviderError):
    """No folder here has this name."""


class UnknownKind(ProviderError):
    """The provider has no callback of this kind."""


class BadPayload(ProviderError):
    """A callback that cannot be read. Its values are not repeated: they may be secrets."""

    def __init__(self, code: str, field_name: str = "") -> None:
        super().__init__(code)
        self.args = (f"{field_name}: {code}" if field_name else code,)
        self.field_name = field_name
