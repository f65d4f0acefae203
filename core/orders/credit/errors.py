"""Why something cannot be had on credit. Nothing was taken or changed."""

from values.refusals import N_, BusinessError


class CreditError(BusinessError):
    """Base of them all."""

    code = "credit_refused"
    ends = False


class NoCreditHere(CreditError):
    """The tenant gives none."""

    code = "no_credit_here"
    sentence = N_("Nothing is sold on credit here.")
    ends = True


class NoCredit(CreditError):
    """The shop has no credit, or it was stopped."""

    code = "no_credit"
    sentence = N_("You cannot buy on credit now. Pay in cash or from your wallet.")


class CreditOverdue(CreditError):
    """`overdue_minor` is what is open beyond its day."""

    code = "credit_overdue"
    sentence = N_("First pay what is overdue: {overdue}. Cash and wallet still work.")


class CreditTooSmall(CreditError):
    """`free_minor` is what may still be owed."""

    code = "credit_too_small"
    sentence = N_("Your credit has {free} left. Order less, or pay otherwise.")


class TooSoonToApply(CreditError):
    """They were refused not long ago; `date` is when they may ask again."""

    code = "too_soon_to_apply"
    sentence = N_("You asked not long ago. Ask again from {date}.")
    ends = True


class AppliedBefore(CreditError):
    """An application waits, or there is credit already."""

    code = "applied_before"
    sentence = N_("You have credit already, or we still look at it.")
    ends = True


class NothingOwed(CreditError):
    """There is nothing to pay back."""

    code = "nothing_owed"
    sentence = N_("You owe nothing on credit.")
    ends = True


class ApplicationGone(CreditError):
    """Said to staff: it was decided, or there is none."""

    code = "application_gone"
    sentence = N_("Somebody has decided this.")
