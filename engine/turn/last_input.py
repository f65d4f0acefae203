"""Turns on wires that give what was typed last, and not the whole text so far.

What a cumulative text says by itself has to be found in other ways:

- Whether a hop begins a session: the wire says so; where it does not, there is no such session, it
  has ended, or nobody has answered for longer than a network keeps a screen. A session id that
  comes again with a first hop begins a new session.
- Whether a hop is a copy: its id was answered before. Where the wire has no ids: the same text
  again, before a person can have read the reply and typed. A text that came while the turn before
  was running was typed at a screen that is gone: it gets that turn's reply, and is no answer.
- What a lost session had been told cannot be walked again: it starts over, with what the books say,
  and the text is not read.
"""

import contextlib
import os

from msgspec.structs import replace

from core.security.keyring import Keyring
from engine import limits
from engine.hop_limits import TooManyAlarm
from engine.session import SECRETS, Session
from engine.store.sessions import Levels, Opened, Store, StoreDown
from engine.turn.message import (
    Continued,
    LastInput,
    Refused,
    Reply,
    StillWorking,
    Turn,
    wait,
)
from engine.turn.seal import SessionSeal
from engine.turn.stored import StoredSession
from menus import sentences
from values import clock
from values.ussd_codes import digits_after


def name_hop(turn: Turn, keys: Keyring) -> Turn:
    """Give the hop a keyed hash that its copies share, and what its reply is looked for under
    before anything else: the reply to this very hop, or where hops have no ids what was said of a
    failure once a secret had been typed. What a first hop is a copy of, its session says: the ids
    of both may come again."""
    request, last = turn.request, _last_of(turn)
    said = f"{last.hop_id}\n{last.dialled}\n{request.text}"
    if not request.address:
        turn.number = turn.session_hash  # until the session says whose it is
    turn.text_hash = keys.session(turn.number, said)[:20]
    has_id = last.hop_id and not last.is_first
    turn.reply_key = f"{'h' if has_id else 'f'}:{turn.text_hash}"
    return turn


def open_session(
    store: Store, seal: SessionSeal, turn: Turn, levels: Levels, too_many: TooManyAlarm
) -> Reply | Opened:
    """Load and lock the session, and set in the turn how it goes on; or the reply to a copy.

    Raises Refused (the session is let go), StillWorking, StoreDown.
    """
    waited, pause_s = False, limits.COPY_POLL_FIRST_S
    while True:
        opened = store.open(turn.session_hash, turn.reply_key, turn.token, turn.pointer, levels)
        if opened.too_many is not None:
            too_many(turn.service, opened.too_many)
            raise Refused(sentences.TOO_MANY)
        if opened.reply is not None:
            reply = seal.open_reply(turn, opened.reply)
            if reply is not None:
                return Reply.unpack(reply)
            store.drop(turn.session_hash)  # it is as lost
        elif opened.busy:
            waited = True
        else:
            break
        wait(turn, pause_s)
        pause_s = min(pause_s * 1.5, limits.COPY_POLL_LONGEST_S)
    try:
        stored = _stored(seal, turn, opened)
        if stored is not None:
            reply = _reply_before(store, seal, turn, stored, waited=waited)
            if reply is not None:
                store.unlock(turn.session_hash, turn.token)
                return Reply.unpack(reply)
        if stored is not None and _begins(turn, stored):
            # The id comes again: nothing of the session before may answer for this one.
            if not store.clear(turn.session_hash, turn.token):
                raise StillWorking
            turn.before = _left(turn, stored)
            stored = None
        turn.continued = _first(turn) if stored is None else _next(turn, stored, opened)
        return opened
    except Refused:
        with contextlib.suppress(StoreDown):
            store.unlock(turn.session_hash, turn.token)
        raise


def _last_of(turn: Turn) -> LastInput:
    last = turn.request.last
    assert last is not None
    return last


def _stored(seal: SessionSeal, turn: Turn, opened: Opened) -> StoredSession | None:
    if not opened.data:
        return None
    data = seal.open(turn.service, turn.session_hash, opened.data)
    return StoredSession.unpack(data) if data is not None else None


