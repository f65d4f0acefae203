"""Why a program is refused."""


class ClientError(Exception):
    """Base of them all. Each text is a sentence for those who run the program."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NameTaken(ClientError):
    """There is a key of that name: rotate it, or choose another name."""


class NoSuchKey(ClientError):
    """There is no valid key of that name."""


class InFlight(ClientError):
    """A request with this Idempotency-Key is being answered: ask again in a moment."""


class OtherContent(ClientError):
    """This Idempotency-Key belongs to a request of other content."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__()
        self.fields = fields
