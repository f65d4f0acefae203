"""Phone numbers as people, folders and networks write them, read as E.164 in one place.

    read("0788 123 456", "RW")          "+250788123456"
    read("+233 (0)24 123 4567", "RW")   "+233241234567"
    read("07 01 00 00 11", "CI")        "+2250701000011": there the 0 belongs to the number
    read("0718123456", "RW")            NotAPhoneNumber: no range of Rwanda begins so

The numbering plans are those of the `phonenumbers` library. It is imported when the first number is
read: that takes some 15 ms, which a command that reads none does not pay.
"""

import unicodedata
from typing import Final

DIGITS_MAX: Final = 15  # ITU-T E.164
TYPED_CHARS_MAX: Final = 64
# Fewer may be a PIN or a code that was typed at the wrong question: they are not shown again.
SHOWN_DIGITS_MIN: Final = 7

# There the first 0 is a part of the number, also behind the calling code.
ZERO_STAYS: Final = frozenset({"BJ", "CG", "CI", "GA"})

_SEPARATORS: Final = frozenset("().,/\u2212\u00b7")
# Spaces, dashes of every sort, and marks without a shape, such as those that a contact's number is
# copied with.
_SEPARATOR_KINDS: Final = frozenset({"Zs", "Pd", "Cf"})
# A mark that shows what follows in reverse: its writer saw other digits than we would read.
TURNS_ROUND: Final = "\u202e"
_PLUS: Final = frozenset("+\uff0b\ufe62")


class NotAPhoneNumber(ValueError):
    """What was typed is no phone number. `shown` is how it was understood, digits and a leading
    plus, for the person to look at again; empty where it does not look like a number at all."""

    def __init__(self, shown: str = "") -> None:
        super().__init__("not a phone number")  # never the number: this may be logged
        self.shown: Final = shown


def read(typed: str, country: str) -> str:
    """The number in E.164, such as "+250788123456".

    `country` is the ISO 3166 code of where it is written, such as "RW": its trunk prefix and its
    way to dial abroad (00 in most countries, 009 in Nigeria, 000 in Kenya, Tanzania and Uganda)
    count. "" takes numbers with their calling code only. A number of another country needs its
    plus or that prefix. Spaces, dashes, dots, slashes, brackets and invisible marks are passed
    over; digits of any script count.

    Raises NotAPhoneNumber for other signs, and for a number that no plan has: a wrong length, or
    a range that is not in use.
    """
    number = _bare(typed)
    for candidate in _readings(number, country):
        found = _valid(candidate, country)
        if found and not _is_cut_off(candidate, found, country):
            return found
    digits = number.removeprefix("+")
    fits = SHOWN_DIGITS_MIN <= len(digits) <= DIGITS_MAX + len("000")
    raise NotAPhoneNumber(number if fits else "")


def from_network(address: str, country: str, calling_code: str) -> str:
    """A caller's number as a gateway gives it, in E.164. Raises NotAPhoneNumber.

    The ordinary one, with its plus and the calling code of the service's country, is taken by a
    look at its first bytes: this is on the path of every hop. Of the others a trunk 0 is dropped
    or put back. A number that no plan has is taken all the same where it has a plus, or the length
    of the country's numbers: the network knows its callers, and it may have opened a range since
    our plans were written.
    """
    ours = "+" + calling_code
    if address.startswith(ours) and country not in ZERO_STAYS:
        first = address[len(ours) : len(ours) + 1]
        if first and first != "0":
            return address
    tried = [address]
    if address.startswith(ours) and country in ZERO_STAYS:
        tried.append(f"{ours}0{address[len(ours) :]}")
    elif address.startswith("+"):
        tried.append(address[1:])  # the plus may be the adapter's
    for written in tried:
        try:
            return read(written, country)
        except NotAPhoneNumber:
            pass
    found = address if address.startswith("+") else _possible(address, country)
    if not found:
        raise NotAPhoneNumber
    return found


def calling_code_of(country: str) -> str:
    """The calling code of an ISO 3166 country, such as "250" of "RW"; "" where there is none."""
    import phonenumbers

    return str(phonenumbers.country_code_for_region(country) or "")


def _bare(typed: str) -> str:
    """ASCII digits, with a plus where one led them. Raises NotAPhoneNumber for any other sign."""
    if len(typed) > TYPED_CHARS_MAX:
        raise NotAPhoneNumber
    kept = []
    for char in typed:
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            kept.append(str(digit))
        elif char in _PLUS and not kept:
            kept.append("+")
        elif char == TURNS_ROUND or not _is_separator(char):
            raise NotAPhoneNumber
    number = "".join(kept)
    if number in ("", "+"):
        raise NotAPhoneNumber
    return number


def _is_separator(char: str) -> bool:
    return char in _SEPARATORS or unicodedata.category(char) in _SEPARATOR_KINDS


def _readings(number: str, country: str) -> list[str]:
    """The ways to read it, the plan's own first."""
    if number.startswith("+"):
        return [number]
    if not country:
        return [f"+{number.removeprefix('00')}"]
    # 00 is what phones and letterheads write for abroad, also where the network wants another.
    return [number, f"+{number[2:]}"] if number.startswith("00") else [number]


def _valid(number: str, country: str) -> str:
    """In E.164, or "" where no plan has it."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _possible(number: str, country: str) -> str:
    """In E.164 where it is as long as the country's mobile numbers, in a range in use or not."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return ""
    mobile = phonenumbers.PhoneNumberType.MOBILE
    if parsed.italian_leading_zero or not phonenumbers.is_possible_number_for_type(parsed, mobile):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _is_cut_off(written: str, found: str, country: str) -> bool:
    """250788123 is the beginning of +250788123456, and not a number within Rwanda."""
    if written.startswith("+"):
        return False
    calling_code = calling_code_of(country)
    return written.startswith(calling_code) and found == f"+{calling_code}{written}"


def masked(number: str) -> str:
    """A number with its middle hidden: "+250 ••• 201"; who has it knows it again. Empty where it
    is."""
    return f"{number[:4]} ••• {number[-3:]}" if len(number) > 8 else "•••" if number else ""
