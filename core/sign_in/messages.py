"""What people are texted who sign in."""

from dataclasses import dataclass

from values.messages import Message, OneTimeCode, Priority
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class SignInCode(Message):
    """It says what it opens before the code: who is talked into reading it out reads that first."""

    name = "sign_in_code"
    priority = Priority.CODE
    sentence = N_(
        "Sign in to {tenant}. Code: {code}. Valid 5 min. Give it to nobody, not even our staff."
    )

    code: OneTimeCode


MESSAGES: tuple[type[Message], ...] = (SignInCode,)
