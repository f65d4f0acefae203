"""Why rates refuse."""

from values.refusals import N_, BusinessError


class NoRateYet(BusinessError):
    code = "no_rate_yet"
    sentence = N_("There is no rate for that pair now. Try later.")
    ends = False


class LevelPassed(BusinessError):
    """`rate` is what it is now, as screens show it."""

    code = "level_passed"
    sentence = N_("It is {rate} already. Type another level.")
    ends = False


class TooManyAlerts(BusinessError):
    code = "too_many_alerts"
    sentence = N_("You have 20 alerts. End one first.")
