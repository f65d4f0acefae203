"""A flow's map: its transitions read, and checked when the class is made."""

import hashlib
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args

from engine.answers import MISSING, Field, fields_of
from engine.kinds import kinds_of
from menus.screens import Ask, Confirm, Menu, Pin

# Their answers may be kept, and theirs never.
_KEPT = frozenset({Ask, Menu})
_FIRST_SECRETS = frozenset({Pin, Confirm})
_ACTS = "changes_what_no_intent_shows"
_CHOOSES = "chooses_a_pin"


# What a transition is written as, and what it may have.
_PLACES = ("trigger", "source", "dest")
_PARTS = {*_PLACES, "prepare", "conditions", "unless", "before"}

Hook = TypeVar("Hook")


class FlowError(TypeError):
    """A map names what is not there. Says the flow, the state and the name."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One transition: what must hold for it, and what is done on the way, by method names."""

    source: str
    dest: str
    conditions: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    before: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Conditions in brackets, then what is done: `[yes] / pay`."""
        guards = [*self.conditions, *(f"not {name}" for name in self.unless)]
        guard = f"[{', '.join(guards)}]" if guards else ""
        action = f"/ {', '.join(self.before)}" if self.before else ""
        return f"{guard} {action}".strip()

    @property
    def hooks(self) -> tuple[str, ...]:
        return (*self.conditions, *self.unless, *self.before)


@dataclass(frozen=True, slots=True)
class FlowMap:
    """What a flow's class says of itself, read once.

    `confirmations` are the states that show a Confirm. `fingerprint` is another one as soon as the
    map or the answers are; `acts_after` is how many
    answers it takes, from the first secret or confirmation on, to change what no intent of the
    session shows (0: there is nothing such). `kinds` are the kinds of screen that each state may
    show; none where only the screen itself says by which of them an answer is read.
    """

    states: tuple[str, ...]
    transitions: tuple[Transition, ...]
    answers: dict[str, Field]
    confirmations: frozenset[str]
    fingerprint: str
    acts_after: int
    kinds: Mapping[str, frozenset[str]]


def changes_what_no_intent_shows(hook: Hook) -> Hook:
    """Marks a hook after which a caller must not read that nothing was done, though no intent of
    their session shows it: somebody's PIN, or a sale that another session began."""
    setattr(hook, _ACTS, True)
    return hook


def chooses_a_pin(state: Hook) -> Hook:
    """Marks a state that asks for a new PIN and never for one that there is: nothing of it is known
    yet, and a dropped call may go on there."""
    setattr(state, _CHOOSES, True)
    return state


def read_map(flow: type) -> FlowMap:
    """Read and check a flow's class: `name`, `initial`, `transitions`, `resumable`, `Answers`.

    Raises FlowError for a transition by anything but "answer" or with a callback that
    `Flow.take_step` does not know, for a state without a method, a hook or a condition that is
    not there, an answer that no state gives, and a resumable state that asks for a secret, or
    for a confirmation that no PIN follows.
    """
    found: Any = flow
    where = f"{flow.__module__}.{flow.__qualname__}"
    transitions = tuple(_transitions(where, found.transitions))
    named = [found.initial]
    for each in transitions:
        named += [each.source, each.dest]
    states = tuple(dict.fromkeys(named))
    for state in states:
        if not _has_method(flow, state):
            raise FlowError(f"{where}: the state {state} has no method")
    for each in transitions:
        for hook in each.hooks:
            if not _has_method(flow, hook):
                raise FlowError(f"{where}: {each.source} names the hook {hook}, which is not there")
    for state in sorted(found.resumable.difference(states)):
        raise FlowError(f"{where}: {state} is to be resumable, and there is no such state")
    for state in sorted(found.resumable):
        _check_resumable(flow, where, state, transitions)
    answers = _answers(flow, where, states)
    described = repr(
        (
            *(found.name, found.initial, states, found.transitions),
            [(name, field.kind) for name, field in answers.items()],
        )
    )
    return FlowMap(
        states,
        transitions,
        answers,
        frozenset(state for state in states if Confirm in _screens(flow, state)),
        hashlib.blake2b(described.encode(), digest_size=6).hexdigest(),
        _acts_after(flow, found.initial, transitions),
        {state: kinds_of(_screens(flow, state)) for state in states},
    )


