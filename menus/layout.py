"""Laying a screen out on pages of a channel's budget.

A page is: a notice (why the last answer was not taken, say), as much of the content as fits, and
the keys that lead on. What is cut goes to the next page behind 98 More. Cuts fall between options,
facts or words; a word is cut only where it is longer than a page, and then between visible
characters. A position in the content (not a page number) says where a page starts, so that the same
page shown again under a notice loses nothing.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final, assert_never

from menus import gsm7, sentences
from menus.budget import Budget
from menus.files import WITHOUT_KEY, File
from menus.keys import BACK, CALL_ME, HOME, MORE, NO, YES
from menus.limits import NOTICE_MIN, OPTIONS_PER_PAGE_MAX
from menus.screens import Ask, Confirm, End, Info, Menu, Pin, Screen, takes_zero
from menus.texts import UNITS_BEFORE, Text, say


@dataclass(frozen=True, slots=True)
class Nav:
    """Which of the kit's keys the screen has: 0 Back, 00 Home, and 000 Call me, which is offered
    after answers that did not fit. More is the renderer's own."""

    back: bool = False
    home: bool = False
    call_me: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer of ours shows.

    `ends`: the conversation is over. `asks`: the screen's own answer is taken here (a Confirm takes
    its Yes only where everything has been shown). `start` is where this page begins in the
    content; `more` where the next one does, or None on the last. `cuts_line` says that it ends
    within a line.
    """

    text: str
    ends: bool
    asks: bool
    start: int
    more: int | None
    cuts_line: bool = False


def pages(
    screen: Screen, language: str, budget: Budget, nav: Nav, notice: Text = ""
) -> tuple[Page, ...]:
    """Every page of the screen in order, the notice on top of the first."""
    sheet = _sheet_of(screen, language, budget, nav, notice)
    first = sheet.page(0, notice)
    if first.more is None:
        return (first,)
    found = [first]
    while (start := found[-1].more) is not None:
        found.append(sheet.page(start, ""))
    return tuple(found)


def page(
    screen: Screen,
    language: str,
    budget: Budget,
    nav: Nav,
    *,
    start: int = 0,
    notice: Text = "",
) -> Page:
    """The page that begins at that position of the content, under a notice if there is one.

    `start` is 0 or the `more` of a page of the same screen in the same language and budget. From
    the second page on 0 is Back whatever `nav` says: it leads to the page before.
    """
    return _sheet_of(screen, language, budget, nav, notice).page(start, notice)


@lru_cache(maxsize=256)
def footer(language: str, *, back: bool, home: bool, more: bool, call_me: bool = False) -> str:
    """The lines of keys under a page, with a line break before them; '' when there are none."""
    leave = []
    if back:
        leave.append(f"{BACK} {say(sentences.BACK, language)}")
    if home:
        leave.append(f"{HOME} {say(sentences.HOME, language)}")
    if call_me:
        leave.append(f"{CALL_ME} {say(sentences.CALL_ME, language)}")
    lines = [f"{MORE} {say(sentences.MORE, language)}"] if more else []
    if leave:
        lines.append(" ".join(leave))
    return "".join(f"\n{gsm7.fold(line)}" for line in lines)


@lru_cache(maxsize=16)
def _yes_no(language: str) -> str:
    yes, no = say(sentences.YES, language), say(sentences.NO, language)
    return gsm7.fold(f"{YES} {yes}\n{NO} {no}")


@lru_cache(maxsize=16)
def _agree_by_pin(language: str) -> str:
    return gsm7.fold(say(sentences.AGREE_BY_PIN, language))


# Clean: of the alphabet, single spaces within lines, no empty lines, nothing at the ends.
_LETTERS: Final = "".join(sorted(set(gsm7.BASIC + gsm7.EXTENDED) - set(" \n\r\f")))
_LETTER: Final = f"[{re.escape(_LETTERS)}]"
_CLEAN: Final = re.compile(f"{_LETTER}+(?:[ \n]{_LETTER}+)*")
# A space inside a number or between a number and its currency.
_INSIDE_AMOUNT: Final = re.compile(
    r"(?<=\d) (?=\d{3}(?!\d)|[A-Z]{3,4}(?![A-Za-z]))"
    + "".join(rf"|(?<=\b{re.escape(unit)}) (?=\d)" for unit in sorted(UNITS_BEFORE))
)


@dataclass(slots=True)
class _Sheet:
    """The content of a screen, clean and in the encoding that its pages will have.

    `wholes` says where the lines begin that are kept whole (options, facts); what comes before the
    first is prose. `tail` stands under the last of it.
    """

    screen: Screen
    language: str
    content: str
    wholes: tuple[int, ...]
    tail: str
    limit: int
    measure: Callable[[str], int]
    nav: Nav

    def page(self, start: int, notice: Text) -> Page:
        last_footer = self._footer(start, more=False)
        heading = self._heading(notice)
        rest = self.content[start:] if start else self.content
        if self.tail:
            rest = f"{rest}\n{self.tail}" if rest else self.tail
        kind = type(self.screen)
        if kind is Confirm:
            heading = self._beside(heading, rest + last_footer)
        if len(self.wholes) <= OPTIONS_PER_PAGE_MAX or self._fits_cap(start):
            text = _page_text(heading + rest, last_footer)
            if self.measure(text) <= self.limit:
                ends = kind is End or (kind is Info and not last_footer)
                return Page(text, ends, kind not in (End, Info), start, None)
        if start >= len(self.content) > 0:
            # Nothing is left to cut but the tail. Its keys give way: they are taken there too.
            return Page(_page_text(rest, ""), False, True, start, None)
        more_footer = self._footer(start, more=True)
        room = self.limit - self.measure(more_footer)
        heading = self._shortened(heading, room)
        end = self._cut(start, room - self.measure(heading), under_notice=heading != "")
        text = _page_text(heading + self.content[start:end], more_footer)
        after = self.content[end : end + 1] if end > start else ""
        asks = kind not in (Confirm, End, Info)
        more = end + 1 if after in (" ", "\n") else end
        return Page(text, False, asks, start, more, cuts_line=after not in ("", "\n"))

    def _footer(self, start: int, *, more: bool) -> str:
        """The keys under a page that begins there."""
        if type(self.screen) is End:
            return footer(self.language, back=False, home=False, more=more)
        back = (self.nav.back or start > 0) and not takes_zero(self.screen)
        # In 70 units of UCS-2 the facts need the room; the key is taken there too.
        is_tight = type(self.screen) is Confirm and self.measure is not gsm7.septets
        call_me = self.nav.call_me and not is_tight
        return footer(self.language, back=back, home=self.nav.home, more=more, call_me=call_me)

    def _heading(self, notice: Text) -> str:
        """The notice as the line on top, with its line break; '' when there is none."""
        if notice == "":
            return ""
        said = say(notice, self.language)
        words = gsm7.fold(said) if self.measure is gsm7.septets else gsm7.printable(said)
        return f"{' '.join(words.split())}\n"

    def _beside(self, heading: str, rest: str) -> str:
        """What of a notice goes with a question: its Yes and No stay on the page."""
        room = self.limit - self.measure(rest)
        if room < 0 or self.measure(heading) <= room:
            return heading
        return self._shortened(heading, room) if room >= NOTICE_MIN else ""

    def _shortened(self, heading: str, room: int) -> str:
        """A notice longer than a page ends in dots: it is no content, only said again."""
        if self.measure(heading) <= room:
            return heading
        kept = heading[: self._reach(heading, 0, room - len("...\n"))]
        return f"{kept.rpartition(' ')[0] or kept}...\n"

    def _reach(self, text: str, start: int, room: int) -> int:
        """The furthest end for which text[start:end] takes at most that much room."""
        end = min(len(text), start + max(room, 0))
        while end > start and (over := self.measure(text[start:end]) - room) > 0:
            end -= (over + 1) // 2  # a character takes one unit or two
        return max(end, start)

    def _fits_cap(self, start: int) -> bool:
        """True when no more options follow than a page may show."""
        return len(self.wholes) - bisect_left(self.wholes, start) <= OPTIONS_PER_PAGE_MAX

    def _cut(self, start: int, room: int, *, under_notice: bool) -> int:
        """Where the page that begins at `start` ends; `start` itself leaves the notice alone."""
        end = self._reach(self.content, start, room)
        if not self._fits_cap(start):
            first = bisect_left(self.wholes, start)
            end = min(end, self.wholes[first + OPTIONS_PER_PAGE_MAX] - 1)
        line = bisect_right(self.wholes, end) - 1
        begins = self.wholes[line] if line >= 0 else 0
        if end == len(self.content):
            # Only the tail is in the way: the last fact goes along with it.
            return begins - 1 if begins > start else end
        if self.content[end] == "\n" and end > max(begins, start):
            return end
        if begins > start:
            return begins - 1
        if under_notice and line >= 0 and begins == start:
            return start
        return self._cut_words(start, end, under_notice=under_notice)

    def _cut_words(self, start: int, end: int, *, under_notice: bool) -> int:
        """The last place between words, no further than `end`."""
        line_end = self.content.rfind("\n", start + (end - start) // 2, end + 1)
        if line_end > start and not self.wholes:
            return line_end  # lines of an account, say, stay whole where the page is half full
        glued = {match.start() for match in _INSIDE_AMOUNT.finditer(self.content)}
        if type(self.screen) is Menu:
            glued.update(self.content.find(" ", begins, begins + 3) for begins in self.wholes)
        for index in range(end, start, -1):
            char = self.content[index]
            if char == "\n" or (
                char == " "
                and index not in glued
                and not gsm7.joined_before(self.content, index + 1)
            ):
                return index
        if under_notice:
            return start
        for index in range(end, start, -1):
            if not gsm7.joined_before(self.content, index):
                return index
        return max(end, start + 1)


def _sheet_of(screen: Screen, language: str, budget: Budget, nav: Nav, notice: Text) -> _Sheet:
    prose, wholes, tail = content_of(screen, language)
    content = "\n".join((prose, *wholes))
    limit, measure, encode = budget.septets, gsm7.septets, gsm7.fold
    stays = not budget.folds and not gsm7.is_gsm7(
        gsm7.printable(content + say(notice, language) if notice else content)
    )
    if stays or not _CLEAN.fullmatch(content):
        if stays or (budget.ucs2_units and not gsm7.folds(content)):
            limit, measure, encode = budget.ucs2_units, gsm7.ucs2_units, gsm7.printable
        prose = "\n".join(filter(None, map(_squeezed, encode(prose).split("\n"))))
        wholes = tuple(_squeezed(encode(line)) for line in wholes)
        content = "\n".join((prose, *wholes) if prose else wholes)
    # Where each whole line begins: behind the prose and the ones before it.
    begins = len(prose) + 1 if prose else 0
    lengths = (len(line) + 1 for line in wholes)
    starts = tuple(accumulate(lengths, initial=begins))[:-1] if wholes else ()
    return _Sheet(screen, language, content, starts, tail, limit, measure, nav)


def _page_text(body: str, keys: str) -> str:
    """The body over its keys; either may be empty, and a notice may stand alone."""
    return (body.removesuffix("\n") + keys).removeprefix("\n")


def _squeezed(line: str) -> str:
    return " ".join(line.split())


def in_words(screen: Screen, language: str) -> str:
    """All that a screen says, without its keys."""
    prose, wholes, _ = content_of(screen, language)
    return "\n".join((prose, *wholes))


def content_of(screen: Screen, language: str) -> tuple[str, tuple[str, ...], str]:
    """What a screen says: the prose, the lines kept whole (options, facts), and the tail."""
    match screen:
        case Menu(title, options):
            rows = [f"{option.key} {say(option.label, language)}" for option in options]
            return say(title, language), tuple(rows), ""
        case Confirm(question, facts, by_pin):
            rows = [f"{say(fact.label, language)}: {say(fact.value, language)}" for fact in facts]
            tail = _agree_by_pin(language) if by_pin else _yes_no(language)
            return say(question, language), tuple(rows), tail
        case Ask(prompt, File()):
            row = f"{WITHOUT_KEY} {say(sentences.GO_ON_WITHOUT, language)}"
            return say(prompt, language), (row,), ""
        case Ask(prompt) | Pin(prompt):
            return say(prompt, language), (), ""
        case End(text) | Info(text):
            return say(text, language), (), ""
        case _:
            assert_never(screen)
