"""What a message in a chat leads to: words that mean something everywhere, a button, a command, or
an answer to what was asked. No database of its own, no wire."""

import uuid
from collections.abc import Callable
from typing import Final, NamedTuple

import msgspec

from core.inbox import handovers, inbox, links
from core.inbox.inbox import Held
from core.messaging import optouts
from core.people import people
from core.people.people import Person
from core.tenants import directory as tenants
from engine import limits
from engine.context import TurnContext
from engine.conversation import Step, ask_again, begin, lead_into, paused, step
from engine.kinds import kind_of
from engine.moves import LINK_CHAT, SHOWN, WRONG
from engine.render import render
from engine.session import NO_PAYMENT, ROOT, SECRETS, Session, Shown, replace
from engine.turn.choices import typed_by
from engine.turn.commands import command_in, follow, only_choice
from engine.turn.message import ENDED
from engine.turn.replies import (
    WITH_CHOICES,
    Reply,
    is_agreed_by_pin,
    leads_to_pin,
    reply_to,
    to_finish,
    words,
)
from engine.turn.stored import StoredSession
from engine.turn.understanding import Understood, pending_screen, understand
from engine.turn.written import Written
from menus import chat_words, sentences
from menus.chat_help import help_text
from menus.chat_layout import asks_file, asks_place
from menus.chat_words import Said, shown_word
from menus.texts import Text
from menus.tree_reading import dialled_to

# What is said of a file that answers nothing: one that is kept all the same, and one that is not.
_NOT_IN_WORDS: Final = {
    "image": sentences.GOT_PICTURE,
    "document": sentences.GOT_DOCUMENT,
    "audio": sentences.VOICE_NOTE,
}


class ChatReply(NamedTuple):
    """What a message came to: the reply, and the session after it (None: it is over).

    `repeats`: the same message again would get the same answer, and change nothing more.
    """

    message: Reply
    session: Session | None
    expects_pin: bool = False
    outcome: str = SHOWN
    place: str = ""
    repeats: bool = False


def take(context: TurnContext, held: Held, session: Session | None, written: Written) -> ChatReply:
    """Take a message in a conversation (session None: a new one). Raises what is a fault of ours,
    or of the servers."""
    return _ChatStep(context, held, session, written).take()


