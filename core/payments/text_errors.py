"""Why nothing is done about a text, its device, an exception or a payment: sentences for staff."""

from core.approvals.errors import ApprovalError


class TextError(ApprovalError):
    """Base of them all; an officer's word may meet each of them, too."""


class WrongDevice(TextError):
    """A device cannot be as it was asked for. The text says why."""


class NoSuchDevice(TextError):
    """There is no such device."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NoSuchException(TextError):
    """There is no such exception."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class ExceptionEnded(TextError):
    """It was settled before. `state` says how."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(f"This exception is {state.replace('_', ' ')}. Nothing was changed.")


class OwnedByAnother(TextError):
    """Somebody else is working on it."""

    def __init__(self, owner: str) -> None:
        super().__init__(f"{owner} is working on it.")


class WrongParts(TextError):
    """What it is to be split into cannot be. The text says why."""


class NoSuchPayee(TextError):
    """That person cannot be paid for there: no member, or frozen."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class CannotPost(TextError):
    """The ledger refused it. The text says why."""


class NoSuchPayment(TextError):
    """There is no such payment."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NotInReview(TextError):
    """It does not wait for officers. `state` says how it is."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(f"This payment is {state}, and waits for no officer. Nothing was changed.")


class WrongStatement(TextError):
    """A statement cannot be compared. The text says the line and why."""


class WrongTrustBalance(TextError):
    """What is in an account cannot be as it was said. The text says why."""


class AlreadyClosed(TextError):
    """That day is closed for this wallet. Two officers may open it again."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class DoesNotAddUp(TextError):
    """It does not add up: it is not closed."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NotOver(TextError):
    """That day is not over."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class BooksMoved(TextError):
    """Our books have moved since it was compared. Compare the day once more."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NotClosed(TextError):
    """That day is not closed."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)
