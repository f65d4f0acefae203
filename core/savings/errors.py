"""Why a savings group refuses."""

from values.refusals import N_, BusinessError


class GroupFrozen(BusinessError):
    code = "group_frozen"
    sentence = N_("This group is on hold. Choose another, or call {office}.")
    ends = False


class GroupClosed(BusinessError):
    """The group was frozen after it was chosen."""

    code = "group_closed"
    sentence = N_("This group is on hold. Nothing was taken. Please call {office}.")


class ShareOutError(ValueError):
    """A fund cannot be shared out. The text says why."""


class FundNegative(ShareOutError):
    def __init__(self) -> None:
        super().__init__("A fund below zero cannot be shared out.")


class SharesNegative(ShareOutError):
    def __init__(self) -> None:
        super().__init__("Nobody has fewer than 0 shares.")


class NoShares(ShareOutError):
    def __init__(self) -> None:
        super().__init__("Nobody has a share.")


class CoinTooSmall(ShareOutError):
    def __init__(self) -> None:
        super().__init__("A coin is at least one minor unit.")


class LoanTermsInvalid(ValueError):
    """A loan cannot be had on such terms. The text says which term, and what it may be."""
