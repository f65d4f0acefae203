"""Going on after a drop, and after a deploy: what of an earlier session still stands."""

from typing import TYPE_CHECKING

from engine.session import Place, Session
from menus import sentences
from menus.tree import NoSuchNode

if TYPE_CHECKING:
    from engine.conversation import Conversation

CALL_BACK = "call_back"


def resume(talk: "Conversation", old: Session) -> bool:
    """Go on where the caller's earlier session was dropped: at its question, or at the last one
    before it that may be resumed. False: there is nothing to go on with."""
    session = talk.session
    if old.ended or is_missing(talk, old.place) or _is_another_registration(session, old):
        return False
    trail = [*old.back, old.place]
    while trail and trail[-1].flow == CALL_BACK:
        trail.pop()  # it came in between, and the data is that of the flow below it
    asked = trail[-1].flow if trail else ""
    while trail and not _resumable(talk, trail[-1]):
        trail.pop()
    if not trail or trail[-1] == session.place:
        return False
    session.place, session.back = trail[-1], trail[:-1]
    session.language = old.language
    session.data = old.data if asked and session.place.flow == asked else {}
    session.data.pop("intent", None)
    session.fingerprint = old.fingerprint
    talk.is_changed = changed_since(talk, session)
    talk.notice = sentences.RESUMED
    return True


def _is_another_registration(session: Session, old: Session) -> bool:
    return not session.caller.id and session.data.get("person") != old.data.get("person")


def _resumable(talk: "Conversation", place: Place) -> bool:
    if not place.flow:
        return has(talk, place.node)
    if talk.context.service.settings.get("shared_phones"):
        return False  # payees and amounts are not for whoever holds the phone next
    if is_missing(talk, place) or place.flow in talk.context.tenant.paused_flows:
        return False
    return place.state in talk.flows[place.flow].resumable


def has(talk: "Conversation", node: str) -> bool:
    """Whether the tree (still) has that menu or info for this caller."""
    try:
        shown = talk.tree.node(node).flow is None
        return shown and talk.tree.allows(node, talk.session.caller.roles)
    except NoSuchNode:
        return False


def is_missing(talk: "Conversation", place: Place) -> bool:
    """Whether there is no such place any more."""
    if not place.flow:
        return not has(talk, place.node)
    flow = talk.flows.get(place.flow)
    return flow is None or place.state not in flow.states


def changed_since(talk: "Conversation", session: Session) -> bool:
    """Whether the flow has another shape than when the session began it: it may miss something."""
    name = session.place.flow
    return name not in ("", CALL_BACK) and talk.flows[name].fingerprint != session.fingerprint
