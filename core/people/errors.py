"""Why a person is refused."""

from values.refusals import N_, BusinessError


class PinLocked(BusinessError):
    code = "pin_locked"
    sentence = N_("Too many wrong PINs. Try again in {minutes} min.")


class NoPin(BusinessError):
    code = "no_pin"
    sentence = N_("You have no PIN yet. Please register first.")


class FirstUseLocked(BusinessError):
    code = "first_use_locked"
    sentence = N_("Too many wrong answers. Please call {office}.")


class AlreadyRegistered(BusinessError):
    code = "already_registered"
    sentence = N_("This number is registered already.")
