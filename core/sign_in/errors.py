"""Why somebody is not signed in. Each text is a sentence for those who run the program."""


class SignInError(Exception):
    """Base of them all."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class TooManyCodes(SignInError):
    """So many codes were asked for that no other is sent yet."""

    def __init__(self, after_s: int) -> None:
        super().__init__()
        self.after_s = after_s


class WrongCode(SignInError):
    """This code is not right, or not any more: it was wrong too often, used, or too old."""


class TokenRefused(SignInError):
    """This token opens nothing, or nothing any more: sign in again."""
