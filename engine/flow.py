"""A flow: a conversation's state machine. The transitions are its map; each state is a method that
returns its screen; what happens on the way is a `before` hook or a condition, named in the map."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Concatenate,
    Final,
    NamedTuple,
    ParamSpec,
    TypeAlias,
    TypeVar,
)

from transitions import Machine, MachineError

from core.db.autocommit import Autocommit
from core.db.database import Tx
from core.messaging.messages import write_text
from core.people.people import Person
from core.tenants.directory import Tenant
from engine.answers import Kept, read
from engine.flow_map import FlowError, FlowMap, read_map
from engine.session import Caller, Session, replace
from menus.screens import Screen
from menus.texts import Text, say
from values.messages import Message
from values.money import Money

if TYPE_CHECKING:
    from engine.context import TurnContext

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Leave:
    """What a state gives in place of a screen: the flow is over, the main menu is next."""

    notice: Text = ""


@dataclass(frozen=True, slots=True)
class Return:
    """What a state gives in place of a screen: back to where the person was before this flow came
    in between."""


Shows: TypeAlias = Screen | Leave | Return

RETURN: Final = Return()


class Step(NamedTuple):
    """A transition as it is taken: `conditions` are hooks with what each must answer."""

    prepare: tuple[str, ...]
    conditions: tuple[tuple[str, bool], ...]
    before: tuple[str, ...]
    dest: str


def steps_of(machine: Machine) -> dict[str, tuple[Step, ...]]:
    """A machine's transitions by "answer", by the states that they lead from."""
    return {
        source: tuple(_step_of(one) for one in transitions)
        for source, transitions in machine.events["answer"].transitions.items()
    }


def _step_of(transition: Any) -> Step:
    return Step(
        tuple(transition.prepare),
        tuple((condition.func, condition.target) for condition in transition.conditions),
        tuple(transition.before),
        transition.dest,
    )


