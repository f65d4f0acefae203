"""Why an officer's word about an agent is not taken. Each text is a sentence for the officer."""

from core.approvals.errors import ApprovalError


class NothingEarned(ApprovalError):
    """That agent has no commission to pay out."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class CannotTakeBack(ApprovalError):
    """That sale earned no commission, or it was taken back before."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why or self.__doc__)


class CannotReverse(ApprovalError):
    """A sale cannot be reversed; the text says why."""
