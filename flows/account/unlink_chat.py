"""Taking a chat out of one's account, such as that of a number that somebody else has by now."""

from core.inbox import links
from core.inbox.messages import ChatUnlinked
from engine.flow import Flow, Leave
from engine.flow_map import changes_what_no_intent_shows
from menus.screens import Confirm, End, Fact, Menu, Option, Pin
from menus.texts import _
from values import clock


class UnlinkChat(Flow):
    """PIN -> which chat -> taken out. Who shares the phone does not see what chats there are."""

    name = "unlink_chat"
    initial = "pin"
    transitions = [
        ["answer", "pin", "which"],
        {"trigger": "answer", "source": "which", "dest": "confirm", "before": "choose"},
        {"trigger": "answer", "source": "confirm", "dest": "unlinked", "conditions": "yes",
         "before": "unlink"},
        ["answer", "confirm", "declined"],
    ]  # fmt: skip

    class Answers:
        """`which` is the chat's id, and `chat` how it is named."""

        which: str
        chat: str = ""

    answers: Answers

    def pin(self) -> Pin:
        return Pin()

    def which(self) -> Menu | End:
        chats = self.read(links.chats_of, self.context.keys, self.caller_id)
        if not chats:
            return End(_("No chat is linked to your account."))
        options = (
            Option(number, chat.shown, chat.id) for number, chat in enumerate(chats, start=1)
        )
        return Menu(_("Which chat?"), tuple(options))

    def choose(self) -> None:
        chat = self.read(links.find_chat, self.context.keys, self.caller_id, self.given)
        self.answers.chat = chat.shown

    def confirm(self) -> Confirm:
        question = _("Take this chat out? It will see nothing of yours any more.")
        return Confirm(question, (Fact(_("Chat"), self.answers.chat),))

    @changes_what_no_intent_shows
    def unlink(self) -> None:
        self.write(links.unlink_own, self.context.keys, self.caller_id, self.answers.which)
        self.text(self.caller_id, ChatUnlinked(at=clock.now()))

    def unlinked(self) -> End:
        return End(_("The chat is no longer yours."))

    def declined(self) -> Leave:
        return Leave(_("Nothing was changed."))
