"""From a screen to a page of the service's budget; static menus are laid out once and kept."""

from typing import Any

from core.tenants.directory import Service
from engine.conversation import Conversation
from engine.session import Place, Session, Shown
from engine.wording import addressed
from menus.answers import Code
from menus.budget import Budget
from menus.layout import Nav, Page, page
from menus.screens import Ask, Confirm, End, Info, Menu, Pin, Screen, takes_zero
from menus.texts import Text
from menus.tree import Tree
from menus.tree_reading import read_tree
from menus.ussd import ussd_budget

PAGES_KEPT_MAXIMUM = 2_000


def tree_of(service: Service) -> Tree:
    """The service's menu tree, read once."""
    tree = service.derived.get("tree")
    if tree is None:
        tree = service.derived["tree"] = read_tree(service.tree)
    assert isinstance(tree, Tree)
    return tree


def budget_of(service: Service) -> Budget:
    budget = service.derived.get("budget")
    if budget is None:
        settings = service.settings
        budget = service.derived["budget"] = ussd_budget(
            int(settings.get("budget_septets", 160)), ucs2=bool(settings.get("ucs2", False))
        )
    assert isinstance(budget, Budget)
    return budget


def nav_of(session: Session) -> Nav:
    """Which of the kit's keys the screen of this session has."""
    return Nav(back=bool(session.back), home=bool(session.caller.id) and session.place != Place())


def as_shown(talk: Conversation, screen: Screen) -> tuple[Screen, Text]:
    """The screen and the line above it, with the tenant's own words in them."""
    tenant = talk.context.tenant
    if type(screen) is End:
        screen = End(addressed(screen.text, tenant))
    return screen, addressed(talk.notice, tenant)


def render(talk: Conversation, screen: Screen) -> Page:
    """The page to show, and in the session what its answer will be read by."""
    session, service = talk.session, talk.context.service
    screen, notice = as_shown(talk, screen)
    nav = nav_of(session)
    starts = session.place.starts
    start = starts[-1]
    known: dict[Any, tuple[Screen, Page]] = service.derived.setdefault("pages", {})
    # The tree makes each of its menus once and keeps it, so that its identity is a key. The menu is
    # kept with its page: of two trees read at once one goes, and its addresses are given out again.
    of_tree = type(screen) is Menu and not session.place.flow
    key = (id(screen), session.language, nav, start) if of_tree else None
    kept = known.get(key) if key is not None and not notice else None
    if kept is not None and kept[0] is screen:
        laid = kept[1]
    else:
        budget = budget_of(service)
        laid = page(screen, session.language, budget, nav, start=start, notice=notice)
        if key is not None and not notice:
            if len(known) >= PAGES_KEPT_MAXIMUM:
                known.clear()
            known[key] = screen, laid
    _remember(session, screen, laid)
    return laid


def _remember(session: Session, screen: Screen, laid: Page) -> None:
    shown = Shown(asks=laid.asks, more=laid.more, takes_zero=takes_zero(screen))
    match screen:
        case Menu():
            shown.kind = "menu"
            shown.options = [[option.key, option.value] for option in screen.options]
        case Confirm():
            shown.kind = "confirm"
        case Pin():
            shown.kind = "pin"
        case Ask(answer=Code()):
            shown.kind = "code"
        case Info():
            shown.kind = "info"
        case End():
            shown.kind = "end"
        case _:
            shown.kind = "ask"
    session.shown = shown
    session.ended = laid.ends
