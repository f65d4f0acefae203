"""Samples of the inbox: a chat that is to be linked, or taken out."""

import uuid
from types import MappingProxyType

from checks import samples
from checks.scenario import Samples, Scenario
from core.inbox import links, papers
from core.inbox.links import LINK_TRIES, LinkCheck, LinkedChat
from core.inbox.papers import Chat
from core.people.people import USSD

_CHAT = LinkCheck(uuid.UUID(int=77), "+250788000001", LINK_TRIES)
_LINKED = LinkedChat("77", USSD, "+250788000001", "+250788000001", samples.AT)

SAMPLES = Samples(
    answers=MappingProxyType(
        {
            links.check_code: lambda *_: _CHAT,
            links.link: samples.nothing,
            links.chats_of: lambda *_: [_LINKED],
            links.find_chat: lambda *_: _LINKED,
            links.unlink_own: samples.nothing,
            papers.chat_of: lambda *_: Chat(samples.ID, samples.ID),
            papers.ask_statement: samples.nothing,
        }
    ),
    scenarios=(
        Scenario("no such code", {links.check_code: lambda *_: LinkCheck(tries_left=2)}),
        Scenario("no chat", {links.chats_of: lambda *_: [], papers.chat_of: lambda *_: None}),
        Scenario("too many codes", {links.check_code: lambda *_: LinkCheck()}),
    ),
)
