"""Phone numbers and USSD codes as people type them."""

import re

from values import phone

_CODE = re.compile(r"[*#][0-9*#]{1,180}#")


class BadNumber(Exception):
    """A sentence for who typed it."""


def read_number(typed: str) -> str:
    """A number with its calling code, as +250788000001. Raises BadNumber."""
    try:
        return phone.read(typed, country="")
    except phone.NotAPhoneNumber as refused:
        what = refused.shown or "That"
    raise BadNumber(
        f"{what} is not a phone number. Type one with its country code, such as +250788000001."
    )


def read_code(typed: str) -> str:
    """A USSD code, the # at its end added where it was left out. Raises BadNumber."""
    code = re.sub(r"\s", "", typed)
    code = code if code.endswith("#") else f"{code}#"
    if not _CODE.fullmatch(code):
        raise BadNumber("Type a USSD code such as *384*10#.")
    return code
