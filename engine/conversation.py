"""One step of a conversation: (session, what was typed) -> (session, screen). No wire, no Redis."""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from transitions import MachineError

from core.db.database import Deadline
from core.messaging.messages import write_text
from core.money.errors import Frozen
from core.people import people
from core.people.errors import PinLocked
from core.people.messages import PinIsLocked
from core.people.people import Person
from engine.context import TurnContext
from engine.flow import Flow, Leave, Return
from engine.limits import GIVE_BACK_S, WRONG_ANSWERS
from engine.resume import CALL_BACK, changed_since, has, is_missing, resume
from engine.session import Caller, Place, Session
from engine.turn.message import REFUSED, SHOWN, WRONG
from engine.wording import refusal
from menus import sentences
from menus.answers import Code, WrongAnswer, weak_pin
from menus.keys import NO, YES, navigation, option_key, yes_or_no
from menus.limits import ANSWER_CHARS_MAX
from menus.screens import Ask, End, Pin, Screen
from menus.texts import Local, Text
from menus.tree import NoSuchNode, Tree
from values.refusals import BusinessError

log = logging.getLogger(__name__)

REGISTER = "register"
WHO = "who"
APPROVE = "approve"
DROPPED = "dropped"  # in a session's data: the session to go on with, once it is known who speaks
WAITS = "waits"  # in a session's data: the intent of which its receipt says that it waits


