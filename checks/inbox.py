"""Samples of the inbox: a chat that is to be linked."""

import uuid
from types import MappingProxyType

from checks import samples
from checks.scenario import Samples, Scenario
from core.inbox import links
from core.inbox.links import LINK_TRIES, LinkCheck

_CHAT = LinkCheck(uuid.UUID(int=77), "+250788000001", LINK_TRIES)

SAMPLES = Samples(
    answers=MappingProxyType(
        {
            links.check_code: lambda *_: _CHAT,
            links.link: samples.nothing,
        }
    ),
    scenarios=(
        Scenario("no such code", {links.check_code: lambda *_: LinkCheck(tries_left=2)}),
        Scenario("too many codes", {links.check_code: lambda *_: LinkCheck()}),
    ),
)
