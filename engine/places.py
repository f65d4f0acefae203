"""Places of a conversation: what is still there after a drop or a deploy, and what a pause says."""

from engine.context import TurnContext
from engine.limits import WRONG_ANSWERS
from engine.session import NO_PAYMENT, NOTHING, ROOT, Place, Session, replace
from menus import sentences
from menus.texts import Local, Text
from menus.tree import NoSuchNode

CALL_BACK = "call_back"


def offers_call(session: Session) -> bool:
    """Whether the key that asks to be called is on the screen, beside the question."""
    return session.wrong >= WRONG_ANSWERS


def has(context: TurnContext, session: Session, node: str) -> bool:
    """Whether the tree (still) has that menu or info for this caller."""
    tree = context.tree
    try:
        return tree.node(node).flow is None and tree.allows(node, session.caller.roles)
    except NoSuchNode:
        return False


def is_missing(context: TurnContext, session: Session, place: Place) -> bool:
    """Whether there is no such place any more."""
    if not place.flow:
        return not has(context, session, place.node)
    flow = context.flows.get(place.flow)
    return flow is None or place.state not in flow.map.states


def changed_since(context: TurnContext, session: Session) -> bool:
    """Whether the flow is another one than when the session entered it: it may miss something."""
    name = session.place.flow
    if name in ("", CALL_BACK):
        return False
    return context.flows[name].map.fingerprint != session.fingerprint


def home(session: Session) -> Session:
    """At the main menu, with nothing begun."""
    return replace(
        session,
        place=ROOT,
        back=(),
        answers=NOTHING,
        payment=NO_PAYMENT,
        fingerprint="",
        resumed=False,
    )


def at_nearest_menu(context: TurnContext, session: Session) -> Session:
    """What the person was in has gone with a deploy: the menu it hung in is still there."""
    menus = tuple(
        place for place in session.back if not place.flow and has(context, session, place.node)
    )
    if not menus:
        return home(session)
    return replace(home(session), place=menus[-1], back=menus[:-1])


def paused_notice(context: TurnContext, node: str) -> Text:
    """What is said of a pause: the tenant's words, those of the menu, or ours."""
    said = context.tenant.paused_notice
    if said:
        return Local(said)
    tree = context.tree
    return tree.when_paused(tree.nearest(node).path) or sentences.SERVICE_PAUSED
