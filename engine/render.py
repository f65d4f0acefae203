"""From a step to a page of the service's budget; static menus are laid out once and kept."""

from typing import Any

from core.tenants.directory import Service
from engine.context import TurnContext
from engine.conversation import Step
from engine.kinds import kind_of
from engine.places import offers_call
from engine.session import ROOT, Session, Shown, replace
from engine.wording import addressed
from menus.budget import Budget
from menus.layout import Nav, Page, page
from menus.screens import End, Menu, Screen, takes_zero
from menus.sms import PAGE
from menus.texts import Text
from menus.ussd import ussd_budget

PAGES_KEPT_MAXIMUM = 2_000


def budget_of(service: Service) -> Budget:
    budget = service.derived.get("budget")
    if budget is None:
        settings = service.settings
        if service.channel != "ussd":
            budget = service.derived["budget"] = PAGE
            return budget
        budget = service.derived["budget"] = ussd_budget(
            int(settings.get("budget_septets", 160)), ucs2=bool(settings.get("ucs2", False))
        )
    assert isinstance(budget, Budget)
    return budget


def nav_of(session: Session) -> Nav:
    """Which of our own keys the screen of this session has."""
    return Nav(
        back=bool(session.back),
        home=bool(session.caller.id) and session.place != ROOT,
        call_me=session.wrong > 0 and offers_call(session),
    )


def as_shown(context: TurnContext, step: Step) -> tuple[Screen, Text]:
    """The screen and the line above it, with the tenant's own words in them."""
    tenant = context.tenant
    screen = step.screen
    if type(screen) is End:
        screen = End(addressed(screen.text, tenant), screen.attachment)
    return screen, addressed(step.notice, tenant) if step.notice else ""


def render(context: TurnContext, step: Step) -> tuple[Page, Session]:
    """The page to show, and the session that knows what its answer will be read by."""
    session, service = step.session, context.service
    screen, notice = as_shown(context, step)
    nav = nav_of(session)
    starts = session.place.starts
    start = starts[-1]
    # The tree makes each of its menus once and keeps it, so that its identity is a key. The menu is
    # kept with its page: of two trees read at once one goes, and its addresses are given out again.
    of_tree = type(screen) is Menu and not session.place.flow and not notice
    if not of_tree:
        laid = page(screen, session.language, budget_of(service), nav, start=start, notice=notice)
        return laid, replace(session, shown=shown_by(screen, laid), ended=laid.ends)
    kept: dict[Any, tuple[Screen, Page, Shown]] = service.derived.setdefault("pages", {})
    key = (id(screen), session.language, nav, start)
    found = kept.get(key)
    if found is None or found[0] is not screen:
        laid = page(screen, session.language, budget_of(service), nav, start=start)
        if len(kept) >= PAGES_KEPT_MAXIMUM:
            kept.clear()
        found = kept[key] = screen, laid, shown_by(screen, laid)
    _, laid, shown = found
    return laid, replace(session, shown=shown, ended=laid.ends)


def shown_by(screen: Screen, laid: Page) -> Shown:
    """What a page of a screen takes."""
    options: list[list[object]] = []
    if isinstance(screen, Menu):
        options = [[option.key, option.value] for option in screen.options]
    return Shown(kind_of(screen), laid.asks, laid.more, takes_zero(screen), options)
