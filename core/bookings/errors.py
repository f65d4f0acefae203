"""Why a booking cannot be made. Each text is a sentence for the officer."""

from core.approvals.errors import ApprovalError


class NotEnough(ApprovalError):
    def __init__(self, account: str, available: str) -> None:
        super().__init__(f"There is not enough on {account}: {available}. Nothing was booked.")


class OnHold(ApprovalError):
    """One of the accounts is frozen: nothing was booked."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NoSuchAccount(ApprovalError):
    """There is no such account."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class SameAccount(ApprovalError):
    """From and to are the same account."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NoSuchBooking(ApprovalError):
    """There is no booking with that reference: only what was booked by two can be reversed."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class AlreadyReversed(ApprovalError):
    """That booking was reversed before."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)
