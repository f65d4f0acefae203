"""Why a person is refused."""

from values.refusals import N_, BusinessError


class PinLocked(BusinessError):
    code = "pin_locked"
    sentence = N_("Too many wrong PINs. Try again in {minutes} min. Forgot it? Call {office}.")


class NoPin(BusinessError):
    code = "no_pin"
    sentence = N_("You have no PIN now. Dial again to choose one.")


class FirstUseLocked(BusinessError):
    code = "first_use_locked"
    sentence = N_("Too many wrong answers. Please call {office}.")


class AlreadyRegistered(BusinessError):
    code = "already_registered"
    sentence = N_("This number is registered already.")


class NumberTakenOut(BusinessError):
    """The number was taken out of the person's account while they were in the menus."""

    code = "number_taken_out"
    sentence = N_("This number was taken out. Please call {office}.")


class NumberIsNew(BusinessError):
    """Somebody may have taken the number over: for a while it says yes to nothing."""

    code = "number_is_new"
    sentence = N_("A deposit waits for you. This number is new: it can agree from {until}.")


class NumberIsTheirs(BusinessError):
    code = "number_is_theirs"
    sentence = N_("They have that number already.")


class NumberIsNotTheirs(BusinessError):
    code = "number_is_not_theirs"
    sentence = N_("They do not have that number.")


class TooManyPeople(BusinessError):
    code = "too_many_people"
    sentence = N_("{most} people have that number already.")


class MoneyWaits(BusinessError):
    """A number stays where it is while money waits for its person's word, or for an outcome."""

    code = "money_waits"
    sentence = N_("Money of theirs is waiting. Try again when it is done.")
