"""Why an officer's word is not taken. Each text is a sentence for the officer."""


class ApprovalError(Exception):
    """Base of them all; a kind of request raises its own where approving it cannot work."""


class NotAnOfficer(ApprovalError):
    """An officer's name has 2 to 40 letters, digits, dots and dashes, such as m.uwera."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class SameOfficer(ApprovalError):
    """Another officer has to decide: you asked for it yourself."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NoSuchRequest(ApprovalError):
    """There is no such request."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class NoReason(ApprovalError):
    """A reason is needed: it is kept in the audit trail."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class RequestDiffers(ApprovalError):
    """That key was used for another request: nothing was asked for."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class RequestEnded(ApprovalError):
    """Somebody was faster, or it took too long. `state` says which."""

    def __init__(self, state: str, decided_by: str | None) -> None:
        self.state = state
        who = f" by {decided_by}" if decided_by else ""
        super().__init__(f"This request was {state} before{who}. Nothing was changed.")
