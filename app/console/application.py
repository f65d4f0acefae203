"""The console as a Flask application of its own: it finds who asks, what they may, and the view."""

import base64
import hmac
import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from flask import Flask, Response, abort, g, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Answer

from app import domains
from app.console.page import BODY_BYTES_MAXIMUM, BY_ITSELF, Page, Route, Visit
from app.console.safety import SAID, SESSION, Safety
from app.console.texts.catalogue import LANGUAGES, chosen, say
from app.console.texts.templates import Pages, Translated, language, render, shown
from app.console.texts.words import word
from app.settings import Settings
from app.web.refusals import log_fault
from core.approvals.errors import ApprovalError
from core.db.database import Database, Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.security.keyring import Keyring
from core.security.tokens import tenant_of
from core.staff import sessions
from core.staff.errors import NoSuchWork, NotAllowed, StaffError
from core.staff.passkeys import Site
from core.staff.roles import Member, Rights
from core.staff.scopes import hold_to
from core.staff.work import Work
from core.tenants import business
from values import clock
from values.ids import made_at
from values.said import said

VISIT_DEADLINE_S = 10.0
SAID_CHARS_MAXIMUM = 400

_ERRORS = {
    400: said("That form is not one of ours, or is too old. Go back and try again."),
    403: said("You may not do that."),
    404: said("There is no such page."),
    405: said("There is no such page."),
    413: said("That is too much at once."),
}


class Console:
    """The pages of an installation, and what they stand on."""

    def __init__(self, settings: Settings, database: Database, keys: Keyring) -> None:
        self.settings = settings
        self.base_url = settings.public_url or settings.url
        self.database = database
        self.keys = keys
        self.safety = Safety(settings, keys)
        self.domains = domains.load()
        self.pages = load_pages(self.domains.pages)
        self.rights = Rights(each for page in self.pages for each in page.permissions)
        self._first_pages = {
            f"/console/{page.name}".removesuffix("/home"): page for page in self.pages
        }
        self.work = tuple(work for page in self.pages for work in page.work)

    def visit(self, route: Route, **found: Any) -> Answer:
        """Answer a request by a route's view, where who asks may. Everything is in one transaction
        of their tenant: the look at who they are, the act, and its line in the audit trail."""
        token = self.safety.cookie(request, SESSION)
        tenant_id = tenant_of(token)
        if tenant_id is None:
            return self._sign_in_first()
        with self.database.transaction(tenant_id, Deadline(VISIT_DEADLINE_S)) as tx:
            member = sessions.find(tx, self.keys, token, is_click=BY_ITSELF not in request.args)
            if member is None:
                return self._sign_in_first()
            g.language = chosen(member.language, request.accept_languages)
            request.max_content_length = request.max_form_memory_size = route.body_bytes
            if request.method != "GET" and not self.safety.is_own_form(request, token):
                abort(400)
            held = self.rights.scopes(member, route.permission)
            scopes = tuple(scope for scope in held if scope.kind in route.scopes)
            if not scopes:
                raise NotAllowed
            hold_to(tx, scopes)
            visit = Visit(
                *(tx, self.keys, member, business.of_transaction(tx), self.rights, scopes, token),
                *(request.form, request.args, request.files, self),
            )
            answer: Answer = route.view(visit, **found)
        return answer

    def _sign_in_first(self) -> Answer:
        asked = request.full_path.rstrip("?") if request.method == "GET" else "/console"
        return redirect("/console/sign-in" + ("" if asked == "/console" else f"?next={asked}"), 303)

    def show(self, visit: Visit, template: str, values: dict[str, Any]) -> Response:
        """A page of somebody who is signed in."""
        note = self._read_said(visit.token)
        response = Response(
            render(
                template,
                visit=visit,
                menu=self.menu(visit),
                here=template.partition("/")[0],
                changes=self._changes(),
                changes_url=self.safety.live_url(request),
                form_token=self.safety.form_token(visit.token),
                at=partial(at_zone, visit.business.zone),
                age=age,
                said=note,
                **values,
            )
        )
        if note:
            self.safety.drop_cookie(response, SAID)
        return response

    def _changes(self) -> str:
        """At which changes the page that is asked for is shown anew: one that a browser would get
        again by asking for it, of a folder that says so."""
        found = self._first_pages.get(request.path) if request.method == "GET" else None
        return found.changes if found else ""

    def go(self, visit: Visit, path: str, note: str) -> Answer:
        answer = redirect(f"/console/{path}".rstrip("/"), 303)
        assert isinstance(answer, Response)
        if note:
            note = say(note, language())
            text = base64.urlsafe_b64encode(note[:SAID_CHARS_MAXIMUM].encode()).decode()
            self.safety.set_cookie(answer, SAID, f"{self._mac(visit.token, text)}.{text}", for_s=60)
        return answer

    def _read_said(self, token: str) -> str:
        mac, _, text = self.safety.cookie(request, SAID).partition(".")
        if not text or not hmac.compare_digest(
            mac.encode("utf-8", "replace"), self._mac(token, text).encode()
        ):
            return ""
        return base64.urlsafe_b64decode(text).decode()

    def _mac(self, token: str, text: str) -> str:
        return self.keys.staff_token("said", token.encode(), text.encode()).hex()

    def site(self) -> Site:
        """Where passkeys are for."""
        return self.safety.site(request)

    def require_work(self, visit: Visit, kind: str) -> Work:
        """A kind of work that somebody may do. Raises NoSuchWork, and NotAllowed where they may
        not."""
        found = [one for one in self.work if one.kind == kind]
        if not found:
            raise NoSuchWork
        self.rights.require(visit.member, found[0].permission)
        return found[0]

    def menu(self, visit: Visit) -> list[Page]:
        """The pages that somebody may look at, in their order."""
        shown = [
            page
            for page in self.pages
            if page.order is not None and self.may_open(visit.member, page)
        ]
        return sorted(shown, key=lambda page: (page.order or 0, page.name))

    def may_open(self, member: Member, page: Page) -> bool:
        first = page.routes[0]
        return any(
            scope.kind in first.scopes for scope in self.rights.scopes(member, first.permission)
        )


