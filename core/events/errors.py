"""Why nobody is told. Each text is a sentence for the officer."""


class EventError(Exception):
    """Base of them all."""


class WrongSubscription(EventError):
    """A subscription cannot be as it was asked for. The text says why."""


class NoSuchSubscription(EventError):
    """There is no such subscription, or it has ended."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)
