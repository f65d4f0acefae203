"""What is wrong with the flows: screens over their budget, states that nothing leads to or from."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from checks.explore import Explored, Seen
from checks.samples import AT, HELP_PHONE, MUCH_MINOR, WALLETS
from engine.flow import Flow
from engine.turn.replies import is_agreed_by_pin, to_finish
from engine.wording import refusal
from menus import sentences
from menus.answers import Code
from menus.budget import Budget
from menus.check import EVERYWHERE, USSD_BUDGETS, check_screen, pages_count
from menus.check_chat import check_in_chats
from menus.languages import LANGUAGES
from menus.layout import Nav
from menus.screens import Ask, Confirm, End, Info, Menu, Pin, Screen
from menus.texts import Text
from values.placeholders import placeholders
from values.problems import Problem
from values.refusals import BusinessError

ROOM: Final = "flows"
CODE: Final = "*384*1000*1000#"  # as long as one is dialled
# What refusals are filled with, as long as it plausibly gets.
_MONEY: Final = frozenset(
    {
        "amount",
        "available",
        "limit",
        "minimum",
        "maximum",
        "needed",
        "pledge",
        "owed",
        "overdue",
        "free",
    }
)
_VALUES: Final[Mapping[str, Any]] = {
    "date": "30/12/2026",
    "metres": 100,
    "tries": 2,
    "minutes": 30,
    "reference": "0W2Z4M6N",
    "office": sentences.office(HELP_PHONE),
    "until": AT.astimezone(ZoneInfo("Africa/Kigali")),
    "most": 9,
    "least": 1,
    "approvals": 5,
    "count": 2,
    "wallet": WALLETS[0]["name"],
    "rate": "1,612.35",
    "last": "1234567.89",
    "pump": 12,
    "volume": "1234.56 l",
    "product": "PRODUCT00001",
    "near": "PRODUCT00002",
    "left": 9_999,
    "distance_km": 1_240,
    "most_km": 1_000,
}


def check_flows(
    flows: Mapping[str, type[Flow]],
    explored: Explored,
    only: Collection[str] | None = None,
    *,
    languages: Collection[str] = LANGUAGES,
    budgets: tuple[Budget, ...] = USSD_BUDGETS,
) -> list[Problem]:
    """Everything that is wrong with these flows, in order of place. `explored` is what walking them
    came to, or what walking `only` these did."""
    found = [Problem(ROOM, place, what) for place, what in explored.broken]
    for flow in flows.values():
        if only is None or flow.name in only:
            found += [Problem(ROOM, place, what) for place, what in _map_faults(flow, explored)]
    found += check_screens(flows, explored, languages=languages, budgets=budgets)
    found += check_chats(flows, explored, languages=languages)
    return sorted(set(found))


def check_chats(
    flows: Mapping[str, type[Flow]], explored: Explored, *, languages: Collection[str] = LANGUAGES
) -> list[Problem]:
    """What is wrong with the screens that a walk came along, in chats and as text messages. What
    asks for a PIN or a code is never shown there."""
    found: list[Problem] = []
    for seen, scenario in explored.seen.items():
        if seen.flow not in flows or _is_secret(seen.screen):
            continue
        by_pin = is_agreed_by_pin(flows[seen.flow], seen.state, seen.screen)
        for language in languages:
            found += check_in_chats(
                to_finish(seen.screen, CODE, language) if by_pin else seen.screen,
                f"{seen.flow}.{seen.state} ({scenario})",
                room=ROOM,
                languages=(language,),
                nav=seen.nav,
                notice=seen.notice,
            )
    return found


def check_screens(
    flows: Mapping[str, type[Flow]],
    explored: Explored,
    *,
    languages: Collection[str] = LANGUAGES,
    budgets: tuple[Budget, ...] = USSD_BUDGETS,
) -> list[Problem]:
    """What is wrong with the screens that a walk came along, on budgets of one's own."""
    eye = _Eye(languages, budgets)
    found: list[Problem] = []
    for seen, scenario in explored.seen.items():
        found += eye.look(seen, flows.get(seen.flow), scenario)
    return sorted(set(found))


def refusals() -> list[type[BusinessError]]:
    """Every reason why the business says no, by its code."""
    return sorted(_subclasses(BusinessError), key=lambda kind: kind.code)


def _subclasses(kind: type[BusinessError]) -> set[type[BusinessError]]:
    below = set(kind.__subclasses__())
    return below.union(*map(_subclasses, below))


