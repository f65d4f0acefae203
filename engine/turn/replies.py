"""From a step of a chat to the reply that is stored and sent: words, and what can be tapped where
the channel has that. The rest of the engine knows no such channel."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from core.tenants.directory import Service
from engine.context import TurnContext
from engine.conversation import Step
from engine.flow import Flow
from engine.kinds import kind_of
from engine.render import as_shown, nav_of, shown_by
from engine.session import Session, replace
from engine.turn.choices import choice_id, mark_of
from menus import markup, sentences
from menus.chat_layout import ChatPage, chat_page
from menus.layout import Page, in_words
from menus.screens import Attachment, Info, Screen
from menus.sms import sms_page
from menus.texts import Text, say

# Whose messages have buttons and lists.
WITH_CHOICES: Final = frozenset({"whatsapp"})
TRANSLITERATE: Final = "sms_transliterate"


class Tap(msgspec.Struct, frozen=True, array_like=True):
    """A button or a row of a list. `id` comes back when it is tapped."""

    id: str
    title: str
    description: str = ""


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message of ours as it is kept until it is sent. `taps` are buttons, or with `button` the
    rows of the list that it opens; `plain` is all of it as text, where it has any of these.
    `asks_number`: a button beside the text gives us its reader's own number, `asks_location` where
    their phone is. `answers_id` is the provider's id of the message that it quotes, and `link_id`
    what it gave along with a text that is paid for."""

    text: str
    taps: tuple[Tap, ...] = ()
    button: str = ""
    header: str = ""
    footer: str = ""
    plain: str = ""
    attachment: Attachment | None = None
    asks_number: bool = False
    asks_location: bool = False
    answers_id: str = ""
    link_id: str = ""

    def packed(self) -> dict[str, Any]:
        """As JSON has it."""
        packed: dict[str, Any] = msgspec.to_builtins(self)
        return packed

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> "Reply":
        return msgspec.convert(packed, cls)

    def in_words(self) -> "Reply":
        """The same as a text, where what can be tapped or seen is not taken."""
        return Reply(self.plain or self.text)

    def __repr__(self) -> str:
        return f"Reply(taps={len(self.taps)})"


def words(service: Service, text: Text, language: str) -> Reply:
    """A sentence beside what is asked."""
    said = say(text, language)
    return Reply(markup.escaped(said) if service.channel in WITH_CHOICES else said)


def reply_to(
    context: TurnContext, step: Step, instead: Screen | None = None
) -> tuple[Reply, Page, Session]:
    """The reply that a step leads to, its page as text, and the session that knows what its answer
    will be read by. `instead` is shown in place of the step's screen, whose answer is taken."""
    screen, notice = as_shown(context, step)
    chat = _laid_out(context, step.session, instead or screen, notice)
    shown = shown_by(screen, chat.plain)
    if instead is not None:
        shown = replace(shown, asks=True)
    session = replace(step.session, shown=shown, ended=chat.plain.ends and instead is None)
    return _reply(context, session, chat), chat.plain, session


def _laid_out(context: TurnContext, session: Session, screen: Screen, notice: Text) -> ChatPage:
    language, nav, start = session.language, nav_of(session), session.place.starts[-1]
    if context.service.channel in WITH_CHOICES:
        return chat_page(screen, language, nav, start=start, notice=notice)
    folds = bool(context.tenant.settings.get(TRANSLITERATE, True))
    laid = sms_page(screen, language, nav, start=start, notice=notice, folds=folds)
    return ChatPage(laid.text, laid)


def _reply(context: TurnContext, session: Session, chat: ChatPage) -> Reply:
    if not (chat.choices or chat.attachment):
        return Reply(chat.text, asks_location=chat.asks_location)
    mark = mark_of(context.keys, context.session_hash, session)
    return Reply(
        chat.text,
        tuple(
            Tap(choice_id(mark, choice.typed), choice.title, choice.description)
            for choice in chat.choices
        ),
        chat.button,
        chat.header,
        chat.footer,
        markup.escaped(chat.plain.text),
        chat.attachment,
    )


def is_agreed_by_pin(flow: type[Flow] | None, state: str, screen: Screen) -> bool:
    """Whether a flow's question at that state is one whose Yes leads to a PIN."""
    return kind_of(screen) == "confirm" and leads_to_pin(flow, state)


def leads_to_pin(flow: type[Flow] | None, state: str) -> bool:
    """Whether an answer at that state of a flow leads to a PIN."""
    return flow is not None and any(
        step.source == state and flow.map.kinds[step.dest] == {"pin"}
        for step in flow.map.transitions
    )


def to_finish(screen: Screen, code: str, language: str) -> Info:
    """A question with the code to dial, where it is answered: one message for both."""
    return Info(f"{in_words(screen, language)}\n{say(sentences.finish_by_ussd(code), language)}")