def _reply_before(
    store: Store, seal: SessionSeal, turn: Turn, stored: StoredSession, *, waited: bool
) -> bytes | None:
    """The reply that this hop is to get again; None where it is no copy."""
    last = _last_of(turn)
    if turn.request.address and stored.number != turn.number:
        return None
    if _is_copy_of_last(turn, stored, waited=waited):
        key = f"h:{stored.text_hash}" if last.hop_id else f"l:{stored.turns}"
    elif last.is_first and last.hop_id and not _is_over(stored):
        key = f"h:{turn.text_hash}"  # a late copy of the dial
    else:
        return None
    sealed = store.reply(turn.session_hash, key)
    if sealed is None:
        return None
    asked, turn.reply_key = turn.reply_key, key
    reply = seal.open_reply(turn, sealed)
    turn.reply_key = asked
    return reply


def _is_copy_of_last(turn: Turn, stored: StoredSession, *, waited: bool) -> bool:
    last = _last_of(turn)
    if last.is_first and stored.turns != 1:
        return False
    is_same = stored.text_hash == turn.text_hash
    if waited:
        # What came while that turn was running was typed at a screen that is gone.
        return is_same or not last.is_first
    if not is_same or (last.hop_id and not last.is_first):
        return False
    if stored.session.ended and last.is_first is False:
        return True  # nobody can answer an end
    return clock.epoch_s() - stored.at_s <= last.copy_within_s


def _is_over(stored: StoredSession) -> bool:
    return stored.session.ended or clock.epoch_s() - stored.at_s > limits.SILENCE_S


def _begins(turn: Turn, stored: StoredSession) -> bool:
    is_first = _last_of(turn).is_first
    return _is_over(stored) if is_first is None else is_first


def _left(turn: Turn, stored: StoredSession) -> Session | None:
    """The session that this phone left under the same id, if it can be gone on with."""
    is_ours = stored.number == turn.number
    is_recent = clock.epoch_s() - stored.at_s <= limits.RESUME_WITHIN_S
    return stored.session if is_ours and is_recent else None


def _first(turn: Turn) -> Continued:
    """A new session; the digits behind the code are walked as usual. Raises Refused."""
    request, last = turn.request, _last_of(turn)
    if not request.address:
        raise Refused(sentences.SESSION_ENDED)
    digits = digits_after(turn.service.code, last.dialled) if last.dialled else ""
    if digits is None:
        if last.is_first or last.dialled == request.text:
            raise Refused(sentences.SERVICE_UNKNOWN)
        digits = ""
    # Where the wire says that this goes on, what was typed was an answer to a screen that is lost.
    turn.text = digits if last.is_first is not False else ""
    turn.request = replace(request, text="")
    turn.count = 1
    # The books let a session pay once, however late its hops are posted again. Where the id may
    # come again, they get a name of this run.
    turn.name = "" if last.ids_unique else os.urandom(16).hex()
    return StoredSession(Session(), turn.number), None


def _next(turn: Turn, stored: StoredSession, opened: Opened) -> Continued:
    """Raises Refused where the session takes no answer of this phone."""
    session, request = stored.session, turn.request
    turn.language = session.language or turn.language
    turn.place, turn.count = session.place.name, stored.turns + 1
    turn.name = stored.name
    if not request.address:
        turn.request = replace(request, address=stored.address)
        turn.number = stored.number
    if (
        stored.number != turn.number
        or opened.moved
        or session.ended
        or stored.turns >= limits.TURNS_PER_SESSION
    ):
        raise Refused(sentences.SESSION_ENDED)
    turn.at_secret = session.shown.kind in SECRETS
    return stored, request.text


def kept_number(turn: Turn, before: StoredSession) -> str:
    """The number to keep with the session, where its later hops come without one. Sets what the
    reply is kept under."""
    last = _last_of(turn)
    turn.reply_key = f"h:{turn.text_hash}" if last.hop_id else f"l:{before.turns + 1}"
    return turn.request.address if last.number_once else ""


def refuse_without_store(turn: Turn) -> None:
    """While sessions are not kept there is no telling what a text answers. Raises Refused where
    nothing can have been taken, since the session begins here, else StillWorking."""
    if _last_of(turn).is_first:
        raise Refused(sentences.NOT_NOW)
    raise StillWorking
