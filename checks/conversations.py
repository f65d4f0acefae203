"""What conversations in chats cost: each flow held once on samples, from a greeting to its end or
to the code to dial, and its messages counted. A flow that takes more than its goal is a fault."""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from transitions import MachineError

from checks import samples
from checks.explore import BEGUN_BY_THE_ENGINE, tree_of_all
from checks.sample_answers import answers_to
from checks.sample_context import SampleContext
from checks.samples import Answers
from checks.scenario import Goal, Scenario
from core.db.database import Tx
from core.inbox import handovers
from core.inbox.inbox import Held
from core.people import people
from core.people.people import USSD
from core.tenants import directory as tenants
from engine.context import tree_of
from engine.registry import Registry
from engine.turn.chat_step import ChatReply, take
from engine.turn.understanding import pending_screen
from engine.turn.written import Written
from menus.languages import LANGUAGES
from menus.screens import Screen
from menus.sms import segments
from values.problems import Problem

P = ParamSpec("P")
R = TypeVar("R")

ROOM: Final = "flows"
CODE: Final = "*384*10#"
GREETING: Final = "menu"
# A flow that says nothing itself: the menu, two questions, a confirmation and the end.
USUAL: Final = Goal(messages=5, segments=6)
MESSAGES_MAXIMUM: Final = 15


@dataclass(frozen=True, slots=True)
class Cost:
    """What one conversation took: messages with buttons and lists, or by SMS so many segments.
    `finished` is False where it came to no end."""

    messages: int
    segments: int
    finished: bool = True


class ChatContext(SampleContext):
    """A chat's context without a core behind it."""

    __slots__ = ()

    def read(self, fact: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        kwargs.pop("channel", None)  # samples know numbers only
        return super().read(fact, *args, **kwargs)


def costs_of(
    flows: Registry,
    scenarios: tuple[Scenario, ...],
    answers: Answers,
    goals: Mapping[str, Goal],
    only: Collection[str] | None = None,
    *,
    languages: Collection[str] = LANGUAGES,
) -> dict[tuple[str, str], Cost]:
    """What each flow that hangs in a menu takes, or `only` these, by its name and a language."""
    by_name = {scenario.name: scenario for scenario in scenarios}
    found = {}
    for name in sorted(flows.keys() - BEGUN_BY_THE_ENGINE):
        if only is not None and name not in only:
            continue
        scenario = by_name[goals.get(name, USUAL).scenario]
        for language in languages:
            hold = _Conversation(flows, scenario, {**answers, **scenario.answers}, language)
            messages, finished = hold.to_the_end(name, "whatsapp")
            texts, _ = hold.to_the_end(name, "sms")
            size = sum(segments(reply.message.text) for reply in texts)
            found[name, language] = Cost(len(messages), size, finished)
    return found


def check_costs(costs: Mapping[tuple[str, str], Cost], goals: Mapping[str, Goal]) -> list[Problem]:
    """The flows that take more than they may, or come to no end."""
    return [
        Problem(ROOM, f"{name} in {language}, in a chat", what)
        for (name, language), cost in costs.items()
        for what in _over(cost, goals.get(name, USUAL))
    ]


def _over(cost: Cost, goal: Goal) -> Iterator[str]:
    if not cost.finished:
        yield "comes to no end"
    if cost.messages > goal.messages:
        yield f"takes {cost.messages} messages, and {goal.messages} is the goal"
    if cost.segments > goal.segments:
        yield f"takes {cost.segments} segments by SMS, and {goal.segments} is the goal"


class _Conversation:
    """Somebody who answers each question with the first thing that fits."""

    def __init__(
        self,
        flows: Registry,
        scenario: Scenario,
        answers: Answers,
        language: str,
    ) -> None:
        self._flows = flows
        self._scenario = scenario
        caller = replace(samples.CALLER, language=language)
        ours: dict[Callable[..., Any], Any] = {
            people.identify: lambda _keys, address: (
                [caller] if address == samples.OWN_NUMBER else samples.at_number(_keys, address)
            ),
            tenants.ussd_code: lambda: CODE,
            handovers.hand_over: samples.nothing,
            handovers.take_back: samples.nothing,
            handovers.waits: lambda _id: True,
        }
        self._answers = {**answers, **ours}

    def to_the_end(self, flow: str, channel: str) -> tuple[list[ChatReply], bool]:
        """The replies on the way to a flow's end, and whether it came to one."""
        tree = tree_of_all(self._flows)
        service = replace(
            samples.service(
                tree,
                currency=self._scenario.currency,
                charges=self._scenario.charges,
                languages=self._scenario.languages,
            ),
            id=uuid.UUID(int=7),
            channel=channel,
        )
        context = ChatContext(self._answers, service, self._flows)
        context.address_channel = USSD
        [node] = [one for one in tree_of(service).root.items if one.flow == flow]
        held = Held(samples.ID, service.id, samples.AT, USSD, samples.OWN_NUMBER)
        replies = [take(context, held, None, Written(GREETING))]
        typed: str | None = str(node.key)
        while typed is not None and len(replies) < MESSAGES_MAXIMUM:
            session = replies[-1].session
            assert session is not None, "a conversation that goes on"
            try:
                replies.append(take(context, held, session, Written(typed)))
            except MachineError:  # a dead end, which the flow's own check names
                return replies, False
            typed = self._next(context, replies[-1])
        return replies, typed is None

    def _next(self, context: ChatContext, reply: ChatReply) -> str | None:
        """What is written next; None where nothing more is asked here."""
        session = reply.session
        if session is None or reply.expects_pin or session.shown.kind == "info":
            return None
        if session.shown.kind == "confirm":
            return "1"
        screen: Screen | None = pending_screen(context, session)
        if screen is None:
            return None
        return next(iter(answers_to(screen, is_tree=False)), None)
