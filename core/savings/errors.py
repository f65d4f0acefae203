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
