"""Checking what people are shown in chats: each screen as one message, within what providers take,
and as text messages, within the segments of a page."""

from collections.abc import Collection, Iterator

from menus.chat_layout import ChatPage, chat_page
from menus.languages import LANGUAGES
from menus.layout import Nav
from menus.limits import (
    CHAT_BODY_UNITS,
    CHAT_BUTTON_UNITS,
    CHAT_BUTTONS,
    CHAT_FOOTER_UNITS,
    CHAT_HEADER_UNITS,
    CHAT_ROW_MORE_UNITS,
    CHAT_ROW_UNITS,
    CHAT_ROWS,
    CHAT_TEXT_UNITS,
    PAGES_PER_SCREEN_MAX,
)
from menus.screens import Screen
from menus.sms import PAGE_SEGMENTS_MAXIMUM, segments, sms_page
from menus.spoken import spoken
from menus.texts import Text, say
from menus.titles import are_apart, units
from values.problems import Problem


def check_in_chats(
    screen: Screen,
    place: str,
    *,
    room: str = "menus",
    languages: Collection[str] = LANGUAGES,
    nav: Nav,
    notice: Text = "",
    transliterates: Collection[bool] = (True, False),
) -> list[Problem]:
    """What is wrong with a screen, under its notice, as one message with buttons or a list, and by
    SMS. `transliterates`: whether letters outside GSM-7 may be replaced there."""
    found = []
    for language in languages:
        said, above = spoken(screen, language), say(notice, language)
        wrong = [
            ("in a chat", what) for what in faults(chat_page(said, language, nav, notice=above))
        ]
        for allows in transliterates:
            by_sms = _sms_faults(said, language, nav, above, allows=allows)
            wrong += [("by SMS", what) for what in by_sms]
        found += [Problem(room, f"{place} in {language}, {how}", what) for how, what in wrong]
    return list(dict.fromkeys(found))


def faults(chat: ChatPage) -> Iterator[str]:
    """What a provider would refuse of a message."""
    if chat.plain.more is not None:
        yield "takes more than one message"
    if units(chat.text) > (CHAT_BODY_UNITS if chat.choices else CHAT_TEXT_UNITS):
        yield "has a body that is too long"
    if not chat.text.strip():
        yield "has an empty body"
    if units(chat.header) > CHAT_HEADER_UNITS or units(chat.footer) > CHAT_FOOTER_UNITS:
        yield "has a header or a footer that is too long"
    titles = [choice.title for choice in chat.choices]
    if not are_apart(titles):
        yield "has two titles that look alike"
    if len({choice.typed for choice in chat.choices}) < len(titles):
        yield "has two choices of one key"
    most, longest = (
        (CHAT_ROWS, CHAT_ROW_UNITS) if chat.button else (CHAT_BUTTONS, CHAT_BUTTON_UNITS)
    )
    if len(titles) > most:
        yield f"has {len(titles)} choices"
    if units(chat.button) > CHAT_BUTTON_UNITS:
        yield "has a button that is too long"
    for choice in chat.choices:
        if not 0 < units(choice.title) <= longest:
            yield "has a title that is empty or too long"
        if units(choice.description) > (CHAT_ROW_MORE_UNITS if chat.button else 0):
            yield "has a description that is too long"


def _sms_faults(
    screen: Screen, language: str, nav: Nav, notice: Text, *, allows: bool
) -> Iterator[str]:
    start: int | None = 0
    count = 0
    while start is not None:
        count += 1
        if count > PAGES_PER_SCREEN_MAX:
            yield f"takes more than {PAGES_PER_SCREEN_MAX} texts"
            return
        laid = sms_page(
            screen, language, nav, start=start, notice="" if start else notice, folds=allows
        )
        if segments(laid.text) > PAGE_SEGMENTS_MAXIMUM:
            yield f"has a text of more than {PAGE_SEGMENTS_MAXIMUM} segments"
        start = laid.more