def _check_resumable(
    flow: type, where: str, state: str, transitions: tuple[Transition, ...]
) -> None:
    """A dropped call goes on at no PIN but one that is chosen, and at a confirmation only where its
    Yes leads to the PIN: that confirmation is then answered by the PIN itself."""
    shows = _screens(flow, state)
    if Pin in shows and not getattr(getattr(flow, state), _CHOOSES, False):
        raise FlowError(f"{where}: {state} is to be resumable, and asks for a PIN")
    if Confirm not in shows:
        return
    agreed = [each.dest for each in transitions if each.source == state and each.conditions]
    if not agreed or not all(Pin in _screens(flow, dest) for dest in agreed):
        raise FlowError(f"{where}: {state} is to be resumable, and no PIN follows its Yes")


def _transitions(where: str, described: list[Any]) -> Iterator[Transition]:
    for each in described:
        one = each if isinstance(each, dict) else dict(zip(_PLACES, each, strict=True))
        if one["trigger"] != "answer" or not one.keys() <= _PARTS:
            raise FlowError(f"{where}: a step has what no step takes: {one}")
        for source in _names(one["source"]):
            yield Transition(
                source,
                one["dest"],
                conditions=_names(one.get("conditions")),
                unless=_names(one.get("unless")),
                before=(*_names(one.get("prepare")), *_names(one.get("before"))),
            )


def _names(described: Any) -> tuple[str, ...]:
    if described is None:
        return ()
    return (described,) if isinstance(described, str) else tuple(described)


def _has_method(flow: type, name: str) -> bool:
    return inspect.isfunction(getattr(flow, name, None))


def _answers(flow: type, where: str, states: tuple[str, ...]) -> dict[str, Field]:
    try:
        answers = fields_of(flow)
    except TypeError as fault:
        raise FlowError(f"{where}: {fault}") from fault
    for name, field in answers.items():
        if field.default is not MISSING and name not in states:
            continue
        if name not in states:
            raise FlowError(f"{where}: the answer {name} has no default, and no state gives it")
        shows = _screens(flow, name)
        if shows and not shows & _KEPT:
            raise FlowError(f"{where}: the state {name} asks nothing that may be kept")
    return answers


def _screens(flow: type, state: str) -> frozenset[Any]:
    """The kinds of screen that a state says it shows; nothing where it says no more than that."""
    shown = inspect.get_annotations(getattr(flow, state)).get("return")
    kinds = frozenset(get_args(shown) or ((shown,) if shown is not None else ()))
    return frozenset() if kinds >= _KEPT else kinds


def _acts_after(flow: type, initial: str, transitions: tuple[Transition, ...]) -> int:
    """How many answers lead from the first secret or confirmation to the first hook that acts."""
    firsts = [initial]
    reached = {initial}
    while firsts and not any(_screens(flow, state) & _FIRST_SECRETS for state in firsts):
        firsts = [
            each.dest for each in transitions if each.source in firsts and each.dest not in reached
        ]
        reached.update(firsts)
    at = {state for state in firsts if _screens(flow, state) & _FIRST_SECRETS}
    seen: set[str] = set()
    answers = 0
    while at:
        answers += 1
        steps = [each for each in transitions if each.source in at]
        hooks = [getattr(flow, hook) for each in steps for hook in each.before]
        if any(getattr(hook, _ACTS, False) for hook in hooks):
            return answers
        seen |= at
        at = {each.dest for each in steps} - seen
    return 0
