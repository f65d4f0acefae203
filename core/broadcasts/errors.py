"""Why a broadcast is not made, or not sent. Each text is a sentence for the officer."""

from core.approvals.errors import ApprovalError


class BroadcastError(ApprovalError):
    """Base of them all."""


class NoSuchBroadcast(BroadcastError):
    """There is no such broadcast."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class WrongWords(BroadcastError):
    """The words cannot be sent as they stand. The text says which, and why."""


class WrongAudience(BroadcastError):
    """There is no such group, role or language. The text says which."""


class NobodyToSendTo(BroadcastError):
    """Nobody fits: there is nothing to send."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NoServiceToSendFrom(BroadcastError):
    """The tenant has no such service, or replies cannot come to it. The text says which."""


class NoSuchPerson(BroadcastError):
    """There is nobody of that id, or they have no number by now."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class SameAgain(BroadcastError):
    """The same words were sent to the same people a short time ago."""

    def __init__(self, broadcast_id: object, state: str) -> None:
        super().__init__(
            f"The same broadcast was made within a day: {broadcast_id}, {state}. Look at it first;"
            " where it is to go out once more, say --again."
        )


class NotNow(BroadcastError):
    """A broadcast is in a state in which this cannot be done."""

    def __init__(self, verb: str, state: str) -> None:
        super().__init__(f"This broadcast is {state}: it cannot be {verb}. Nothing was changed.")


class WrongList(BroadcastError):
    """A list of numbers has rows that cannot be read. `faults` are sentences with row numbers."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))
