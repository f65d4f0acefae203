"""Linking a chat in which nobody is known: it shows a code, which its person types here, at the
phone that is theirs, and agrees to with the PIN."""

import uuid

from core.inbox import links
from core.inbox.errors import TooManyLinkCodes, WrongLinkCode
from core.inbox.messages import ChatLinked
from engine.flow import Flow, Leave
from engine.flow_map import changes_what_no_intent_shows
from menus import sentences
from menus.answers import Code
from menus.screens import Ask, Confirm, End, Fact, Pin
from menus.texts import _
from values import clock


class LinkChat(Flow):
    """code -> which chat it is -> PIN -> linked."""

    name = "link_chat"
    initial = "code"
    transitions = [
        {"trigger": "answer", "source": "code", "dest": "confirm", "before": "look_up"},
        {"trigger": "answer", "source": "confirm", "dest": "pin", "conditions": "yes"},
        ["answer", "confirm", "declined"],
        {"trigger": "answer", "source": "pin", "dest": "linked", "before": "link"},
    ]  # fmt: skip

    class Answers:
        """`conversation` shows the code, and `chat` is how it is named."""

        conversation: uuid.UUID | None = None
        chat: str = ""

    answers: Answers

    def code(self) -> Ask:
        return Ask(_("Type the code that the chat shows"), Code(links.LINK_CODE_DIGITS))

    def look_up(self) -> None:
        """Before hook of `code`. Each try is counted, whatever follows."""
        check = self.context.autonomous(
            links.check_code, self.context.keys, self.caller_id, self.secret
        )
        if check.tries_left is None or (check.conversation_id is None and not check.tries_left):
            raise TooManyLinkCodes
        if check.conversation_id is None:
            raise WrongLinkCode(tries=check.tries_left)
        self.answers.conversation, self.answers.chat = check.conversation_id, check.chat

    def confirm(self) -> Confirm:
        question = _("Link this chat? It will see your menus, and never your PIN.")
        return Confirm(question, (Fact(_("Chat"), self.answers.chat),))

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def link(self) -> None:
        assert self.answers.conversation is not None, "a chat was confirmed"
        self.write(links.link, self.context.keys, self.caller_id, self.answers.conversation)
        self.text(self.caller_id, ChatLinked(at=clock.now()))

    def linked(self) -> End:
        return End(_("The chat is linked. Go on there."))

    def declined(self) -> Leave:
        return Leave(sentences.NOT_LINKED)
