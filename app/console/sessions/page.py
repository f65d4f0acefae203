"""A session as the phone saw it, screen by screen. What was typed is kept nowhere."""

from dataclasses import dataclass
from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from app.console.people.page import LOOK
from core.analytics import replay
from core.analytics.replay import TurnSeen
from core.audit.trail import record
from core.people import people
from engine.turn.message import Reply
from engine.turn.seal import KeptScreen, SessionSeal


@dataclass(frozen=True, slots=True)
class Seen:
    """A turn, with what the phone was shown; None where that was not kept."""

    turn: TurnSeen
    screen: str | None
    ends: bool


def one(visit: Visit, session: str) -> Response:
    turns = replay.turns_of(visit.tx, session)
    if not turns:
        raise NotFound
    who = next((turn.subscriber_id for turn in reversed(turns) if turn.subscriber_id), None)
    person = people.get(visit.tx, visit.keys, who) if who else None
    record(visit.tx, visit.member.actor, "replay session", who, {"session": session})
    seal = SessionSeal(visit.keys)
    return visit.show(
        "sessions/one.html",
        person=person,
        seen=[_seen(seal, session, turn) for turn in turns],
    )


def _seen(seal: SessionSeal, session: str, turn: TurnSeen) -> Seen:
    if turn.screen_sealed is None or turn.screen_key is None:
        return Seen(turn, None, ends=False)
    kept = KeptScreen(turn.service_id, session, turn.screen_key, bytes(turn.screen_sealed))
    packed = seal.open_kept(kept)
    if packed is None:
        return Seen(turn, None, ends=False)
    reply = Reply.unpack(packed)
    return Seen(turn, reply.text, reply.ends)


PAGE = Page(
    name="sessions",
    title="Sessions",
    folder=Path(__file__).parent,
    order=None,
    routes=(Route("/<session>", one, LOOK),),
)