def load_pages(modules: Iterable[str]) -> tuple[Page, ...]:
    """The pages that those modules have as PAGE. Raises ValueError where two have one name."""
    pages = tuple(import_module(module).PAGE for module in modules)
    names = [page.name for page in pages]
    if len(set(names)) < len(names):
        raise ValueError(f"two pages have one name: {sorted(names)}")
    return pages


class _Web(Flask):
    """An application whose templates are in the languages of staff."""

    jinja_environment = Pages


def create_console(settings: Settings, database: Database, keys: Keyring) -> Flask:
    """The application. It connects to nothing until it is asked something."""
    from app.console.sign_in.views import blueprint as sign_in

    console = Console(settings, database, keys)
    web = _Web("console", static_folder=None, root_path=__file__.rpartition("/")[0])
    web.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAXIMUM
    web.config["MAX_FORM_MEMORY_SIZE"] = BODY_BYTES_MAXIMUM
    web.jinja_loader = Translated(_templates(console.pages))
    web.jinja_env.undefined = jinja2.StrictUndefined
    web.jinja_env.finalize = shown
    web.jinja_env.filters["word"] = word
    web.jinja_env.globals.update(_=lambda text: say(text, language()), languages=LANGUAGES)
    web.jinja_env.trim_blocks = web.jinja_env.lstrip_blocks = True
    for page in console.pages:
        web.jinja_env.globals.update(page.values)
        for number, route in enumerate(page.routes):
            web.add_url_rule(
                f"/console/{page.name}{route.path}".removesuffix("/home"),
                endpoint=f"{page.name}.{number}",
                view_func=partial(console.visit, route),
                methods=[route.method],
            )
    web.register_blueprint(sign_in(console))
    _answer_refusals(web, console)
    return web


def _templates(pages: tuple[Page, ...]) -> jinja2.BaseLoader:
    own = {page.name: jinja2.FileSystemLoader(page.folder) for page in pages}
    folder = __file__.rpartition("/")[0]
    own["sign_in"] = jinja2.FileSystemLoader(f"{folder}/sign_in")
    return jinja2.ChoiceLoader(
        [jinja2.FileSystemLoader(f"{folder}/templates"), jinja2.PrefixLoader(own)]
    )


def _answer_refusals(web: Flask, console: Console) -> None:
    """Every error is a page of one sentence, and never an exception's text."""

    def page_of(status: int, sentence: str) -> Response:
        page = render("error.html", status=status, sentence=say(sentence, language()))
        return Response(page, status)

    @web.before_request
    def listen() -> Response | None:
        if not console.safety.is_listened_to(request):
            return page_of(
                403, said("A demo's console works on the machine that Piga runs on alone.")
            )
        return None

    @web.after_request
    def harden(response: Response) -> Response:
        return console.safety.harden(response)

    @web.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        status = error.code or 500
        return page_of(status, _ERRORS.get(status, said("That cannot be answered.")))

    @web.errorhandler(NotAllowed)
    def not_allowed(error: NotAllowed) -> Response:
        return page_of(403, error.args[0])

    @web.errorhandler(StaffError)
    @web.errorhandler(ApprovalError)
    def sentence(error: Exception) -> Response:
        return page_of(409, error.args[0] if error.args else str(error))

    @web.errorhandler(Unavailable)
    @web.errorhandler(OutcomeUnknown)
    def away(error: Exception) -> Response:
        is_unknown = isinstance(error, OutcomeUnknown)
        lost = said("The database was lost while it answered: look whether it was done.")
        away = said("The database does not answer. Try again.")
        return page_of(503, lost if is_unknown else away)

    @web.errorhandler(Exception)
    def failed(fault: Exception) -> Response:
        log_fault("console", fault)
        return page_of(500, said("Something is wrong here. The server's log says what."))


def at_zone(zone: ZoneInfo, moment: datetime | uuid.UUID | None) -> str:
    """A moment in the business's own time; of an id of ours, when it was made."""
    if isinstance(moment, uuid.UUID):
        moment = made_at(moment)
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "–"


def age(since: datetime) -> str:
    """How long ago that was, in its largest unit: 5 min, 3 h, 12 d."""
    minutes = max(int((clock.now() - since).total_seconds() // 60), 0)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"
