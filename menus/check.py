"""Checking what people will be shown: every screen, in every language, on every channel."""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from menus import catalogues, glossary, gsm7
from menus.budget import Budget
from menus.chat_help import check_help
from menus.check_chat import check_in_chats
from menus.glossary import Term
from menus.languages import LANGUAGES, LOCALES_FOLDER
from menus.layout import Nav, Page, pages
from menus.limits import PAGES_PER_SCREEN_MAX
from menus.screens import Ask, Confirm, End, Info, Menu, Pin, Screen
from menus.spoken import spoken
from menus.texts import Text, say
from menus.tree import Tree
from menus.tree_lint import lint, shape, words_of
from menus.tree_reading import place_of
from menus.ussd import ussd_budget
from values.problems import Problem

USSD_BUDGETS: Final = (ussd_budget(), ussd_budget(ucs2=True))
EVERYWHERE: Final = Nav(back=True, home=True)


def check_texts(project: Path = catalogues.PROJECT, folder: Path = LOCALES_FOLDER) -> list[Problem]:
    """Sentences that are left over, said twice, or have other values in a translation."""
    return catalogues.problems(project, folder)


def check_words(
    terms: Collection[Term] | None = None, folder: Path = LOCALES_FOLDER
) -> list[Problem]:
    """Sentences of the catalogues that go against the glossary, the project's own by default."""
    terms = glossary.load() if terms is None else terms
    found = []
    for msgid, texts in catalogues.by_sentence(folder).items():
        found += glossary.problems(texts, repr(msgid), terms)
    return sorted(found)


def check_tree_words(tree: Tree, terms: Collection[Term] | None = None) -> list[Problem]:
    """A tenant's own words that go against the glossary, the project's own by default."""
    terms = glossary.load() if terms is None else terms
    found = []
    for node in tree.root.walk():
        for name, words in words_of(node):
            place = f"{place_of(node.path)} {name}"
            found += glossary.problems(words.to_data(), place, terms)
    return found


def check_forbidden_words(tree: Tree, terms: Collection[Term]) -> list[Problem]:
    """Of `check_tree_words`, the words that are never to be said."""
    return [
        Problem("menus", f"{place_of(node.path)} {name} in {language}", what)
        for node in tree.root.walk()
        for name, words in words_of(node)
        for language, what in glossary.forbidden(words.to_data(), terms)
    ]


def check_tree(
    tree: Tree,
    flow_names: Collection[str],
    languages: Collection[str],
    budgets: Iterable[Budget] = USSD_BUDGETS,
    roles: Collection[str] | None = None,
) -> list[Problem]:
    """Everything that `lint` finds, and every screen of the tree for every role."""
    found = lint(tree, flow_names, languages, roles)
    if shape(tree):
        return found
    seen: set[tuple[str, Screen]] = set()
    for held in ((), *((role,) for role in sorted(tree.roles)), tuple(sorted(tree.roles))):
        for node in tree.root.walk():
            if node.flow is not None or not tree.allows(node.path, held):
                continue
            screen = tree.screen(node, held)
            if (node.path, screen) not in seen:
                seen.add((node.path, screen))
                place = place_of(node.path)
                found += check_screen(screen, place, languages=languages, budgets=budgets)
                found += check_in_chats(screen, place, languages=languages, nav=EVERYWHERE)
    found += check_help(tree, languages)
    for node in tree.root.walk():
        if node.when_paused is not None:
            place = f"{place_of(node.path)} when paused"
            notice = End(node.when_paused)
            found += check_screen(notice, place, languages=languages, budgets=budgets)
            found += check_in_chats(notice, place, languages=languages, nav=EVERYWHERE)
    return list(dict.fromkeys(found))


def check_screen(
    screen: Screen,
    place: str,
    *,
    room: str = "menus",
    languages: Collection[str] = LANGUAGES,
    budgets: Iterable[Budget] = USSD_BUDGETS,
    nav: Nav = EVERYWHERE,
) -> list[Problem]:
    """What is wrong with a screen filled with its longest plausible values.

    A question fits one page; an option or a fact is not cut; nothing takes more than five pages;
    a menu has an option; a screen that asks nothing leads on.
    """
    found: list[Problem] = []
    if isinstance(screen, Menu) and not screen.options:
        found.append(Problem(room, place, "is a dead end: a menu without options"))
    if isinstance(screen, Info) and not (nav.back or nav.home):
        found.append(Problem(room, place, "is a dead end: nothing leads on from it"))
    for budget in budgets:
        for language in languages:
            if faults := _faults(spoken(screen, language), language, budget, nav):
                where = f"{place} in {language}, {_size(budget)}"
                found += [Problem(room, where, what) for what in faults]
    return found


def pages_count(
    screen: Screen, language: str, budget: Budget, nav: Nav = EVERYWHERE, notice: Text = ""
) -> int:
    """How many pages a screen takes under a notice."""
    said = spoken(screen, language)
    return _pages_count(said, language, budget, nav, say(notice, language))


# The same words are looked at in many places and under many notices.
@lru_cache(maxsize=2**16)
def _pages_count(screen: Screen, language: str, budget: Budget, nav: Nav, notice: str) -> int:
    return len(pages(screen, language, budget, nav, notice))


@lru_cache(maxsize=2**16)
def _faults(screen: Screen, language: str, budget: Budget, nav: Nav) -> tuple[str, ...]:
    """What is wrong with a screen that is said already."""
    found = [*_page_faults(screen, pages(screen, language, budget, nav), budget)]
    if not all(text.strip() for text in _words(screen)):
        found.append("has an empty text")
    return tuple(found)


def _page_faults(screen: Screen, laid: tuple[Page, ...], budget: Budget) -> Iterator[str]:
    if not all(_within(page.text, budget) for page in laid):
        yield "has a page over its budget"
    if len(laid) > PAGES_PER_SCREEN_MAX:
        yield f"takes {len(laid)} pages"
    if isinstance(screen, Ask | Pin) and len(laid) > 1:
        yield "is a question that does not fit one page"
    if isinstance(screen, Menu | Confirm) and any(page.cuts_line for page in laid):
        yield "has a line that does not fit one page"
    # Of other letters a page has less than half.
    most, word = (2, "two") if all(gsm7.is_gsm7(page.text) for page in laid) else (4, "four")
    if isinstance(screen, Confirm) and len(laid) > most:
        yield f"is a confirmation over more than {word} pages"


def _within(text: str, budget: Budget) -> bool:
    return gsm7.fits(text, budget.septets) or (
        budget.ucs2_units > 0 and gsm7.ucs2_units(text) <= budget.ucs2_units
    )


def _size(budget: Budget) -> str:
    units = f" or {budget.ucs2_units} units" if budget.ucs2_units else ""
    return f"{budget.septets} septets{units}"


def _words(screen: Screen) -> Iterator[str]:
    """The texts of a screen that is said already."""
    match screen:
        case Menu(title, options):
            yield from map(str, (title, *(option.label for option in options)))
        case Confirm(question, facts):
            yield from map(str, (question, *(fact.label for fact in facts)))
        case Ask(prompt) | Pin(prompt):
            yield str(prompt)
        case End(text) | Info(text):
            yield str(text)