class Flow:
    """Base of every flow. A flow object lives for one step.

    Class attributes: `name` as menu trees call it; `initial` state; `transitions` in the notation
    of the `transitions` library, all of them by the trigger "answer"; `resumable`, the states that
    a dropped call may go on at (no PIN but a new one; a confirmation that a PIN follows takes that
    as its Yes); `Answers`, the fields that the session keeps (`engine.answers`). They are checked
    when the class is made: FlowError. So is that each `abstractmethod` of a class that is mixed in
    is there.

    A hook finds in `given` what was answered, and in `secret` a new PIN or a code.
    """

    class Answers:
        """Nothing is kept, unless a flow says otherwise."""

    name: ClassVar[str]
    initial: ClassVar[str]
    transitions: ClassVar[list[Any]]
    resumable: ClassVar[frozenset[str]] = frozenset()
    # Whether `read_line` names options by their codes: then nothing that is merely like one is it.
    line_is_exact: ClassVar[bool] = False
    map: ClassVar[FlowMap]
    machine: ClassVar[Machine]
    steps: ClassVar[Mapping[str, tuple["Step", ...]]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not hasattr(cls, "name"):
            return
        for hook in dir(cls):
            if getattr(getattr(cls, hook), "__isabstractmethod__", False):
                raise FlowError(f"{cls.__module__}.{cls.__qualname__}: there is no {hook}")
        cls.map = read_map(cls)
        # Built once a class, which costs a thousand steps, and says which steps there are.
        cls.machine = Machine(
            model=None,
            states=list(cls.map.states),
            transitions=cls.transitions,
            initial=cls.initial,
            auto_transitions=False,
            queued=False,
        )
        cls.steps = steps_of(cls.machine)

    @classmethod
    def read_line(cls, words: Sequence[str]) -> Sequence[str]:
        """The words behind a command of this flow, in the order in which its questions take them:
        one each, or the words of an option's label."""
        return words

    def __init__(self, context: "TurnContext", session: Session) -> None:
        self.context: Final = context
        self.state = session.place.state
        self.answers: Any = Kept(self.map.answers, session.answers)
        self.given: Any = None
        self.secret = ""
        # The line above the next screen, when a step has something to say.
        self.notice: Text = ""
        # Set by a step that found out who is speaking: the conversation goes on as theirs.
        self.becomes: Person | None = None
        # Set by a step that found out that it is nobody known: they register.
        self.is_nobody_known = False
        self._session = session

    # -- who, and where ----------------------------------------------------------------------------

    @property
    def tenant(self) -> Tenant:
        return self.context.tenant

    @property
    def caller(self) -> Caller:
        return self._session.caller

    @property
    def caller_id(self) -> uuid.UUID:
        return uuid.UUID(self._session.caller.id)

    @property
    def spoken_language(self) -> str:
        return self._session.language

    @property
    def currency(self) -> str:
        return self.context.tenant.currency

    @property
    def asked_at(self) -> str:
        """Where the person was before this flow, as logs call it."""
        back = self._session.back
        return back[-1].name if back else ""

    def begins_at(self) -> str:
        """The state that the flow begins at: `initial`, unless what that asks is known."""
        return self.initial

    def can_send_files(self) -> bool:
        """A condition: whether a file can be sent where the person is. Elsewhere a question for one
        is better left out; it can be gone on without."""
        return self.context.takes_files

    # -- steps -------------------------------------------------------------------------------------

    def screen(self) -> Shows:
        """What the state that the flow is in shows."""
        shown: Shows = getattr(self, self.state)()
        return shown

    def answer(self, value: Any) -> None:
        """Take a step. A `before` hook that raises leaves the flow where it was."""
        field = self.map.answers.get(self.state)
        if field is not None:
            value = read(field, self.state, value)
            setattr(self.answers, self.state, value)
        self.given = value
        self.take_step()

    def take_step(self) -> None:
        """The first step from here whose conditions hold, as the machine's event would take it: it
        makes sixty calls for it, nearly all for callbacks that no map names. Raises MachineError
        where no step leads on from this state."""
        steps = self.steps.get(self.state)
        if steps is None:
            raise MachineError(f"no step leads on from {self.state}")
        for step in steps:
            for hook in step.prepare:
                getattr(self, hook)()
            if all(getattr(self, name)() == target for name, target in step.conditions):
                for hook in step.before:
                    getattr(self, hook)()
                self.state = step.dest
                return

    @property
    def session(self) -> Session:
        """The session as this step leaves it, but for the place."""
        answers = self.answers.pack()
        if answers is self._session.answers:
            return self._session
        return replace(self._session, answers=answers)

    # -- for states and hooks ----------------------------------------------------------------------

    def read(self, fact: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Ask the core, inside this turn's transaction."""
        return self.context.read(fact, *args, **kwargs)

    def single_read(
        self,
        fact: Callable[Concatenate[Tx | Autocommit, P], R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Ask the core for what is often all that a turn asks: one round trip, and no COMMIT."""
        return self.context.single_read(fact, *args, **kwargs)

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

    def remember(self, receipt: Text) -> None:
        """Remember in words what was done: the next dial shows it, should this end be lost."""
        self._session = replace(self._session, receipt=say(receipt, self.spoken_language))

    def change_language(self, language: str) -> None:
        """From the next screen on, in this language."""
        self._session = replace(self._session, language=language)

    def become(self, person: Person) -> None:
        """From now on this person speaks, within this flow."""
        caller = Caller(str(person.id), person.shown_name, person.roles)
        self._session = replace(self._session, caller=caller)

    def money(self, amount_minor: int) -> Money:
        return Money(amount_minor, self.currency)

    def birth_year(self) -> int | None:
        """Of the person who chooses a PIN, where it is known."""
        return None

    def yes(self) -> bool:
        """Condition: the confirmation was answered with Yes."""
        return self.given is True
