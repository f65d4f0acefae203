"""Menu trees of the business: drawn, and a menu as each kind of phone shows it in each language.

It is made by what makes a turn's screens, so that a clerk sees the pages, keys and cuts that a
phone would be sent.
"""

from dataclasses import dataclass
from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.console.menus.drawing import draw
from app.console.page import Page, Route, Visit
from core.staff.roles import Permission
from core.tenants.directory import Service, services_of
from engine.render import budget_of
from menus import gsm7
from menus.chat_layout import ChatPage, chat_page
from menus.layout import Nav, pages
from menus.screens import Info, Menu
from menus.sms import PAGE as SMS
from menus.tree import NoSuchNode, Tree
from menus.tree_reading import read_tree
from menus.ussd import ussd_budget

LOOK = Permission(
    "menus.look", "see menus as phones show them", ("company_admin", "operator", "auditor")
)
PATH_CHARS_MAXIMUM = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """A menu in one language: the pages of a USSD session, the texts, and the message of a chat."""

    language: str
    ussd: tuple[tuple[str, int], ...]
    texts: tuple[str, ...]
    chat: ChatPage


def shown(visit: Visit) -> Response:
    """The menus of one service: by default of the first that has any."""
    services = [one for one in services_of(visit.tx) if one.tree]
    code = visit.args.get("service", "")
    service = next((one for one in services if one.code == code), services[0] if services else None)
    if service is None:
        return visit.show("menus/shown.html", services=[], service=None)
    tree = read_tree(service.tree)
    at = visit.args.get("at", "")[:PATH_CHARS_MAXIMUM]
    try:
        node = tree.node(at)
    except NoSuchNode:
        raise NotFound from None
    languages = service.tenant.languages
    seen = () if node.flow else tuple(_preview(service, tree, at, one, visit) for one in languages)
    return visit.show(
        "menus/shown.html",
        services=services,
        service=service,
        drawing=draw(tree, languages[0]),
        node=node,
        roles=sorted(tree.roles),
        as_role=visit.args.get("role", ""),
        previews=seen,
    )


def _preview(service: Service, tree: Tree, at: str, language: str, visit: Visit) -> Preview:
    screen: Menu | Info = tree.screen(tree.node(at), {visit.args.get("role", "")} & tree.roles)
    nav = Nav(back=bool(at), home=bool(at))
    budget = budget_of(service) if service.channel == "ussd" else ussd_budget()
    ussd = tuple(
        (one.text, gsm7.septets(one.text) if gsm7.is_gsm7(one.text) else 2 * len(one.text))
        for one in pages(screen, language, budget, nav)
    )
    texts = tuple(one.text for one in pages(screen, language, SMS, nav))
    return Preview(language, ussd, texts, chat_page(screen, language, nav))


PAGE = Page(
    name="menus",
    title="Menus",
    folder=Path(__file__).parent,
    order=68,
    routes=(Route("", shown, LOOK),),
)
