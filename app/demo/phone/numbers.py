"""Phone numbers and USSD codes as people type them."""

import re

_NUMBER = re.compile(r"\+?[1-9][0-9]{8,14}")
_CODE = re.compile(r"[*#][0-9*#]{1,180}#")


class BadNumber(Exception):
    """A sentence for who typed it."""


def read_number(typed: str) -> str:
    """A number with its calling code, as +250788000001. Raises BadNumber."""
    number = re.sub(r"[\s().-]", "", typed)
    number = f"+{number[2:]}" if number.startswith("00") else number
    if not _NUMBER.fullmatch(number):
        raise BadNumber("Type a number with its country code, such as +250788000001.")
    return f"+{number.removeprefix('+')}"


def read_code(typed: str) -> str:
    """A USSD code, the # at its end added where it was left out. Raises BadNumber."""
    code = re.sub(r"\s", "", typed)
    code = code if code.endswith("#") else f"{code}#"
    if not _CODE.fullmatch(code):
        raise BadNumber("Type a USSD code such as *384*10#.")
    return code
