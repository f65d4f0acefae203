"""Walking the flows as conversations, from the dial to every end, on samples of the core."""

import gc
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import msgspec
from transitions import MachineError

from checks import samples
from checks.sample_answers import NoSampleAnswer, answers_to
from checks.sample_context import Fact, NoSample, SampleContext
from checks.samples import Answers
from checks.scenario import ORDINARY, Scenario
from core.people import people
from engine.context import TurnContext
from engine.conversation import Step, begin, step
from engine.flow import Flow, Shows
from engine.moves import APPROVE, GIVE_CODE, NEW_PIN, REGISTER, WHO
from engine.places import CALL_BACK, offers_call
from engine.registry import Registry
from engine.render import as_shown, nav_of, render
from engine.session import Session, replace
from menus.keys import CALL_ME, MORE
from menus.languages import LANGUAGES
from menus.layout import Nav
from menus.screens import Ask, Confirm, Menu, Pin, Screen
from menus.texts import Text

# What the engine begins by itself; every other flow hangs in the explored tree.
BEGUN_BY_THE_ENGINE: Final = frozenset({REGISTER, NEW_PIN, WHO, APPROVE, GIVE_CODE, CALL_BACK})
# Enough of the way back to see every screen with and without it.
BACK_STEPS: Final = 3
# An answer that was refused at a question, whatever had been said before it, is refused there.
ALIKE_MINIMUM: Final = 3
SESSIONS_MAXIMUM: Final = 100_000
_ORDINARY_TENANT: Final = (ORDINARY[0].currency, ORDINARY[0].charges, ORDINARY[0].languages)


@dataclass(frozen=True, slots=True)
class Seen:
    """A screen as somebody may see it: at which state, under which notice, with which keys."""

    flow: str
    state: str
    screen: Screen
    notice: Text
    nav: Nav


@dataclass(slots=True)
class Explored:
    """What exploring came to.

    `seen` has the scenario in which each screen was seen first; `states`, those that were entered,
    and `asking` those of them that expect an answer, as (flow, state); `steps` as (flow, from, to);
    `broken` holds what went wrong, as (place, what).
    """

    seen: dict[Seen, str] = field(default_factory=dict)
    states: set[tuple[str, str]] = field(default_factory=set)
    asking: set[tuple[str, str]] = field(default_factory=set)
    steps: set[tuple[str, str, str]] = field(default_factory=set)
    broken: dict[tuple[str, str], None] = field(default_factory=dict)


