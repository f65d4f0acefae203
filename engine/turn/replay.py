"""Texts fed as answers: digits dialled with a code, and what a lost session had been given."""

from typing import Final

from core.people.people import Person
from engine import limits
from engine.context import TurnContext
from engine.conversation import Step, begin, begin_as, step
from engine.moves import SHOWN
from engine.places import home
from engine.render import render
from engine.session import Session, replace
from engine.turn.message import Turn
from engine.turn.recall import (
    done_before,
    identify,
    leads_elsewhere,
    receipt_of,
    waits_of,
    whose,
)
from menus import sentences
from menus.answers import Code
from menus.keys import navigation
from menus.screens import Ask, End, Info, Menu, Screen
from menus.texts import say

_FED: Final = frozenset({Menu, Ask, Info})


class Replay:
    """Feeds a text into a conversation. It knows how far it came, whatever is raised on the way:
    `step` is the last one, and `unread` what was not fed, since a secret may be in it."""

    def __init__(self, context: TurnContext, begun: Step) -> None:
        self._context: Final = context
        self.step = begun
        self.unread: list[str] = []

    def feed(self, text: str, *, rebuilding: bool) -> Step:
        """Feed a text's parts as answers, up to the first secret or confirmation.

        Dialled digits stop at what does not fit, and the screen says so. `rebuilding` a session, a
        part that does not fit was a slip, and changed nothing then as it does now; two of them one
        after the other mean that the lists have changed since, and the main menu is the honest
        place.
        """
        self.unread = text.split("*")
        slips_allowed = 1 if rebuilding else 0
        for part in self.unread[: limits.STEPS_PER_TURN]:
            if not takes_fed(self.step.screen):
                break  # the rest may hold a secret: dropped, unread
            self.unread = self.unread[1:]
            # Which options there are, and on which page, is part of the answer.
            _, session = render(self._context, self.step)
            self.step = step(self._context, session, part)
            if self.step.halted:
                break
            if self.step.session.wrong > slips_allowed:
                if rebuilding:
                    self.step = self._at_home()
                break
        return self.step

    def _at_home(self) -> Step:
        session = replace(home(self.step.session), wrong=0)
        tree = self._context.tree
        screen = tree.screen(tree.node(), session.caller.roles)
        return Step(session, screen, sentences.MENU_CHANGED, SHOWN)

    def may_have_acted(self) -> bool:
        """Whether the answers that were not fed could have changed what is not to be seen in the
        intents of the session: somebody's PIN, or a sale that another session began."""
        if len(self.unread) > 1 and any(navigation(part) for part in self.unread):
            return True  # they went elsewhere
        flow = self._context.flows.get(self.step.session.place.flow)
        return flow is not None and 0 < flow.map.acts_after <= len(self.unread)


def takes_fed(screen: Screen) -> bool:
    """Whether an answer may be fed into the screen: no secret, no confirmation, not the end."""
    return type(screen) in _FED and not (
        isinstance(screen, Ask) and isinstance(screen.answer, Code)
    )


def replay_text(turn: Turn, context: TurnContext, session: Session, last: bytes | None) -> Step:
    """Replay a text. It restores the position and nothing else; what the session had done already,
    if it was lost, is said, not asked again. `last` is the session that this phone began last: of
    another one, the text is only what was dialled with the code."""
    was_ours = last == turn.session_hash.encode()
    found = identify(context)
    done = done_before(context, found)
    if done is not None:
        person = whose(done, found)
        begun = begin_as(context, session, person)
        receipt = say(receipt_of(done, person.id), begun.session.language)
        session = replace(begun.session, receipt=receipt, waits=waits_of(done))
        return replace(begun, session=session, notice=receipt)
    begun = begin(context, session, found)
    if (was_ours or last is None) and leads_elsewhere(context, found):
        return begun
    return Replay(context, begun).feed(turn.text, rebuilding=was_ours)


class StorelessReplay:
    """A conversation while sessions are not kept: its position is in the text. It has no effect."""

    def __init__(self, turn: Turn, context: TurnContext) -> None:
        self._turn: Final = turn
        self._context: Final = context
        self.found: list[Person] | None = None
        self._replay: Replay | None = None

    def run(self, session: Session) -> Step | None:
        """The step that the text leads to. None: on from here there would be an effect. Raises
        Unavailable at one, too."""
        turn, context = self._turn, self._context
        self.found = found = identify(context)
        done = done_before(context, found) if turn.request.text else None
        if done is not None:
            person = whose(done, found)
            turn.language = person.language
            end = End(receipt_of(done, person.id))
            return Step(replace(session, language=turn.language), end)
        begun = begin(context, session, found)
        turn.language = begun.session.language
        self._replay = Replay(context, begun)
        reached = begun
        if turn.text and not (turn.request.text and leads_elsewhere(context, found)):
            reached = self._replay.feed(turn.text, rebuilding=True)
        screen = reached.screen
        return reached if takes_fed(screen) or type(screen) is End else None

    def may_have_acted(self) -> bool:
        # Where the conversation could not even be begun, nobody knows.
        return self._replay is None or self._replay.may_have_acted()