class Conversation:
    """Moves a session by one answer. `notice` is the line above the next screen; `outcome` says
    what became of the last answer: shown (what it leads to), wrong or refused."""

    def __init__(
        self, tree: Tree, flows: Mapping[str, type[Flow]], context: TurnContext, session: Session
    ) -> None:
        self.tree = tree
        self.flows = flows
        self.context = context
        self.session = session
        self.notice: Text = ""
        self.outcome = SHOWN
        # Of a text that is walked: the answers that were not fed, since a secret may be in them.
        self.unread: list[str] = []
        self.halted = False  # what was to be entered is paused
        self._end: End | None = None
        # The flow is another one than when the conversation was begun: it may miss something.
        self.is_changed = False
        self._pin_right_of: uuid.UUID | None = None

    @property
    def pin_was_right(self) -> bool:
        """Whether a PIN was asked for in this turn, and typed right."""
        return self._pin_right_of is not None

    # -- beginning -------------------------------------------------------------------------------

    def begin(self, found: list[Person], old: Session | None = None) -> None:
        """A new conversation: the main menu, or first who this is. `old` is what the same phone
        was dropped from: whoever it was goes on there."""
        session = self.session
        session.language = session.language or self.context.tenant.languages[0]
        if len(found) > 1:
            self.enter(WHO)
            if old is not None:  # or what that one was dropped from, before anybody said who
                session.data[DROPPED] = old.data.get(DROPPED) or old.encode().decode()
        elif not found:
            self.enter(REGISTER)
            self._go_on(old)
        else:
            self.become(found[0], old)

    def become(self, person: Person, old: Session | None = None) -> None:
        """From now on this person speaks; whoever waits for their word is shown first."""
        session = self.session
        if not person.has_pin and not person.frozen:
            self.enter(REGISTER)  # entered by staff: the phone's holder chooses a PIN first
            session.data["person"] = str(person.id)
            self._go_on(old)
            return
        session.caller = Caller(str(person.id), person.shown_name, person.roles)
        session.language = person.language
        self.go_home()
        if person.frozen:
            self._end = self._refuse(Frozen())
        elif person.waited_for and APPROVE not in self.context.tenant.paused_flows:
            self.enter(APPROVE)
        else:
            self._go_on(old)

    def _go_on(self, old: Session | None) -> None:
        """Go on where an earlier session was dropped, or say what it had done."""
        if old is None or old.caller.id != self.session.caller.id or resume(self, old):
            return
        if old.receipt and not self.context.service.settings.get("shared_phones"):
            self.tell(old.receipt, old.data.get(WAITS, ""))

    def tell(self, receipt: str, waits: str = "") -> None:
        """Show what was done, and again at the next dial, should this screen be lost as well.
        `waits` is the intent, where it is still pending: by then it may be done."""
        self.notice = self.session.receipt = receipt
        if waits:
            self.session.data[WAITS] = waits

    # -- moving ----------------------------------------------------------------------------------

    def take(self, raw: str) -> None:
        """Take an answer. Afterwards `show` gives the screen that it led to."""
        session = self.session
        session.receipt = ""  # whoever answers has seen it
        self.outcome = SHOWN
        if is_missing(self, session.place):
            self._to_nearest_menu()
            return
        if session.place.flow in self.context.tenant.paused_flows:
            self._stop_paused()
            return
        self.is_changed = changed_since(self, session)
        try:
            self._take(raw)
        except (LookupError, MachineError):
            if not self.is_changed:
                raise
            self._undo()
            self._to_nearest_menu()

    def _take(self, raw: str) -> None:
        session = self.session
        if self._navigate(raw):
            return
        try:
            self._answer(raw)
            session.wrong = 0
        except WrongAnswer as wrong:
            self._wrong(wrong.reason)
        except Leave as over:
            session.wrong = 0
            self.go_home(over.notice)
        except BusinessError as refused:
            self._undo()
            if refused.ends:
                self._end = self._refuse(refused)
            elif session.asks_secret:  # whose tries are counted elsewhere
                self.outcome, self.notice = REFUSED, refusal(refused)
            else:
                self._wrong(refusal(refused), REFUSED)

    def _navigate(self, raw: str) -> bool:
        session, shown = self.session, self.session.shown
        match navigation(raw):
            case "more" if shown.more is not None:
                session.place.starts.append(shown.more)
            case "home" if session.caller.id:
                self.go_home()
            case "back" if len(session.place.starts) > 1:
                session.place.starts.pop()
            case "back" if session.back and not shown.takes_zero:
                self._step_back()
            case _:
                return False
        session.wrong = 0
        return True

    def _step_back(self) -> None:
        session = self.session
        gone, session.place = session.place, session.back.pop()
        if gone.flow == CALL_BACK:
            return  # it came in between: the question is still the same
        session.data.pop("intent", None)
        if gone.flow and not session.place.flow:
            session.data = {}

    def go_home(self, notice: Text = "") -> None:
        session = self.session
        session.place, session.back, session.data, session.fingerprint = Place(), [], {}, ""
        self.notice = notice

    def _to_nearest_menu(self) -> None:
        """What the person was in has gone with a deploy: the menu it hung in is still there."""
        menus = [place for place in self.session.back if not place.flow and has(self, place.node)]
        place = self.session.place
        if place.flow:
            log_missing(place.flow, self.context.tenant.slug, f"a session stands at {place.state}")
        self.go_home(sentences.MENU_CHANGED)
        if menus:
            self.session.place = menus[-1]
            self.session.back = menus[:-1]

    def _refuse(self, refused: BusinessError) -> End:
        self.outcome = REFUSED
        return End(refusal(refused))

    def _wrong(self, reason: Text, outcome: str = WRONG) -> None:
        session = self.session
        self.outcome = outcome
        session.wrong += 1
        self.notice = reason
        offered = session.place.flow == CALL_BACK or CALL_BACK in self.context.tenant.paused_flows
        if session.wrong >= WRONG_ANSWERS and not offered:
            session.wrong = 0
            self._push()
            self.enter(CALL_BACK, keep_data=True)

    def _push(self) -> None:
        place = self.session.place
        self.session.back.append(replace(place, starts=list(place.starts)))

    def enter(self, name: str, node: str | None = None, *, keep_data: bool = False) -> None:
        """Begin a flow. Raises BusinessError nowhere: what it refuses, its first screen says."""
        flow = self.flows[name]
        session = self.session
        if name in self.context.tenant.paused_flows:
            self._stop_paused()
            return
        session.place = Place(session.place.node if node is None else node, name, flow.initial)
        if not keep_data:
            session.data = {}
            session.fingerprint = flow.fingerprint

    def _answer(self, raw: str) -> None:
        session, shown = self.session, self.session.shown
        if len(raw) > ANSWER_CHARS_MAX:
            raise WrongAnswer(sentences.TOO_LONG)
        if not session.place.flow:
            self._choose(_chosen(shown.options, raw))
            return
        flow = self._flow()
        match shown.kind:
            case "menu":
                flow.data[flow.state] = value = _chosen(shown.options, raw)
                self._step(flow, value)
            case "confirm":
                said = yes_or_no(raw)
                if said is None or not shown.asks:
                    raise WrongAnswer(sentences.WRONG_OPTION)
                self._step(flow, said)
            case "pin":
                self._take_pin(flow, raw)
            case "ask" | "code":
                screen = flow.screen()
                if not isinstance(screen, Ask):
                    raise WrongAnswer(sentences.WRONG_OPTION)
                value = screen.parse(raw)
                if isinstance(screen.answer, Code):
                    flow.secret = value
                    value = True
                else:
                    flow.data[flow.state] = value
                self._step(flow, value)
            case _:
                raise WrongAnswer(sentences.WRONG_OPTION)

    def _choose(self, value: object) -> None:
        """Follow an option of the menu tree."""
        node = str(value)
        try:
            item = self.tree.node(node)
        except NoSuchNode:  # an option that was taken out after it was shown
            self.notice = sentences.MENU_CHANGED
            return
        if item.flow is None:
            self._push()
            self.session.place = Place(node)
        elif item.flow not in self.flows:
            self.notice = sentences.MENU_CHANGED
            log_missing(item.flow, self.context.tenant.slug, f"the option {node} leads to it")
        elif item.flow in self.context.tenant.paused_flows:
            self.halted = True
            self.notice = self._paused_notice(node)
        else:
            self._push()
            self.enter(item.flow, node)

    def paused(self) -> End:
        """The tenant is paused: its own words, or ours."""
        self.session.language = self.session.language or self.context.tenant.languages[0]
        return End(self._paused_notice(""))

    def _paused_notice(self, node: str) -> Text:
        told = self.context.tenant.paused_notice
        if told:
            return Local(told)
        return self.tree.when_paused(self.tree.nearest(node).path) or sentences.SERVICE_PAUSED

    def _stop_paused(self) -> None:
        """The flow that the person is in, or is to enter, is paused."""
        self.halted = True
        notice = self._paused_notice(self.session.place.node)
        if self.session.caller.id:
            self.go_home(notice)
        else:
            self._end = End(notice)

    def _flow(self) -> Flow:
        place = self.session.place
        flow = self.flows[place.flow]
        return flow(self.context, self.session, place.state, self.session.data)

    def _step(self, flow: Flow, value: object) -> None:
        session = self.session
        left = session.place
        flow.answer(value)
        self.notice = flow.notice
        if flow.becomes is not None:
            dropped = session.data.get(DROPPED)
            self.become(flow.becomes, Session.decode(dropped.encode()) if dropped else None)
            return
        session.back.append(left)
        session.place = Place(left.node, left.flow, flow.state)

    def _take_pin(self, flow: Flow, raw: str) -> None:
        screen = flow.screen()
        if not isinstance(screen, Pin):
            raise WrongAnswer(sentences.WRONG_OPTION)
        pin = screen.parse(raw)
        if screen.fresh:
            reason = weak_pin(pin, self.context.address, flow.birth_year())
            if reason is not None:
                raise WrongAnswer(reason)
            flow.secret = pin
            self._step(flow, True)
            return
        subscriber_id = flow.caller_id
        check = self.context.check_pin(subscriber_id, pin)
        if check.right:
            self._pin_right_of = subscriber_id
            self.context.write(people.pin_was_right, subscriber_id)
            self._step(flow, True)
            if "intent" in self.session.data:  # it is claimed, and there is no way back behind that
                back = self.session.back
                self.session.back = [place for place in back if place.flow != flow.name]
        elif check.tries_left:
            self.notice = sentences.wrong_pin(check.tries_left)
            self.outcome = REFUSED
        else:
            self._tell_of_lock(subscriber_id, check.locked_minutes)
            raise PinLocked(minutes=check.locked_minutes)

    def _tell_of_lock(self, subscriber_id: uuid.UUID, minutes: int) -> None:
        self.context.autonomous(
            write_text,
            subscriber_id=subscriber_id,
            service_id=self.context.service.id,
            message=PinIsLocked(minutes=minutes),
        )

    def _undo(self) -> None:
        """Take back what this turn changed; that the PIN was right stays true."""
        self.context.rollback()
        if self._pin_right_of is not None:
            self.context.write(people.pin_was_right, self._pin_right_of)

    def give_back(self) -> None:
        """The turn failed after a right PIN: it must not count as a guess, if that can be helped.
        Raises Unavailable."""
        if self._pin_right_of is not None:
            self.context.rollback()
            self.context.deadline = Deadline(GIVE_BACK_S)
            self.context.autonomous(people.pin_was_right, self._pin_right_of)

    # -- showing ---------------------------------------------------------------------------------

    def show(self) -> Screen:
        """The screen of the place where the session is now."""
        try:
            return self._end or self._show()
        except (LookupError, MachineError):
            if not self.is_changed:
                raise
            self._undo()
            self._to_nearest_menu()
            return self._show()

    def _show(self) -> Screen:
        try:
            return self._screen()
        except Leave as over:
            self.go_home(over.notice)
            return self._screen()
        except Return:
            self._return()
            return self._screen()
        except BusinessError as refused:
            self._undo()
            return self._refuse(refused)

    def _return(self) -> None:
        session = self.session
        between = session.place.flow
        while session.back and session.place.flow == between:
            session.data.pop(session.place.state, None)
            session.place = session.back.pop()

    def _screen(self) -> Screen:
        place = self.session.place
        if place.flow:
            return self._flow().screen()
        return self.tree.screen(self.tree.node(place.node), self.session.caller.roles)


_YES_OR_NO: Final = [[YES, True], [NO, False]]


def _chosen(options: list[list[object]], raw: str) -> object:
    if options == _YES_OR_NO and (said := yes_or_no(raw)) is not None:
        return said
    key = option_key(raw)
    for each, value in options:
        if each == key:
            return value
    raise WrongAnswer(sentences.WRONG_OPTION)


def log_missing(flow: str, tenant: str, why: str) -> None:
    """Say what a person is shown "This menu has changed" for: this process lacks it, or a state of
    it, since it runs other code than the tenant's menus or the session are made for."""
    log.warning(
        "this menu has changed: no flow, or no such state of it, in this process; %s",
        why,
        extra={"tenant": tenant, "flow": flow},
    )
