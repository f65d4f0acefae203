"""Why staff are refused something. Each text is a sentence for them."""


class StaffError(Exception):
    """Base of them all."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class HandleTaken(StaffError):
    """There is a member of staff of that name, or was one: choose another name."""


class NoSuchMember(StaffError):
    """There is no such member of staff."""


class NoSuchRole(StaffError):
    """There is no such role, or it cannot be given there."""


class NeedsSecondPerson(StaffError):
    """Who has signed in before gets a new link when a second person agrees: ask for it."""


class LinkIsOver(StaffError):
    """This link was used, or is too old. Ask for a new one."""


class WeakPassword(StaffError):
    """A password has 12 to 128 characters, and is not your name or one that everybody uses."""


class WrongCode(StaffError):
    """That code is not right. Look at the clock of your telephone, and try the next one."""


class SignInRefused(StaffError):
    """That did not open. Look at the business, the name, the password and the code."""


class TooManyTries(StaffError):
    """That was tried too often. Wait a quarter of an hour."""


class NotAllowed(StaffError):
    """You may not do that."""


class NoSuchWork(StaffError):
    """There is no such thing that waits."""


class LastAdministrator(StaffError):
    """That would leave nobody who may give roles."""
