"""A flow: a conversation's state machine. The transitions are its map; each state is a method that
returns its screen; what happens on the way is a `before` hook or a condition, named in the map."""

import hashlib
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec, TypeVar

from transitions import Machine

from core.db.database import Tx
from core.messaging.messages import write_text
from core.money import intents
from core.people.people import Person
from engine.recent_duplicate import RecentDuplicate
from engine.session import Caller
from menus.screens import Screen
from menus.texts import Text, say
from values.ids import uuid7
from values.messages import Message
from values.money import Money

if TYPE_CHECKING:
    from engine.context import TurnContext
    from engine.session import Session

P = ParamSpec("P")
R = TypeVar("R")


class Leave(Exception):
    """A state's way to say that the flow is over and the main menu is next, under this notice."""

    def __init__(self, notice: Text) -> None:
        super().__init__("leave")
        self.notice = notice


class Return(Exception):
    """A state's way to say: back to where the person was before this flow came in between."""


class Flow:
    """Base of every flow. A flow object lives for one turn; what it knows is in `data`, as JSON.

    Class attributes: `name` as menu trees call it; `initial` state; `transitions` in the notation
    of the `transitions` library, all of them by the trigger "answer"; `resumable`, the states that
    a dropped call may go on at (never a PIN, never a confirmation); `acts_after`, how many answers,
    from the first secret or confirmation on, it takes to change what no intent of its session tells
    of (0: there is nothing such).
    """

    name: ClassVar[str]
    initial: ClassVar[str]
    transitions: ClassVar[list[Any]]
    resumable: ClassVar[frozenset[str]] = frozenset()
    acts_after: ClassVar[int] = 0
    states: ClassVar[tuple[str, ...]]
    machine: ClassVar[Machine]
    fingerprint: ClassVar[str]

    __slots__ = ("becomes", "context", "data", "given", "notice", "secret", "session", "state")

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not hasattr(cls, "name"):
            return
        named = [cls.initial]
        for each in cls.transitions:
            source, dest = (
                (each["source"], each["dest"]) if isinstance(each, dict) else (each[1], each[2])
            )
            named += [*([source] if isinstance(source, str) else source), dest]
        cls.states = tuple(dict.fromkeys(named))
        # One Machine a class, shared by all turns: building it costs a thousand steps. Never
        # `queued`: a shared Machine then loses steps of other threads.
        cls.machine = Machine(
            model=None,
            states=list(cls.states),
            transitions=cls.transitions,
            initial=cls.initial,
            auto_transitions=False,
            queued=False,
        )
        told = repr((cls.name, cls.initial, cls.states, cls.transitions))
        cls.fingerprint = hashlib.blake2b(told.encode(), digest_size=6).hexdigest()

    def __init__(
        self, context: "TurnContext", session: "Session", state: str, data: dict[str, Any]
    ) -> None:
        self.context = context
        self.session = session
        self.state = state
        self.data = data
        self.given: Any = None
        self.secret = ""
        # The line above the next screen, when a step has something to say.
        self.notice: Text = ""
        # Set by a step that found out who is speaking: the conversation goes on as theirs.
        self.becomes: Person | None = None

    @property
    def caller(self) -> Caller:
        return self.session.caller

    @property
    def caller_id(self) -> uuid.UUID:
        return uuid.UUID(self.session.caller.id)

    @property
    def currency(self) -> str:
        return self.context.tenant.currency

    def screen(self) -> Screen:
        """What the state that the flow is in shows."""
        screen: Screen = getattr(self, self.state)()
        return screen

    def answer(self, value: Any) -> None:
        """Take a step. A `before` hook that raises leaves the flow where it was."""
        self.given = value
        self.machine.events["answer"].trigger(self)

    def read(self, fact: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask the core, inside this turn's transaction."""
        return self.context.read(fact, *args, **kwargs)

    def write(
        self, change: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Change the core, inside this turn's transaction."""
        return self.context.write(change, *args, **kwargs)

    def text(
        self, subscriber_id: uuid.UUID, message: Message, entry_id: uuid.UUID | None = None
    ) -> None:
        """Have a person texted once this turn is committed."""
        self.write(
            write_text,
            subscriber_id=subscriber_id,
            service_id=self.context.service.id,
            message=message,
            entry_id=entry_id,
        )

    def done(self, receipt: Text) -> None:
        """Remember in words what was done: the next dial shows it, should this end be lost."""
        self.session.receipt = say(receipt, self.session.language)

    def money(self, amount_minor: int) -> Money:
        return Money(amount_minor, self.currency)

    def birth_year(self) -> int | None:
        """Of whoever chooses a PIN, where it is known."""
        return None

    def yes(self) -> bool:
        """Condition: the confirmation was answered with Yes."""
        return self.given is True

    def quote(
        self,
        operation: str,
        *,
        payee_id: uuid.UUID,
        amount_minor: int,
        fee_minor: int,
        **shown: Any,
    ) -> RecentDuplicate | None:
        """Write down what a confirmation is about to show; claimed once by `claim`.

        Answers whether the same payee got the same amount a moment ago, for `asked_again`. Shown
        again unchanged (a wrong key, another page), it stays the same intent.
        """
        asked = [operation, str(payee_id), amount_minor, fee_minor, shown]
        intent = self.data.get("intent")
        if intent is not None and intent[1] == asked:
            return _same(intent[2], *intent[3:])
        opened = self.write(
            intents.open_intent,
            id=uuid7(),
            subscriber_id=self.caller_id,
            session=self.context.session_hash,
            operation=operation,
            payee_id=payee_id,
            amount_minor=amount_minor,
            fee_minor=fee_minor,
            currency=self.currency,
            quote={**shown, "service": str(self.context.service.id)},
        )
        same = (opened.duplicate_age_s, opened.duplicate_waits)
        self.data["intent"] = [str(opened.id), asked, *same]
        return _same(*same)

    def claim(self, *, pending: bool = False) -> tuple[intents.Intent, bool]:
        """Take what the confirmation showed, once: the intent, and whether this turn took it.

        Unless `pending`, it is done with a new entry id, under which it must now be posted.
        """
        intent_id = uuid.UUID(self.data["intent"][0])
        entry_id = None if pending else uuid7()
        return self.write(intents.claim, intent_id, self.caller_id, entry_id=entry_id)

    def give_up(self) -> None:
        """Before hook: the confirmation was answered with No."""
        intent_id = uuid.UUID(self.data.pop("intent")[0])
        self.write(intents.void, intent_id, self.caller_id)


def _same(age_s: int | None, waits: bool = False) -> RecentDuplicate | None:
    return None if age_s is None else RecentDuplicate(age_s, waits)
