"""Why a loan is refused. Nothing was taken or changed where one of these is said."""

from values.refusals import N_, BusinessError


class LoanError(BusinessError):
    code = "loan_refused"


class NoLoanProducts(LoanError):
    code = "no_loan_products"
    sentence = N_("There are no loans here yet.")


class LoanOpen(LoanError):
    """The member has a loan in this group, or has applied for one."""

    code = "loan_open"
    sentence = N_("You have a loan in this group, or asked for one. Repay it first.")


class SavingsTooLow(LoanError):
    """What was saved does not reach for the smallest loan of this kind."""

    code = "savings_too_low"
    sentence = N_("Your savings in this group are too low for this loan. Save {needed} first.")


class OverMultiple(LoanError):
    code = "over_multiple"
    sentence = N_("You can borrow at most {limit} here, by what you have saved.")


class CommitteeTooSmall(LoanError):
    """Too few officers are neither borrower nor guarantors."""

    code = "committee_too_small"
    sentence = N_("{approvals} others of the committee must agree, and there are fewer.")


class GuarantorNotMember(LoanError):
    code = "guarantor_not_member"
    sentence = N_("No other member of this group has that number.")
    ends = False


class GuarantorIsBorrower(LoanError):
    code = "guarantor_is_borrower"
    sentence = N_("You cannot be your own guarantor. Choose somebody else.")
    ends = False


class GuarantorSavingsTooLow(LoanError):
    """Seen by the borrower, who learns no figure of the other's savings."""

    code = "guarantor_savings_too_low"
    sentence = N_("That member has too little saved to be your guarantor. Choose another.")
    ends = False


class GuarantorTwice(LoanError):
    code = "guarantor_twice"
    sentence = N_("That guarantor is chosen already. Choose another.")
    ends = False


class OwnSavingsTooLow(LoanError):
    """Said to the guarantor."""

    code = "own_savings_too_low"
    sentence = N_("You have too little saved here to be guarantor for {pledge}.")


class NotWaiting(LoanError):
    """Somebody was faster, or the application is over."""

    code = "loan_not_waiting"
    sentence = N_("This no longer waits for your answer. Nothing was changed.")


class NotAnOfficer(LoanError):
    code = "not_a_loan_officer"
    sentence = N_("Only the committee of this group decides on loans.")


class DecidedBefore(LoanError):
    code = "loan_decided_before"
    sentence = N_("You decided on this loan before.")


class NotOnOwnLoan(LoanError):
    """The borrower, or a guarantor of the loan."""

    code = "not_on_own_loan"
    sentence = N_("Borrower and guarantors do not decide on their own loan.")


class FundTooSmall(LoanError):
    code = "fund_too_small"
    sentence = N_("The group's fund has {available} to lend now. Nothing was decided.")


class LoanGone(LoanError):
    code = "loan_gone"
    sentence = N_("This loan is repaid, or was never paid out. Nothing was taken.")


class MoreThanOwed(LoanError):
    code = "more_than_owed"
    sentence = N_("You owe {owed}. Nothing was taken.")


class NoLoan(LoanError):
    code = "no_loan"
    sentence = N_("You have no loan to repay.")


class NoLoanOf(LoanError):
    """Said to the committee."""

    code = "no_loan_of_member"
    sentence = N_("That member owes this group nothing.")
    ends = False


class MoreThanMemberOwes(LoanError):
    """Said to the committee."""

    code = "more_than_member_owes"
    sentence = N_("That member owes {owed}.")
    ends = False


class LoanNotApproved(LoanError):
    code = "loan_not_approved"
    sentence = N_("This loan does not wait to be paid out in cash any more. Nothing was changed.")


class LoanMovedMeanwhile(LoanError):
    """A loan that a meeting wrote down is not what it was."""

    code = "loan_moved"
    sentence = N_("A loan of this meeting changed meanwhile. Count again and write it down anew.")


class TooLittleInBox(LoanError):
    code = "too_little_in_box"
    sentence = N_("The box has {available} to lend now. Nothing was written.")


class MeetingIsOn(LoanError):
    code = "meeting_is_on"
    sentence = N_("A meeting of this group is on: write it down there.")


class CashWaits(LoanError):
    code = "cash_waits"
    sentence = N_("Cash of this loan waits for a second person by now.")


class NoSecondPerson(LoanError):
    code = "no_second_person"
    sentence = N_("You recorded this cash. Now another one confirms it on their own phone.")


class GuarantorsFirst(LoanError):
    """A borrower's part does not cover the loan, and guarantors have pledged for it."""

    code = "guarantors_first"
    sentence = N_("A loan is above its member's share. Call on the guarantors first: {office}.")