def check_refusals(
    kinds: Collection[type[BusinessError]] | None = None,
    *,
    languages: Collection[str] = LANGUAGES,
    budgets: tuple[Budget, ...] = USSD_BUDGETS,
) -> list[Problem]:
    """Every sentence that says no: one page, in every language."""
    eye = _Eye(languages, budgets)
    found: list[Problem] = []
    for kind in refusals() if kinds is None else kinds:
        error = kind(currency="NGN", **dict(map(_param, placeholders(kind.sentence))))
        found += eye.one_page(End(refusal(error)), f"refusal {kind.code}", room="core")
    return sorted(set(found))


def _param(name: str) -> tuple[str, Any]:
    """A value under the name by which `refusal` takes it."""
    return (f"{name}_minor", MUCH_MINOR) if name in _MONEY else (name, _VALUES[name])


# --- the map --------------------------------------------------------------------------------------


def _map_faults(flow: type[Flow], explored: Explored) -> Iterator[tuple[str, str]]:
    """What is wrong with the transitions, given the states and steps that the walks came along."""
    steps = {(step.source, step.dest) for step in flow.map.transitions}
    leads_on = {source for source, _ in steps}
    for state in flow.map.states:
        place = f"{flow.name}.{state}"
        if (flow.name, state) not in explored.states:
            yield place, "is unreachable: no answer in any scenario leads to it"
        elif state not in leads_on and (flow.name, state) in explored.asking:
            yield place, "is a dead end: it asks, and no answer leads on from it"
        elif not _comes_to_an_end(state, steps):
            yield place, "is a dead end: no way from it comes to an end"
    for source, dest in sorted(steps):
        if (flow.name, source, dest) not in explored.steps and (flow.name, dest) in explored.states:
            yield f"{flow.name}.{source}", f"never leads to {dest} in any scenario"


def _comes_to_an_end(state: str, steps: set[tuple[str, str]]) -> bool:
    reached, new = {state}, {state}
    while new:
        new = {dest for source, dest in steps if source in new} - reached
        reached |= new
    return bool(reached.difference(source for source, _ in steps))


# --- the screens ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Eye:
    """Looks at screens in these languages and on these budgets."""

    languages: Collection[str]
    budgets: tuple[Budget, ...]

    def look(self, seen: Seen, flow: type[Flow] | None, scenario: str) -> Iterator[Problem]:
        screen = seen.screen
        if flow is None:  # the menu that all flows hang in: what flows say above it is theirs
            if seen.notice:
                yield from self.one_page(Info(seen.notice), f"notice ({scenario})")
            return
        place = f"{seen.flow}.{seen.state} ({scenario})"
        yield from check_screen(
            screen,
            place,
            room=ROOM,
            languages=self.languages,
            budgets=self.budgets,
            nav=seen.nav,
        )
        resumable = seen.state in flow.resumable
        if resumable and _is_secret(screen):
            yield Problem(ROOM, place, "is resumable, and asks for a secret")
        if resumable and isinstance(screen, Confirm):
            if seen.state not in flow.map.confirmations:
                what = "is resumable, and its method does not say that it returns a Confirm"
                yield Problem(ROOM, place, what)
            yield from check_screen(
                replace(screen, by_pin=True),
                f"{place}, gone on with",
                room=ROOM,
                languages=self.languages,
                budgets=self.budgets,
                nav=seen.nav,
            )
        if isinstance(screen, Ask | Pin):
            yield from self.one_page(screen, place, seen.nav, notice=seen.notice)
            if resumable:
                yield from self.one_page(screen, place, seen.nav, notice=sentences.RESUMED_OR_HOME)
        if isinstance(screen, Menu | Confirm) and seen.notice:
            yield from self.one_page(Info(seen.notice), f"{place} notice")

    def one_page(
        self,
        screen: Screen,
        place: str,
        nav: Nav = EVERYWHERE,
        *,
        notice: Text = "",
        room: str = ROOM,
    ) -> Iterator[Problem]:
        """A question with the reason why it is asked again, or a sentence, is not to be paged
        (where letters are septets: of others, so few fit that it cannot be helped)."""
        for budget in self.budgets:
            if budget.ucs2_units:
                continue
            for language in self.languages:
                if pages_count(screen, language, budget, nav, notice) > 1:
                    under = " under its notice" if notice else ""
                    where = f"{place} in {language}, {budget.septets} septets"
                    yield Problem(room, where, f"does not fit one page{under}")


def _is_secret(screen: Screen) -> bool:
    if isinstance(screen, Ask):
        return isinstance(screen.answer, Code)
    return isinstance(screen, Pin) and not screen.fresh  # one that is chosen is no secret yet
