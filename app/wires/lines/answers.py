"""What answers a hop of a connection: the octets that show the screen of a turn."""

import logging
import uuid
from collections.abc import Callable

from app.web.refusals import log_fault
from app.webhooks.receive import hop_at
from app.wires.remembered import Remembered
from core.db.errors import OutcomeUnknown, Unavailable
from core.security.keyring import Keyring
from core.tenants.directory import Directory, Service
from engine.store.sessions import Store, StoreDown
from engine.turn.message import STILL_WORKING
from engine.turn.ussd import Reply, Turns
from menus import sentences
from menus.languages import SOURCE_LANGUAGE
from menus.texts import Text, say
from providers.lines.ussd import LineEnded, LineEvent, LineHop, UssdLine
from values.phone import NotAPhoneNumber

log = logging.getLogger(__name__)


class Answers:
    """Answers what comes over one connection. Safe to share between threads; raises nothing."""

    def __init__(
        self,
        account: str,
        line: UssdLine,
        *,
        turns: Turns,
        directory: Directory,
        store: Store,
        keys: Keyring,
        is_ours: Callable[[Service], bool],
    ) -> None:
        """`account` is the name of the account; `is_ours` says whether a service is reached by
        it."""
        self._account = account
        self._line = line
        self._turns = turns
        self._directory = directory
        self._remembered = Remembered(line.name, account, store, keys)
        self._is_ours = is_ours

    def answer(self, event: LineEvent) -> bytes | None:
        """The octets that answer it; None where nothing is to be said."""
        if isinstance(event, LineEnded):
            return self._over(event)
        try:
            return self._first(event) if event.is_first else self._next(event)
        except Exception as fault:  # a turn raises nothing, so no money has moved
            log_fault("hop", fault)
            return self._sorry(event, sentences.NOT_NOW)

    def too_many(self, event: LineEvent) -> bytes | None:
        """The answer to a hop that is not worked, because too many are."""
        if isinstance(event, LineEnded):
            return None
        return self._sorry(event, sentences.TOO_MANY)

    def _first(self, hop: LineHop) -> bytes:
        try:
            found = self._directory.find(self._line.name, "ussd", hop.dialled)
        except (Unavailable, OutcomeUnknown):
            return self._sorry(hop, sentences.NOT_NOW)
        if found is None or not self._is_ours(found[0]):
            return self._sorry(hop, sentences.SERVICE_UNKNOWN)
        self._remembered.keep((hop.session,), found[0].id.hex)
        return self._turn(hop, found[0])

    def _next(self, hop: LineHop) -> bytes:
        try:
            kept = self._remembered.find((hop.session,))
        except StoreDown:
            return self._sorry(hop, STILL_WORKING)
        try:
            service = self._directory.by_id(uuid.UUID(kept)) if kept else None
        except (Unavailable, OutcomeUnknown):
            return self._sorry(hop, sentences.NOT_NOW)
        if service is None or not self._is_ours(service):
            return self._sorry(hop, sentences.SESSION_ENDED)
        return self._turn(hop, service)

    def _turn(self, hop: LineHop, service: Service) -> bytes:
        try:
            request = hop_at(hop.hop(self._line.name, service.code), service)
        except NotAPhoneNumber:
            log.warning("%s: a caller has a number of no plan", self._account)
            return self._sorry(hop, sentences.NOT_NOW, service)
        return self._shown(hop, self._turns.take(request, service))

    def _over(self, ended: LineEnded) -> bytes | None:
        if ended.why not in ("left", "timed_out"):
            log.warning("%s: a session has ended: %s", self._account, ended.why)
        self._remembered.forget((ended.session,))
        return self._sorry(ended.hop, sentences.SESSION_ENDED) if ended.hop else None

    def _shown(self, hop: LineHop, reply: Reply) -> bytes:
        if reply.ends:
            self._remembered.forget((hop.session,))
        return self._line.screen(hop, reply.text, ends=reply.ends)

    def _sorry(self, hop: LineHop, text: Text, service: Service | None = None) -> bytes:
        """In the service's first language: nobody knows yet who speaks."""
        language = service.tenant.languages[0] if service else SOURCE_LANGUAGE
        return self._line.screen(hop, say(text, language), ends=True)
