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


class NoSuchGroup(BusinessError):
    code = "no_such_group"
    sentence = N_("There is no such group.")


class NoConstitution(BusinessError):
    code = "no_constitution"
    sentence = N_("This group has no rules for today yet. Please call {office}.")


class NotInCommittee(BusinessError):
    code = "not_in_committee"
    sentence = N_("Only the group's committee can do this.")


class AmountOutsideRules(BusinessError):
    """Params: least, most: a number of shares, or an amount."""

    code = "amount_outside_rules"
    sentence = N_("The group's rules allow {least} to {most}, or 0.")
    ends = False


class NoSuchMember(BusinessError):
    code = "no_such_member"
    sentence = N_("No member of this group has that number.")
    ends = False


class MemberAway(BusinessError):
    """Somebody who is not at the meeting saves nothing there."""

    code = "member_away"
    sentence = N_("That member is not here today.")
    ends = False


class MemberOnHold(BusinessError):
    code = "member_on_hold"
    sentence = N_("A member is on hold and saves nothing now. Please call {office}.")
    ends = False


class NoMeeting(BusinessError):
    code = "no_meeting"
    sentence = N_("No meeting of this group is open.")


class MeetingMoved(BusinessError):
    """Somebody else was faster, or the meeting is not there yet."""

    code = "meeting_moved"
    sentence = N_("The meeting has gone on meanwhile. Open it again to see where it is.")


class NoKeyHolder(BusinessError):
    code = "no_key_holder"
    sentence = N_("Only those who hold a key of the box count the cash.")


class CountedBySame(BusinessError):
    code = "counted_by_same"
    sentence = N_("You have counted. Now another key holder counts on their own phone.")


class ReasonMissing(BusinessError):
    code = "reason_missing"
    sentence = N_("The cash is not what the book says. Say why first.")


class NothingToCorrect(BusinessError):
    code = "nothing_to_correct"
    sentence = N_("Nothing of that member at the last meeting can be corrected.")
    ends = False


class ImportNotReady(ValueError):
    """A row of the file is wrong, or a person must say who it is. Nobody was brought in."""


class ShareOutRuns(BusinessError):
    """Nothing is lent meanwhile; nothing at all changes while it is frozen."""

    code = "share_out_runs"
    sentence = N_("This group shares out now. Nothing was changed: try when it is over.")


class NoShareOut(BusinessError):
    code = "no_share_out"
    sentence = N_("This group does not share out now.")


class CycleNotOver(BusinessError):
    code = "cycle_not_over"
    sentence = N_("A group shares out in the last month of its cycle.")


class MeetingOpen(BusinessError):
    code = "meeting_open"
    sentence = N_("A meeting of this group is on: close it first.")


class NothingToShare(BusinessError):
    code = "nothing_to_share"
    sentence = N_("There is nothing to share out.")


class VoteNotCarried(BusinessError):
    code = "vote_not_carried"
    sentence = N_("The group has not agreed to it yet.")


class ShareOutMoved(BusinessError):
    """Somebody else was faster, or the books are not what they were at the freeze."""

    code = "share_out_moved"
    sentence = N_("The share-out is not what it was. Nothing was paid: look at it again.")


class PaidBySame(BusinessError):
    code = "paid_by_same"
    sentence = N_("You froze this share-out. Now another one of the committee pays it.")


class NoVote(BusinessError):
    code = "no_vote"
    sentence = N_("This vote is over, or was never yours. Nothing was counted.")


class VotedBefore(BusinessError):
    code = "voted_before"
    sentence = N_("You have voted. Each member votes once.")


class VoteIsOn(BusinessError):
    code = "vote_is_on"
    sentence = N_("This group votes on something now. Wait for its result.")


class NothingOwed(BusinessError):
    code = "no_fine_owed"
    sentence = N_("They owe no fine of an earlier meeting.")
    ends = False


class TextedEnough(BusinessError):
    code = "group_texted_enough"
    sentence = N_("The group was texted {count} times today. Go on tomorrow.")


class NobodyToRemind(BusinessError):
    code = "nobody_to_remind"
    sentence = N_("Everybody has saved, or was reminded today.")


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
