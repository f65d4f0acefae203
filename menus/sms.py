"""Text messages: how many segments a text takes, and which form of it is sent.

A segment is 160 septets or 70 UCS-2 units; of a longer text each part has 153 or 67. One character
outside GSM-7 makes the whole text UCS-2.
"""

from typing import Final

from menus import gsm7
from menus.budget import Budget
from menus.limits import SMS_PART_SEPTETS, SMS_PART_UCS2_UNITS, SMS_SEPTETS, SMS_UCS2_UNITS

PAGE_SEGMENTS_MAXIMUM: Final = 3


def chat_budget() -> Budget:
    """The page of a conversation by SMS: three segments at most, in either alphabet."""
    return Budget(
        PAGE_SEGMENTS_MAXIMUM * SMS_PART_SEPTETS, PAGE_SEGMENTS_MAXIMUM * SMS_PART_UCS2_UNITS
    )


def segments(text: str) -> int:
    """How many segments a text is sent, and paid, as. A character is never parted."""
    if gsm7.is_gsm7(text):
        size, single, part = gsm7.septets, SMS_SEPTETS, SMS_PART_SEPTETS
    else:
        size, single, part = gsm7.ucs2_units, SMS_UCS2_UNITS, SMS_PART_UCS2_UNITS
    if size(text) <= single:
        return 1
    count, used = 1, 0
    for char in text:
        units = size(char)
        if used + units > part:
            count, used = count + 1, 0
        used += units
    return count


def receipt(text: str) -> str:
    """The form of a receipt that is sent: with its diacritics unless they cost another segment.

    What folding cannot spell (Amharic, an emoji) is always sent as it is.
    """
    kept = gsm7.printable(text)
    if not gsm7.folds(kept):
        return kept
    folded = gsm7.fold(kept)
    return kept if segments(kept) <= segments(folded) else folded
