"""One-line commands of a chat: a word opens a node of the menu tree, and what stands behind it is
fed to the screens that follow, as digits behind a dialled code are.

    BAL             as if the node with the word BAL was chosen in the menus
    PAY KOP1 500    and then KOP1 in its list, and 500 at its question

Feeding stops at a PIN, a code or a confirmation, which is shown: no command agrees to anything.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from engine import limits
from engine.context import TurnContext
from engine.conversation import Step, ask_again, open_node, step
from engine.moves import REFUSED, WRONG
from engine.render import render
from engine.session import Session
from engine.turn.replay import takes_fed
from engine.turn.understanding import understand
from menus import sentences
from menus.answers import Amount, Number, Phone
from menus.keys import option_key
from menus.screens import Ask, Menu, Option, Screen
from menus.search import plain
from menus.tree import Node

# A label of so many words is known from the words of a command; so is an amount with its currency.
WORDS_OF_ONE_ANSWER: Final = 6


class Command(NamedTuple):
    """A command as it was written: what it opens, and the words behind it."""

    node: Node
    words: tuple[str, ...]


def command_in(context: TurnContext, session: Session, written: str) -> Command | None:
    """The command that a text is, for the person who speaks; None where it is none."""
    word, *words = written.split() or [""]
    if not session.caller.id:
        return None
    node = context.tree.by_word(word.strip(".,!:"), session.caller.roles)
    return Command(node, tuple(words)) if node is not None else None


def follow(context: TurnContext, session: Session, command: Command) -> Step:
    """Open what a command names, and feed it the words behind it, up to the first that does not
    fit. What comes behind a secret or a confirmation is dropped unread."""
    reached = open_node(context, session, command.node.path)
    flow = context.flows.get(command.node.flow or "")
    words = command.words if flow is None else tuple(flow.read_line(command.words))
    for _ in range(limits.STEPS_PER_TURN):
        if not words or reached.halted or not takes_fed(reached.screen):
            break
        _, before = render(context, reached)
        size = _answer_size(reached.screen, before, words)
        understood = understand(reached.screen, before, " ".join(words[:size]))
        if understood.tie:
            return ask_again(context, before, understood.tie)
        is_guess = isinstance(reached.screen, Menu) and not understood.is_sure
        if is_guess and flow is not None and flow.line_is_exact:
            return ask_again(context, before, sentences.WRONG_OPTION, WRONG)
        only = only_choice(context, reached)
        if only is not None and option_key(understood.typed) != only.key:
            # A list of one is asked of nobody in a chat: the word is for what comes next.
            reached = step(context, before, str(only.key))
            continue
        reached = step(context, before, understood.typed)
        if reached.outcome in (REFUSED, WRONG):
            break
        words = words[size:]
    return reached


def only_choice(context: TurnContext, reached: Step) -> Option | None:
    """The one option of the list that a flow begins with; None where there are more, or none."""
    place, screen = reached.session.place, reached.screen
    flow = context.flows.get(place.flow)
    if flow is None or place.state != flow.initial or not isinstance(screen, Menu):
        return None
    return screen.options[0] if len(screen.options) == 1 else None


def _answer_size(screen: Screen, session: Session, words: Sequence[str]) -> int:
    """How many of the words are one answer: one, unless the screen surely takes more together. Two
    numbers are two answers."""
    for size in range(min(len(words), WORDS_OF_ONE_ANSWER), 1, -1):
        more = "".join(words[1:size])
        # A word of signs alone ends no label: it is an answer of its own, such as > or <.
        is_label = isinstance(screen, Menu) and bool(plain(words[size - 1]))
        is_number = (
            isinstance(screen, Ask)
            and isinstance(screen.answer, Amount | Number | Phone)
            and not any(char.isdigit() for char in more)
        )
        if is_label or is_number:
            understood = understand(screen, session, " ".join(words[:size]))
            if understood.is_sure:
                return size
    return 1
