"""Walking the flows as conversations, from the dial to every end, on samples of the core."""

import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

from transitions import MachineError

from checks import samples
from checks.sample_answers import NoSampleAnswer, answers_to
from checks.samples import Answers
from checks.scenario import Scenario
from core.db.database import Deadline, Tx
from core.people import people
from core.people.errors import PinLocked
from core.people.people import PinCheck
from core.security.keyring import Keyring
from core.tenants.directory import Service
from engine.context import TurnContext
from engine.conversation import APPROVE, REGISTER, WHO, Conversation
from engine.flow import Flow
from engine.limits import WRONG_ANSWERS
from engine.render import as_shown, nav_of, render, tree_of
from engine.resume import CALL_BACK
from engine.session import Session
from menus.layout import Nav
from menus.screens import Ask, Confirm, Menu, Pin, Screen
from menus.texts import LANGUAGES, Text

P = ParamSpec("P")
R = TypeVar("R")

# What the kit begins by itself; every other flow hangs in the explored tree.
BEGUN_BY_THE_ENGINE: Final = frozenset({REGISTER, WHO, APPROVE, CALL_BACK})
# Enough of the way back to see every screen with and without it.
BACK_STEPS: Final = 3
SESSIONS_MAXIMUM: Final = 20_000


class NoSample(Exception):
    """A flow asked the core for something that there is no sample of."""


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
    """What the walks came to.

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
    flows: Mapping[str, type[Flow]], scenarios: tuple[Scenario, ...], answers: Answers
) -> Explored:
    """Hold every conversation that the answers allow, in every scenario. `answers` is what the
    core's functions answer unless a scenario says otherwise."""
    explored = Explored()
    for scenario in scenarios:
        _Exploration(flows, scenario, {**answers, **scenario.answers}, explored).run()
    return explored


class SampleContext(TurnContext):
    """A context without a core behind it."""

    def __init__(self, answers: Answers, service: Service) -> None:
        self._answers = answers
        self.service = service
        self.keys = _Keys(bytes(32))
        self.address = samples.OWN_NUMBER
        self.session_hash = "0" * 32
        self.deadline = Deadline()

    def read(self, fact: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        answer = self._answers.get(fact)
        if answer is None:
            room = fact.__module__.removeprefix("core.")
            raise NoSample(f"asks the core for {room}.{fact.__name__}: there is no sample")
        return cast(R, answer(*args, **kwargs))

    def write(
        self, change: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return self.read(change, *args, **kwargs)

    def autonomous(
        self, fact: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return self.read(fact, *args, **kwargs)

    def check_pin(self, subscriber_id: uuid.UUID, pin: str) -> PinCheck:
        if pin == samples.LOCKING_PIN:
            raise PinLocked(minutes=people.PIN_LOCK_LONGEST_S // 60)
        return PinCheck(pin == samples.RIGHT_PIN, people.PIN_TRIES - 1)

    def rollback(self) -> None:
        pass


class _Keys(Keyring):
    """Hashes no PIN: that takes its time on purpose."""

    def hash_pin(self, pin: str) -> str:
        return pin

    def verify_pin(self, pin: str, phc: str) -> bool:
        return pin == phc


class _Watched(Conversation):
    """A conversation that notes where it comes along."""

    explored: Explored

    def _step(self, flow: Flow, value: object) -> None:
        left = flow.state
        super()._step(flow, value)
        self.explored.states.add((flow.name, flow.state))
        self.explored.steps.add((flow.name, left, flow.state))

    def _screen(self) -> Screen:
        at = self.session.place.flow, self.session.place.state
        if at[0]:
            self.explored.states.add(at)
        screen = super()._screen()
        if at[0] and isinstance(screen, Menu | Ask | Pin | Confirm):
            self.explored.asking.add(at)
        return screen


class _Exploration:
    """All conversations of one scenario, breadth first; none is held twice."""

    def __init__(
        self,
        flows: Mapping[str, type[Flow]],
        scenario: Scenario,
        answers: Answers,
        explored: Explored,
    ) -> None:
        self._flows = flows
        self._scenario = scenario
        self._answers = answers
        self._walked = explored
        self._service = samples.service(
            _tree_of(flows), currency=scenario.currency, charges=scenario.charges
        )
        self._known: set[bytes] = set()
        self._waiting: deque[tuple[bytes, Screen]] = deque()

    def run(self) -> None:
        new = Session(number="0")
        self._move(new, _begin)
        while self._waiting:
            packed, screen = self._waiting.popleft()
            place = _unpacked(packed).place
            try:
                answers = [*answers_to(screen, self._scenario.currency, is_tree=not place.flow)]
            except NoSampleAnswer as fault:
                self._walked.broken[place.name, str(fault)] = None
                continue
            for typed in answers:
                self._move(_unpacked(packed), partial(_take, typed))

    def _move(self, session: Session, move: Callable[[Conversation], None]) -> None:
        place = session.place.name
        talk = _Watched(
            tree_of(self._service),
            self._flows,
            SampleContext(self._answers, self._service),
            session,
        )
        talk.explored = self._walked
        try:
            move(talk)
            screen = talk.show()
            nav = nav_of(session)
            render(talk, screen)
            screen, notice = as_shown(talk, screen)
        except Exception as fault:
            self._walked.broken[place, _told(fault)] = None
            return
        seen = Seen(session.place.flow, session.place.state, screen, notice, nav)
        self._walked.seen.setdefault(seen, self._scenario.name)
        if session.ended:
            return
        # What a walk needs not tell apart.
        session.language, session.receipt = LANGUAGES[0], ""
        session.wrong = min(session.wrong, WRONG_ANSWERS - 1)
        session.back = session.back[-BACK_STEPS:]
        packed = session.encode()
        if packed not in self._known:
            assert len(self._known) < SESSIONS_MAXIMUM, "a conversation that grows without end"
            self._known.add(packed)
            self._waiting.append((packed, screen))


def _begin(talk: Conversation) -> None:
    talk.begin(talk.context.read(people.identify, talk.context.keys, talk.context.address))


def _take(typed: str, talk: Conversation) -> None:
    talk.take(typed)


def _unpacked(packed: bytes) -> Session:
    session = Session.decode(packed)
    assert session is not None
    return session


def _told(fault: Exception) -> str:
    match fault:
        case NoSample():
            return str(fault)
        case MachineError():
            return "is a dead end: no answer leads on from it"
        case ValueError():
            return f"breaks: {fault}"
    return f"breaks: {type(fault).__name__}: {fault}"


def _tree_of(flows: Mapping[str, type[Flow]]) -> dict[str, Any]:
    """A menu with every flow in it that may hang in one."""
    names = sorted(flows.keys() - BEGUN_BY_THE_ENGINE)
    return {
        "text": _said("Menu"),
        "paged": True,
        "menu": [
            {"key": key, "id": name, "text": _said(name), "flow": name}
            for key, name in enumerate(names, start=1)
        ],
    }


def _said(words: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, words)