def explore(
    flows: Registry,
    scenarios: tuple[Scenario, ...],
    answers: Answers,
    only: frozenset[str] | None = None,
) -> Explored:
    """Hold every conversation that the answers allow, in every scenario; those that begin with
    `only` these flows, if they are named. `answers` is what the core's functions answer unless a
    scenario says otherwise."""
    explored = Explored()
    with _seldom_collected():
        _explore(explored, flows, scenarios, answers, only)
    return explored


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """What is made here is kept, nearly all of it: to look for what is not takes a fifth of the
    time."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _explore(
    explored: Explored,
    flows: Registry,
    scenarios: tuple[Scenario, ...],
    answers: Answers,
    only: frozenset[str] | None,
) -> None:
    ordinary: _Exploration | None = None
    for scenario in scenarios:
        concerned = None if ordinary is None else ordinary.asked.concerned(scenario)
        hung = concerned if only is None else only if concerned is None else only & concerned
        if hung is not None and hung.isdisjoint(flows.keys() - BEGUN_BY_THE_ENGINE):
            continue  # nobody is asked anything that it answers otherwise
        run = _Exploration(
            flows,
            scenario,
            {**answers, **scenario.answers},
            explored,
            hung=hung,
            before=ordinary if _is_as_before(scenario) else None,
        )
        run.run()
        ordinary = ordinary or run


def _is_ordinary(scenario: Scenario) -> bool:
    """Whether the tenant is as in the first scenario."""
    return (scenario.currency, scenario.charges, scenario.languages) == _ORDINARY_TENANT


def _is_as_before(scenario: Scenario) -> bool:
    """Whether a step leads where it did in the first scenario, unless it asks for what is answered
    otherwise: on another channel a flow may ask for something else."""
    return _is_ordinary(scenario) and scenario.channel == ORDINARY[0].channel


def _differing(one: Answers, other: Answers) -> set[Fact]:
    """What the core is asked for that is not answered by the same function."""
    return {fact for fact in one.keys() | other.keys() if one.get(fact) is not other.get(fact)}


@dataclass(frozen=True, slots=True)
class _Taken:
    """What an answer led to, and what the core was asked for on the way: where that is answered
    alike, it leads there again. `packed` is None where nothing follows; `refused` is that the
    question is asked again."""

    asked: frozenset[Fact]
    packed: bytes | None = None
    screen: Screen | None = None
    flow: str = ""
    refused: bool = False


# A flow, a state and a screen; how often one was wrong, whether it is gone on with, and its page.
_Question = tuple[str, str, Screen, int, bool, int | None]


def _question(session: Session, screen: Screen) -> _Question:
    place = session.place
    return (place.flow, place.state, screen, session.wrong, session.resumed, session.shown.more)


@dataclass(slots=True)
class _Tried:
    """What came of the answers to one question in the conversations that have come to it."""

    conversations: int = 0
    refused: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)

    def is_refused(self, typed: str) -> bool:
        return (
            self.conversations > ALIKE_MINIMUM and typed in self.refused and typed not in self.taken
        )

    def note(self, typed: str, *, refused: bool) -> None:
        (self.refused if refused else self.taken).add(typed)


class _Asked:
    """What each flow asked the core for in the first scenario. In another one, a flow that asks for
    nothing that is answered otherwise would show the same screens again."""

    def __init__(self) -> None:
        self._facts: dict[str, set[Fact]] = {}
        self._onward: dict[str, set[str]] = {}

    def note(self, left: str, entered: str, facts: set[Fact]) -> None:
        """A step from one flow to another or the same; '' is the menu."""
        for flow in {left or entered, entered or left}:
            self._facts.setdefault(flow, set()).update(facts)
        if left and entered and left != entered:
            self._onward.setdefault(left, set()).add(entered)

    def concerned(self, scenario: Scenario) -> frozenset[str] | None:
        """The flows to hold in a scenario; None is all."""
        changed = scenario.answers.keys()
        at_menu = self._facts.get("", set())
        if not _is_ordinary(scenario) or not changed or not at_menu.isdisjoint(changed):
            return None
        ends = {flow for flow, facts in self._facts.items() if not facts.isdisjoint(changed)}
        # What does not hang in the menu is come to by others.
        while before := {
            flow
            for flow, entered in self._onward.items()
            if flow not in ends and not entered.isdisjoint(ends & BEGUN_BY_THE_ENGINE)
        }:
            ends |= before
        return frozenset(ends)


def _watched(flow: type[Flow], explored: Explored) -> type[Flow]:
    """The same flow, but that it notes where it comes along."""
    name = flow.name

    def answer(self: Flow, value: Any) -> None:
        left = self.state
        flow.answer(self, value)
        explored.states.add((name, self.state))
        explored.steps.add((name, left, self.state))

    def screen(self: Flow) -> Shows:
        explored.states.add((name, self.state))
        shown = flow.screen(self)
        if isinstance(shown, Menu | Ask | Pin | Confirm):
            explored.asking.add((name, self.state))
        return shown

    return type(flow.__name__, (flow,), {"answer": answer, "screen": screen})


class _Exploration:
    """All conversations of one scenario, breadth first; none is held twice."""

    def __init__(
        self,
        flows: Registry,
        scenario: Scenario,
        answers: Answers,
        explored: Explored,
        *,
        hung: frozenset[str] | None,
        before: "_Exploration | None",
    ) -> None:
        self.asked = _Asked()
        # By the session as it is packed, and what was typed.
        self._taken: dict[tuple[bytes, str], _Taken] = {}
        self._tried: dict[_Question, _Tried] = {}
        self._taken_before = before._taken if before else {}
        self._is_kept = not explored.seen and _is_ordinary(scenario)
        self._flows = flows.replaced(*(_watched(flow, explored) for flow in flows.values()))
        self._scenario = scenario
        self._answers: Answers = answers
        self._changed = _differing(before._answers, answers) if before else set()
        self._explored = explored
        self._service = samples.service(
            tree_of_all(flows, hung),
            currency=scenario.currency,
            charges=scenario.charges,
            languages=scenario.languages,
            channel=scenario.channel,
        )
        self._known: set[bytes] = set()
        self._waiting: deque[tuple[bytes, Screen]] = deque()

    def run(self) -> None:
        self._move(Session(), _begin)
        while self._waiting:
            packed, screen = self._waiting.popleft()
            session = _unpacked(packed)
            try:
                answers = [*answers_to(screen, is_tree=not session.place.flow)]
            except NoSampleAnswer as fault:
                self._explored.broken[session.place.name, str(fault)] = None
                continue
            if offers_call(session):
                answers.append(CALL_ME)
            if session.shown.more is not None and not session.shown.asks and not session.wrong:
                answers.append(MORE)  # nothing is asked before the last page
            tried = self._tried.setdefault(_question(session, screen), _Tried())
            tried.conversations += 1
            for typed in answers:
                if tried.is_refused(typed):
                    continue
                taken = self._as_before(packed, typed)
                if taken is None:
                    taken = self._move(_unpacked(packed), partial(_take, typed))
                    if self._is_kept:
                        self._taken[packed, typed] = taken
                tried.note(typed, refused=taken.refused)

    def _as_before(self, packed: bytes, typed: str) -> _Taken | None:
        """What an answer leads to where that is known, and then it has been seen to."""
        taken = self._taken_before.get((packed, typed))
        if taken is None or not taken.asked.isdisjoint(self._changed):
            return None
        if taken.packed is not None and taken.screen is not None:
            if not taken.flow:  # another menu may be there
                return None
            self._wait(taken.packed, taken.screen)
        return taken

    def _move(self, session: Session, move: Callable[[TurnContext, Session], Step]) -> _Taken:
        place, left, wrong = session.place.name, session.place.flow, session.wrong
        context = SampleContext(self._answers, self._service, self._flows)
        try:
            taken = move(context, session)
            nav = nav_of(taken.session)
            _, session = render(context, taken)
            screen, notice = as_shown(context, taken)
        except Exception as fault:
            self._explored.broken[place, _told(fault)] = None
            self.asked.note(left, left, context.asked)
            return _Taken(frozenset(context.asked))
        self.asked.note(left, session.place.flow, context.asked)
        seen = Seen(session.place.flow, session.place.state, screen, notice, nav)
        self._explored.seen.setdefault(seen, self._scenario.name)
        if session.ended:
            return _Taken(frozenset(context.asked))
        # What an exploration need not tell apart.
        session = replace(
            session,
            language=LANGUAGES[0],
            receipt="",
            back=session.back[-BACK_STEPS:],
        )
        packed = msgspec.json.encode(session)
        self._wait(packed, taken.screen)
        return _Taken(
            *(frozenset(context.asked), packed, taken.screen, session.place.flow),
            refused=session.wrong > wrong,
        )

    def _wait(self, packed: bytes, screen: Screen) -> None:
        if packed not in self._known:
            assert len(self._known) < SESSIONS_MAXIMUM, "a conversation that grows without end"
            self._known.add(packed)
            self._waiting.append((packed, screen))


def _begin(context: TurnContext, session: Session) -> Step:
    return begin(context, session, context.read(people.identify, context.keys, context.address))


def _take(typed: str, context: TurnContext, session: Session) -> Step:
    return step(context, session, typed)


def _unpacked(packed: bytes) -> Session:
    return msgspec.json.decode(packed, type=Session)


def _told(fault: Exception) -> str:
    match fault:
        case NoSample():
            return str(fault)
        case MachineError():
            return "is a dead end: no answer leads on from it"
        case ValueError():
            return f"breaks: {fault}"
    return f"breaks: {type(fault).__name__}: {fault}"


def tree_of_all(
    flows: Mapping[str, type[Flow]], hung: frozenset[str] | None = None
) -> dict[str, Any]:
    """A menu with every flow in it that may hang in one, or with those of `hung` alone."""
    names = sorted(flows.keys() - BEGUN_BY_THE_ENGINE)
    return {
        "text": _said("Menu"),
        "paged": True,
        "menu": [
            {"key": key, "id": name, "text": _said(name), "flow": name}
            for key, name in enumerate(names, start=1)
            if hung is None or name in hung
        ],
    }


def _said(words: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, words)
