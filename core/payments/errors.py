"""Why nobody is asked for money, and nobody is paid."""

from values.refusals import N_, BusinessError


class WalletAway(BusinessError):
    """The provider takes nothing at the moment. Params: wallet."""

    code = "wallet_away"
    sentence = N_("{wallet} does not answer now. Nothing was taken. Please try again later.")


class PayoutNumberIsNew(BusinessError):
    """Another SIM may have come to the number that money was to be paid to. Params: until."""

    code = "payout_number_is_new"
    sentence = N_("This number is new: money can go to it from {until}. Nothing was taken.")


class NoCodeWanted(BusinessError):
    """A code for a payment that waits for none any more."""

    code = "no_code_wanted"
    sentence = N_("No payment of yours waits for a code now.")


class NotPaidBack(BusinessError):
    """Staff asked to pay back what was not paid, or was paid back before."""

    code = "not_paid_back"
    sentence = N_("This payment cannot be paid back.")


class TooManyReports(BusinessError):
    """Somebody reports more than staff can look for. Params: most, how many wait at once."""

    code = "too_many_reports"
    sentence = N_("{most} reports of yours wait for our answer. Please call {office}.")
