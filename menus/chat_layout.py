"""Laying a screen out as one message of a chat that has buttons and lists.

    up to 3 options with short labels     buttons
    up to 10 options                      a list; a label that is cut stands whole below its title
    where something is                    text, and a button that shares the phone's position
    anything else                         numbered text

Back and Home are buttons or rows beside the options where there is room, else keys in the footer.
Why an answer was not taken stands above the question, in the same message: each one is paid for. A
text goes on a second message only where it is longer than the longest one.

What a provider cannot show must be readable all the same: `plain` is the whole page as text.
"""

from dataclasses import dataclass
from typing import Final

from menus import gsm7, markup, sentences
from menus.budget import Budget
from menus.files import WITHOUT_KEY, File
from menus.keys import BACK, CALL_ME, HOME, NO, YES
from menus.layout import Nav, Page, content_of, page
from menus.limits import (
    CAPTION_UNITS,
    CHAT_BODY_UNITS,
    CHAT_BUTTON_UNITS,
    CHAT_BUTTONS,
    CHAT_FOOTER_UNITS,
    CHAT_HEADER_UNITS,
    CHAT_ROW_MORE_UNITS,
    CHAT_ROW_UNITS,
    CHAT_ROWS,
    CHAT_TEXT_UNITS,
)
from menus.location import Place
from menus.screens import (
    Ask,
    Attachment,
    Confirm,
    End,
    Info,
    Menu,
    Picture,
    Screen,
    takes_zero,
)
from menus.texts import Text, say
from menus.titles import apart, are_apart, units, whole