class _ChatStep:
    def __init__(
        self, context: TurnContext, held: Held, session: Session | None, written: Written
    ) -> None:
        self._context = context
        self._held = held
        self._session = session
        self._written = written
        self._found: list[Person] | None = None

    @property
    def _language(self) -> str:
        """The person's; the tenant's first where nobody is known, or several are."""
        if self._session is not None and self._session.language:
            return self._session.language
        if len(self._people()) == 1:
            return self._people()[0].language
        return self._context.tenant.languages[0]

    def _people(self) -> list[Person]:
        if self._found is None:
            context = self._context
            self._found = context.read(
                people.identify, context.keys, context.address, channel=context.address_channel
            )
        return self._found

    # --- what it is -----------------------------------------------------------------------------

    def take(self) -> ChatReply:
        if self._session is not None and self._is_done_by_ussd(self._session):
            self._session = None
        session, written = self._session, self._written
        if written.had_pin:  # it was taken out before it was stored
            return self._by_ussd(sentences.pin_in_chat, session, self._language, repeats=True)
        if written.choice:
            return self._tapped(session)
        shared = self._shared(session) if session is not None else ""
        if shared and session is not None:
            return self._answer(session, Understood(shared, is_sure=True), None)
        if written.has_no_words:
            return self._without_words(session)
        word = chat_words.said(written.text)
        if session is None:
            return self._word(word, None) or self._begin(word)
        return self._in_session(session, word)

    def _in_session(self, session: Session, word: Said | None) -> ChatReply:
        """What surely answers the question is an answer to it. Only the word for the menu leads out
        of every question that is answered in words."""
        context, text = self._context, self._written.text
        screen = None if context.tenant.paused else pending_screen(context, session)
        understood = understand(screen, session, text)
        leads_out = word is Said.MENU and session.shown.kind == "ask"
        if not understood.is_sure or leads_out:
            if word is not None:
                return self._word(word, session) or self._begin(word)
            command = command_in(context, session, text)
            if command is not None and not context.tenant.paused:
                return self._shown(follow(context, session, command))
        return self._answer(session, understood, word)

    def _word(self, word: Said | None, session: Session | None) -> ChatReply | None:
        """What is said of news and of commands, beside what is asked, which stays. None for a word
        that opens the menu."""
        context, language = self._context, self._language
        match word:
            case Said.HELP if self._people_have_pins():
                return self._said(help_text(context.tree, self._roles(), language), session)
            case Said.STOP:
                self._opt(optouts.opt_out)
                name, start = context.tenant.name_in(language), shown_word(Said.START, language)
                return self._said(sentences.stopped(name, start), session)
            case Said.START if self._opt(optouts.opt_in):
                return ChatReply(self._words(sentences.STARTED, language), session)
        return None

    def _opt(self, change: Callable[..., bool]) -> bool:
        """Of all that the tenant sends unasked, whichever sender it comes from: who reads its name
        on a text cannot answer that."""
        context = self._context
        return context.write(
            change,
            context.keys,
            context.address,
            source=optouts.Source.WORD,
            channel=context.address_channel,
        )

    def _is_done_by_ussd(self, session: Session) -> bool:
        """Whether what was to be finished by a dial waits no more: it was taken there, or its time
        is over. Then the conversation starts again."""
        place, context = session.place, self._context
        if not session.caller.id or not leads_to_pin(context.flows.get(place.flow), place.state):
            return False
        if not context.read(tenants.ussd_code):
            return False
        return not context.read(handovers.waits, uuid.UUID(session.caller.id))

    # --- what it leads to -----------------------------------------------------------------------

    def _begin(self, word: Said | None, why: Text = "") -> ChatReply:
        """A conversation from its beginning: a command goes on from there."""
        context = self._context
        if context.tenant.paused:
            return self._shown(paused(context, Session(language=self._language)), repeats=True)
        found = self._people()
        if not found:
            return self._unknown()
        if not self._people_have_pins():
            return self._by_ussd(sentences.pin_by_ussd, None, self._language, repeats=True)
        taken = begin(context, Session(), found, self._elsewhere(word))
        at_menu = taken.session.place == ROOT and not taken.session.ended
        command = command_in(context, taken.session, self._written.text) if at_menu else None
        if command is not None and word is None:
            return self._shown(follow(context, taken.session, command))
        if at_menu and word is None and not why and self._written.asked_for:
            led = lead_into(context, taken.session, self._written.asked_for)
            if led is not None:
                return self._shown(led)
        if why and at_menu:
            taken = ask_again(context, taken.session, why)
        return self._shown(taken, repeats=True)

    def _is_command(self) -> bool:
        """Whether the text begins with a word that opens something for somebody."""
        first = self._written.text.split()[:1]
        return bool(first) and self._context.tree.opened_by(first[0]) is not None

    def _elsewhere(self, word: Said | None) -> Session | None:
        """What the person began in another chat of theirs: it goes on here, unless they ask for
        something else."""
        written = self._written
        if word is Said.MENU or written.choice or written.asked_for or self._is_command():
            return None
        raw = self._context.write(
            inbox.take_from_elsewhere,
            self._context.keys,
            self._held,
            [person.id for person in self._people()],
        )
        stored = StoredSession.decode(raw) if raw is not None else None
        return stored.session if stored is not None else None

    def _unknown(self) -> ChatReply:
        """Nobody is known here: they register by USSD, or, where they are known at another number,
        link this chat from there. Who hides their number may share it, too."""
        context = self._context
        found = context.read(tenants.ussd_service)
        dialled = dialled_to(*found, LINK_CHAT) if found is not None else None
        if found is None or dialled is None:
            return self._by_ussd(sentences.register_by_ussd, None, self._language, repeats=True)
        code = context.write(links.show_code, context.keys, self._held.id)
        said = sentences.register_or_link(found[0], dialled, code)
        words = self._words(said, self._language)
        if context.address_channel != people.USSD and context.service.channel in WITH_CHOICES:
            words = msgspec.structs.replace(words, asks_number=True)
        return ChatReply(words, None, expects_pin=True, repeats=True)

    def _tapped(self, session: Session | None) -> ChatReply:
        """A button is taken at the question that it belongs to, and nowhere else."""
        context = self._context
        if session is None or context.tenant.paused:
            return self._begin(None, sentences.OLD_CHOICE)
        typed = typed_by(context, session, self._written.choice)
        if typed is None:
            again = ask_again(context, session, sentences.OLD_CHOICE, WRONG)
            return self._shown(again, repeats=True)
        return self._answer(session, Understood(typed, is_sure=True), None)

    def _shared(self, session: Session) -> str:
        """A position or a file, where the question that waits is for one; "" else."""
        place, file = self._written.place, self._written.file
        if not (place or file) or self._context.tenant.paused:
            return ""
        asked = pending_screen(self._context, session)
        if asks_place(asked):
            return place
        return file if asks_file(asked) else ""

    def _without_words(self, session: Session | None) -> ChatReply:
        """A picture, a place, somebody's card or voice, where none of them is asked for."""
        context, why = self._context, _NOT_IN_WORDS.get(self._written.media, sentences.NOT_IN_WORDS)
        if session is None or context.tenant.paused:
            return self._begin(None, why)
        again = ask_again(context, session, why, WRONG)
        return self._shown(again, repeats=True)

    def _answer(self, session: Session, understood: Understood, word: Said | None) -> ChatReply:
        context = self._context
        if context.tenant.paused:
            return self._shown(paused(context, session), repeats=True)
        if understood.tie:
            return self._shown(ask_again(context, session, understood.tie, WRONG), repeats=True)
        taken = step(context, session, understood.typed)
        if word is Said.STOP and not taken.notice:
            menu, stop = (shown_word(each, self._language) for each in (Said.MENU, Said.STOP))
            taken = replace(taken, notice=sentences.how_to_stop(menu, stop))
        return self._shown(taken, repeats=taken.outcome == WRONG)

    def _roles(self) -> tuple[str, ...]:
        """Those of the person who speaks; none while that is not known."""
        if self._session is not None:
            return self._session.caller.roles
        return self._people()[0].roles if len(self._people()) == 1 else ()

    def _people_have_pins(self) -> bool:
        found = self._people()
        return bool(found) and all(person.has_pin or person.frozen for person in found)

    # --- what is answered -----------------------------------------------------------------------

    def _shown(self, taken: Step, *, repeats: bool = False) -> ChatReply:
        taken = self._past_only_choice(taken)
        if kind_of(taken.screen) in SECRETS:  # what is never typed in a chat
            return self._hand_over(taken)
        place = taken.session.place
        if is_agreed_by_pin(self._context.flows.get(place.flow), place.state, taken.screen):
            return self._to_finish(taken, repeats=repeats)
        before = self._session
        if before is not None and before.caller.id and before.shown.kind == "confirm":
            self._context.write(handovers.take_back, uuid.UUID(before.caller.id))
        message, page, session = reply_to(self._context, taken)
        outcome = ENDED if page.ends and taken.outcome == SHOWN else taken.outcome
        return ChatReply(
            message,
            None if session.ended else session,
            outcome=outcome,
            place=session.place.name,
            repeats=repeats,
        )

    def _past_only_choice(self, taken: Step) -> Step:
        """A flow that begins with a list of one asks nothing: each message is paid for. Back leads
        to what was before it."""
        only = only_choice(self._context, taken)
        if only is None or taken.notice:
            return taken
        place = taken.session.place
        _, before = render(self._context, taken)
        chosen = step(self._context, before, str(only.key))
        back = tuple(each for each in chosen.session.back if each != place)
        return replace(chosen, session=replace(chosen.session, back=back))

    def _to_finish(self, taken: Step, *, repeats: bool) -> ChatReply:
        """A question whose Yes is a PIN, with the code to dial: it is answered there, where it is
        shown again. One message says it all."""
        context, screen = self._context, taken.screen
        code = context.read(tenants.ussd_code)
        if not code or not taken.session.caller.id:
            message, _, session = reply_to(context, taken)
        else:
            self._keep_waiting(taken.session)
            shown = to_finish(screen, code, taken.session.language)
            message, _, session = reply_to(context, taken, instead=shown)
        return ChatReply(
            message,
            session,
            expects_pin=bool(code),
            outcome=taken.outcome,
            place=session.place.name,
            repeats=repeats,
        )

    def _words(self, text: Text, language: str) -> Reply:
        return words(self._context.service, text, language)

    def _said(self, text: Text, session: Session | None) -> ChatReply:
        return ChatReply(self._words(text, self._language), session, repeats=True)

    def _hand_over(self, taken: Step) -> ChatReply:
        """What comes next needs a PIN: it waits for the person's dial, at the screen before it,
        where that is one of the same conversation."""
        session = taken.session
        if session.back and session.back[-1].flow == session.place.flow and session.caller.id:
            self._keep_waiting(replace(session, place=session.back[-1], back=session.back[:-1]))
            return self._by_ussd(sentences.finish_by_ussd, None, session.language)
        return self._by_ussd(sentences.only_by_ussd, None, session.language)

    def _keep_waiting(self, session: Session) -> None:
        """The session waits for the person's dial."""
        context = self._context
        context.write(
            handovers.hand_over,
            context.keys,
            uuid.UUID(session.caller.id),
            msgspec.json.encode(replace(session, payment=NO_PAYMENT, shown=Shown())),
            lasts_s=limits.HANDOVER_S,
        )

    def _by_ussd(
        self,
        sentence: Callable[[str], Text],
        session: Session | None,
        language: str,
        *,
        repeats: bool = False,
    ) -> ChatReply:
        code = self._context.read(tenants.ussd_code)
        said = sentence(code) if code else sentences.NOT_IN_CHAT
        return ChatReply(self._words(said, language), session, expects_pin=True, repeats=repeats)
