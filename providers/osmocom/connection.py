"""The connection of an external USSD entity to osmo-hlr: who we are, and messages of sessions."""

import logging
from collections.abc import Iterator
from typing import Final

from providers.contracts.errors import BadPayload
from providers.lines import connection as lines
from providers.lines.address import Address
from providers.lines.connection import Dialect, LineDown, Owner, Timing, Told
from providers.osmocom import gsup, ipa
from providers.osmocom.gsup import Message

__all__ = ["Connection", "LineDown", "Owner", "Timing"]

log = logging.getLogger(__name__)

NAME_PREFIX: Final = "EUSE-"


class Talk:
    """What is said on one connection. osmo-hlr begins: it asks who we are."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._frames = ipa.Frames()

    def opening(self) -> bytes:
        return b""

    def ask(self) -> bytes:
        return ipa.frame(ipa.CCM, ipa.PING)

    def take(self, received: bytes) -> Iterator[Told[Message]]:
        for protocol, payload in self._frames.take(received):
            if protocol == ipa.CCM:
                yield self._own(payload)
            elif protocol == ipa.OSMO and payload[0] == ipa.GSUP:
                try:
                    yield Told(item=gsup.decode(payload[1:]))
                except BadPayload as fault:
                    log.warning("osmo-hlr: a message cannot be read: %s", fault)

    def _own(self, payload: bytes) -> Told[Message]:
        if payload == ipa.PING:
            return Told(ipa.frame(ipa.CCM, ipa.PONG))
        if payload[0] == ipa.ID_GET:
            # osmo-hlr does not say that it has taken the name, nor that somebody else has it.
            return Told(ipa.identity(self._name), is_known=True)
        return Told()


class Connection(lines.Connection[Message]):
    """One connection at a time. `send` may be called from any thread."""

    def __init__(self, address: Address, name: str, timing: Timing | None = None) -> None:
        """`name` is what osmo-hlr's configuration calls the entity: `euse NAME`."""

        def talk() -> Dialect[Message]:
            return Talk(NAME_PREFIX + name)

        super().__init__(address, talk, name="osmo-hlr", timing=timing)

    def send(self, message: Message) -> None:
        """Raises LineDown."""
        self.write(ipa.extended(ipa.GSUP, message.encode()))