# Pages of what does not fit one message are in the alphabets of the wire.
LONG_TEXT: Final = Budget(CHAT_TEXT_UNITS, CHAT_TEXT_UNITS // 2)


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be tapped: `typed` is what stands for it on a phone's keys."""

    typed: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class ChatPage:
    """One message. `choices` are buttons, or with `button` the rows of the list that it opens.
    `plain` is the page where nothing can be tapped, and says where the next one begins.
    `asks_location`: beside the text is a button that shares where the phone is."""

    text: str
    plain: Page
    choices: tuple[Choice, ...] = ()
    button: str = ""
    header: str = ""
    footer: str = ""
    attachment: Attachment | None = None
    asks_location: bool = False


def chat_page(
    screen: Screen, language: str, nav: Nav, *, start: int = 0, notice: Text = ""
) -> ChatPage:
    """A screen as one message, under a notice if there is one. `start` is 0 or the `more` of a
    page of the same screen."""
    if start == 0:
        return _Message(screen, language, nav, notice).laid_out()
    return _of_page(page(screen, language, LONG_TEXT, nav, start=start, notice=notice))


def _of_page(laid: Page) -> ChatPage:
    return ChatPage(markup.escaped(laid.text), laid)


class _Message:
    """A screen that begins, as one message."""

    def __init__(self, screen: Screen, language: str, nav: Nav, notice: Text) -> None:
        self._screen = screen
        self._language = language
        self._nav = nav
        self._notice = notice
        self._labels = _labels_of(screen, language)
        self._keys = () if type(screen) is End else _keys_of(screen, language, nav)

    def laid_out(self) -> ChatPage:
        plain = self._plain()
        if plain is None:
            screen, nav = self._screen, self._nav
            return _of_page(page(screen, self._language, LONG_TEXT, nav, notice=self._notice))
        attachment = getattr(self._screen, "attachment", None)
        text = markup.escaped(plain.text)
        if isinstance(attachment, Picture):
            attachment = attachment.drawn()
        if attachment is not None and units(text) <= CAPTION_UNITS:
            return ChatPage(text, plain, attachment=attachment)
        if asks_place(self._screen) and units(text) <= CHAT_BODY_UNITS:  # no other button then
            return ChatPage(text, plain, asks_location=True)
        return self._tappable(plain) or ChatPage(text, plain)

    def _plain(self) -> Page | None:
        """Everything in one text, each option behind its key; None where that is too long."""
        parts = [self._above(), *self._lines()]
        if type(self._screen) is not Confirm:
            parts += [f"{typed} {label}" for typed, label in self._labels]
        elif self._labels:
            parts += [" ".join(f"{typed} {label}" for typed, label in self._labels)]
        parts += [_key_line(self._keys)]
        text = "\n".join(filter(None, parts))
        if units(markup.escaped(text)) > CHAT_TEXT_UNITS:
            return None
        kind = type(self._screen)
        ends = kind is End or (kind is Info and not self._keys)
        return Page(text, ends, kind not in (End, Info), 0, None)

    def _above(self) -> str:
        return whole(say(self._notice, self._language)) if self._notice != "" else ""

    def _lines(self) -> list[str]:
        """What is said, before what can be chosen."""
        prose, wholes, _ = content_of(self._screen, self._language)
        lines = [whole(line) for line in gsm7.printable(prose).split("\n")]
        if type(self._screen) is Confirm:
            lines += map(whole, wholes)
        return lines

    # --- what can be tapped -----------------------------------------------------------------------

    def _tappable(self, plain: Page) -> ChatPage | None:
        """The message with buttons or a list; None where it has neither."""
        if type(self._screen) is Confirm and not self._labels:
            return None  # the PIN is its Yes
        found = self._buttons() or self._rows()
        if found is None:
            return None
        choices, button, keys_below = found
        header, body = self._header_and_body()
        footer = _key_line(self._keys) if keys_below else ""
        if units(footer) > CHAT_FOOTER_UNITS:
            body, footer = f"{body}\n{footer}", ""
        if not 0 < units(body) <= CHAT_BODY_UNITS:
            return None
        return ChatPage(body, plain, choices, button, header, footer)

    def _header_and_body(self) -> tuple[str, str]:
        """A question stands above the facts that it is about; a notice stands above everything."""
        first, *others = self._lines()
        above = self._above()
        is_header = (
            type(self._screen) is Confirm
            and bool(self._screen.facts)
            and not above
            and 0 < units(first) <= CHAT_HEADER_UNITS
        )
        if is_header:
            return first, markup.escaped("\n".join(filter(None, others)))
        return "", markup.escaped("\n".join(filter(None, (above, first, *others))))

    def _buttons(self) -> tuple[tuple[Choice, ...], str, bool] | None:
        labels = [*self._labels, *self._keys]
        for shown, keys_below in ((labels, False), (self._labels, bool(self._keys))):
            titles = [whole(label) for _, label in shown]
            if (
                0 < len(shown) <= CHAT_BUTTONS
                and all(0 < units(title) <= CHAT_BUTTON_UNITS for title in titles)
                and are_apart(titles)
            ):
                choices = (
                    Choice(typed, title) for (typed, _), title in zip(shown, titles, strict=True)
                )
                return tuple(choices), "", keys_below
        return None

    def _rows(self) -> tuple[tuple[Choice, ...], str, bool] | None:
        if not 0 < len(self._labels) <= CHAT_ROWS:
            return None
        keys_below = bool(self._keys) and len(self._labels) + len(self._keys) > CHAT_ROWS
        shown = self._labels if keys_below else [*self._labels, *self._keys]
        labels = [whole(label) for _, label in shown]
        titles = apart(labels, CHAT_ROW_UNITS)
        rows = []
        for (typed, _), label, title in zip(shown, labels, titles, strict=True):
            more = label if title != label else ""
            if not title or units(more) > CHAT_ROW_MORE_UNITS:
                return None
            rows.append(Choice(typed, title, more))
        return tuple(rows), say(sentences.CHOOSE, self._language), keys_below


def asks_place(screen: object) -> bool:
    """Whether a position that is shared answers a screen."""
    return isinstance(screen, Ask) and isinstance(screen.answer, Place)


def asks_file(screen: object) -> bool:
    """Whether a file that is sent answers a screen."""
    return isinstance(screen, Ask) and isinstance(screen.answer, File)


def _labels_of(screen: Screen, language: str) -> list[tuple[str, str]]:
    """What can be chosen: its key, and what it is called."""
    match screen:
        case Menu(options=options):
            return [(str(option.key), whole(say(option.label, language))) for option in options]
        case Confirm(by_pin=False):
            yes, no = say(sentences.YES, language), say(sentences.NO, language)
            return [(str(YES), yes), (str(NO), no)]
        case Ask(answer=File()):
            return [(str(WITHOUT_KEY), say(sentences.GO_ON_WITHOUT, language))]
    return []


def _keys_of(screen: Screen, language: str, nav: Nav) -> tuple[tuple[str, str], ...]:
    """Our own keys, as the screen has them."""
    has_back = nav.back and not (isinstance(screen, Ask) and takes_zero(screen))
    keys = (
        (has_back, BACK, sentences.BACK),
        (nav.home, HOME, sentences.HOME),
        (nav.call_me, CALL_ME, sentences.CALL_ME),
    )
    return tuple((key, say(label, language)) for is_there, key, label in keys if is_there)


def _key_line(keys: tuple[tuple[str, str], ...]) -> str:
    return "  ".join(f"{typed} {label}" for typed, label in keys)
