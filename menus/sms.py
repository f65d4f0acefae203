"""Text messages: how many segments a text takes, and which form of it is sent.

A segment is 160 septets or 70 UCS-2 units; of a longer text each part has 153 or 67. One character
outside GSM-7 makes the whole text UCS-2.
"""

from dataclasses import replace
from typing import Final

from menus import gsm7
from menus.budget import Budget
from menus.layout import Nav, Page, page
from menus.limits import SMS_PART_SEPTETS, SMS_PART_UCS2_UNITS, SMS_SEPTETS, SMS_UCS2_UNITS
from menus.screens import Screen
from menus.texts import Text

PAGE_SEGMENTS_MAXIMUM: Final = 3


# The page of a conversation by SMS: three segments at most, in either alphabet.
PAGE: Final = Budget(
    PAGE_SEGMENTS_MAXIMUM * SMS_PART_SEPTETS, PAGE_SEGMENTS_MAXIMUM * SMS_PART_UCS2_UNITS
)
PAGE_AS_WRITTEN: Final = replace(PAGE, folds=False)


def sms_page(
    screen: Screen,
    language: str,
    nav: Nav,
    *,
    start: int = 0,
    notice: Text = "",
    folds: bool = True,
) -> Page:
    """A screen's page as a text message. Its letters stay as they are written where that costs no
    segment, or where `folds` is False whatever it costs. `start` is as `layout.page` has it, for
    the same `folds`."""
    if not folds:
        return page(screen, language, PAGE_AS_WRITTEN, nav, start=start, notice=notice)
    folded = page(screen, language, PAGE, nav, start=start, notice=notice)
    if start or folded.more is not None:
        return folded
    kept = page(screen, language, PAGE_AS_WRITTEN, nav, notice=notice)
    if kept.more is None and segments(kept.text) <= segments(folded.text):
        return kept
    return folded


def segments(text: str) -> int:
    """How many segments a text is sent, and paid, as. A character is never parted."""
    if gsm7.is_gsm7(text):
        size, single, part = gsm7.septets, SMS_SEPTETS, SMS_PART_SEPTETS
    else:
        size, single, part = gsm7.ucs2_units, SMS_UCS2_UNITS, SMS_PART_UCS2_UNITS
    whole = size(text)
    if whole <= single:
        return 1
    if whole == len(text):  # each character takes one unit
        return -(-whole // part)
    count, used = 1, 0
    for char in text:
        units = size(char)
        if used + units > part:
            count, used = count + 1, 0
        used += units
    return count


def receipt(text: str, *, folds: bool = True) -> str:
    """The form of a receipt that is sent: with its diacritics unless they cost another segment.

    What folding cannot spell (Amharic, an emoji) is always sent as it is, and where `folds` is
    False everything is.
    """
    kept = gsm7.printable(text)
    if not folds or not gsm7.folds(kept):
        return kept
    folded = gsm7.fold(kept)
    return kept if segments(kept) <= segments(folded) else folded
