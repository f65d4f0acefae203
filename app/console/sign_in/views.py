"""The pages of who is not signed in, and signing out. They are no `Page`: nobody is asked here what
they may, and each form is checked against a cookie that the browser had before."""

import os
import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, request, send_from_directory
from werkzeug.wrappers import Response as Answer

from app.console.safety import BEFORE, DEVICE, SAID, SESSION, own_path
from app.console.texts.templates import render
from app.demo.phone.guard import is_local
from core.audit.trail import record
from core.security import tokens
from core.staff import members, passkeys, passwords, sessions
from core.staff.errors import LinkIsOver, SignInRefused, StaffError, TooManyTries
from core.staff.passwords import DEVICE_S, SignedIn
from core.tenants import business

if TYPE_CHECKING:
    from app.console.application import Console

SLUG_CHARS_MAXIMUM = 40


def blueprint(console: "Console") -> Blueprint:
    """`/console/sign-in`, `/console/welcome/LINK`, `/console/sign-out`, and static files."""
    pages = Blueprint("sign_in", __name__)
    views = SignIn(console)
    rules = (
        ("/", "GET", views.front),
        ("/sign-in", "GET", views.form),
        ("/sign-in", "POST", views.by_password),
        ("/sign-in/passkey", "GET", views.challenge),
        ("/sign-in/passkey", "POST", views.by_passkey),
        ("/sign-in/demo", "POST", views.by_name),
        ("/sign-out", "POST", views.sign_out),
        ("/welcome/<link>", "GET", views.welcome),
        ("/welcome/<link>", "POST", views.choose_password),
        ("/welcome/<link>/passkey", "GET", views.offer),
        ("/welcome/<link>/passkey", "POST", views.choose_passkey),
        ("/static/<path:name>", "GET", views.static),
    )
    for path, method, view in rules:
        pages.add_url_rule(f"/console{path}", view_func=view, methods=[method])
    return pages


class SignIn:
    """The views, on what the console stands on."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._safety = console.safety

    # -- signing in --------------------------------------------------------------------------------

    def front(self) -> Answer:
        return redirect("/console", 308)

    def form(self) -> Answer:
        return self._show_form("")

    def by_password(self) -> Answer:
        before = self._require_own_form()
        form = request.form
        try:
            signed_in = passwords.sign_in(
                self._console.database,
                self._console.keys,
                tenant_id=self._tenant_id(form.get("business", "")),
                handle=form.get("handle", "")[:SLUG_CHARS_MAXIMUM],
                password=form.get("password", ""),
                code=form.get("code", "")[:SLUG_CHARS_MAXIMUM],
                place=request.remote_addr or "",
                device=self._safety.cookie(request, DEVICE),
                trust="trust" in form,
            )
        except (SignInRefused, TooManyTries) as refused:
            return self._show_form(str(refused), status=403, before=before)
        return self._go_in(signed_in, own_path(form.get("next", "")))

    def challenge(self) -> Answer:
        before = self._safety.cookie(request, BEFORE)
        if not before:
            abort(400)
        return _json(passkeys.ask(self._console.keys, self._safety.site(request), bound_to=before))

    def by_passkey(self) -> Answer:
        before = self._require_own_form()
        try:
            signed_in = passkeys.sign_in(
                self._console.database,
                self._console.keys,
                self._safety.site(request),
                request.form.get("answer", ""),
                bound_to=before,
                place=request.remote_addr or "",
            )
        except (SignInRefused, TooManyTries) as refused:
            return self._show_form(str(refused), status=403, before=before)
        return self._go_in(signed_in, own_path(request.form.get("next", "")))

    def by_name(self) -> Answer:
        """In a demo, which is on loopback alone: be one of its staff."""
        self._require_own_form()
        if not self._console.settings.demo or not is_local(request):
            abort(404)
        tenant_id = self._tenant_id(request.form.get("business", ""))
        if tenant_id is None:
            abort(404)
        with self._console.database.transaction(tenant_id) as tx:
            member = members.find(tx, request.form.get("handle", ""))
            token = sessions.begin(tx, self._console.keys, member, "demo")
        return self._go_in(SignedIn(member, token), "/console")

    def sign_out(self) -> Answer:
        token = self._safety.cookie(request, SESSION)
        tenant_id = tokens.tenant_of(token)
        if tenant_id is None or not self._safety.is_own_form(request, token):
            abort(400)
        with self._console.database.transaction(tenant_id) as tx:
            member = sessions.find(tx, self._console.keys, token)
            sessions.end(tx, self._console.keys, token)
            if member is not None:
                record(tx, member.actor, "sign out", member.id, {})
        answer = redirect("/console/sign-in", 303)
        assert isinstance(answer, Response)
        self._safety.drop_cookie(answer, SESSION)
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    # -- a link's first use ------------------------------------------------------------------------

    def welcome(self, link: str) -> Answer:
        return self._show_welcome(link, "")

    def choose_password(self, link: str) -> Answer:
        before = self._require_own_form()
        console, form = self._console, request.form
        tenant_id = _tenant_of_link(link)
        try:
            signed_in, codes = passwords.choose(
                console.database,
                console.keys,
                tenant_id=tenant_id,
                link=link,
                password=form.get("password", ""),
                code=form.get("code", ""),
            )
        except LinkIsOver:
            raise
        except StaffError as refused:
            return self._show_welcome(link, str(refused), status=400, before=before)
        page = render("sign_in/codes.html", codes=codes, handle=signed_in.member.handle)
        answer = Response(page)
        self._carry(answer, signed_in)
        return answer

    def offer(self, link: str) -> Answer:
        tenant_id = _tenant_of_link(link)
        with self._console.database.transaction(tenant_id) as tx:
            site = self._safety.site(request)
            return _json(passkeys.offer_by_link(tx, self._console.keys, site, link))

    def choose_passkey(self, link: str) -> Answer:
        before = self._require_own_form()
        tenant_id = _tenant_of_link(link)
        try:
            signed_in = passkeys.keep_by_link(
                self._console.database,
                self._console.keys,
                self._safety.site(request),
                tenant_id=tenant_id,
                link=link,
                answer=request.form.get("answer", ""),
            )
        except SignInRefused:
            sentence = "That passkey could not be kept. Try again, or choose a password."
            return self._show_welcome(link, sentence, status=400, before=before)
        return self._go_in(signed_in, "/console")

    def static(self, name: str) -> Answer:
        answer = send_from_directory("static", name, max_age=3600)
        answer.headers["Cache-Control"] = "public, max-age=3600"
        return answer

    # -- what they share ---------------------------------------------------------------------------

    def _show_form(self, sentence: str, *, status: int = 200, before: str = "") -> Response:
        before = before or self._safety.cookie(request, BEFORE) or os.urandom(24).hex()
        given = request.form if request.method == "POST" else request.args
        answer = Response(
            render(
                "sign_in/form.html",
                form_token=self._safety.form_token(before),
                sentence=sentence,
                next=own_path(given.get("next", "")),
                business=given.get("business", "")[:SLUG_CHARS_MAXIMUM],
                handle=given.get("handle", "")[:SLUG_CHARS_MAXIMUM],
                demo_staff=self._demo_staff(),
            ),
            status,
        )
        self._safety.set_cookie(answer, BEFORE, before)
        return answer

    def _show_welcome(
        self, link: str, sentence: str, *, status: int = 200, before: str = ""
    ) -> Response:
        before = before or self._safety.cookie(request, BEFORE) or os.urandom(24).hex()
        tenant_id = _tenant_of_link(link)
        with self._console.database.transaction(tenant_id) as tx:
            member = members.invited(tx, self._console.keys, link)
            name = business.of_transaction(tx).name
        secret = passwords.totp_secret(self._console.keys, link)
        answer = Response(
            render(
                "sign_in/welcome.html",
                form_token=self._safety.form_token(before),
                sentence=sentence,
                link=link,
                handle=member.handle,
                business=name,
                secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
                uri=passwords.totp_uri(secret, handle=member.handle, business=name),
            ),
            status,
        )
        self._safety.set_cookie(answer, BEFORE, before)
        return answer

    def _require_own_form(self) -> str:
        before = self._safety.cookie(request, BEFORE)
        if not self._safety.is_own_form(request, before):
            abort(400)
        return before

    def _go_in(self, signed_in: SignedIn, path: str) -> Response:
        answer = redirect(path, 303)
        assert isinstance(answer, Response)
        self._carry(answer, signed_in)
        return answer

    def _carry(self, answer: Response, signed_in: SignedIn) -> None:
        """The new session's token; what the browser had before is over."""
        old = self._safety.cookie(request, SESSION)
        tenant_id = tokens.tenant_of(old)
        if tenant_id is not None:
            with self._console.database.transaction(tenant_id) as tx:
                sessions.end(tx, self._console.keys, old)
        self._safety.set_cookie(answer, SESSION, signed_in.session)
        if signed_in.device:
            self._safety.set_cookie(answer, DEVICE, signed_in.device, for_s=DEVICE_S)
        for name in (BEFORE, SAID):
            self._safety.drop_cookie(answer, name)

    def _tenant_id(self, slug: str) -> uuid.UUID | None:
        slug = slug.strip().lower()[:SLUG_CHARS_MAXIMUM]
        return business.find(self._console.database, slug)

    def _demo_staff(self) -> list[tuple[str, str, str]]:
        """Whom one can be in a demo: business, name and roles."""
        if not self._console.settings.demo or not is_local(request):
            return []
        from app.demo.staff import demo_staff

        return demo_staff(self._console.database)


def _tenant_of_link(link: str) -> uuid.UUID:
    tenant_id = tokens.tenant_of(link)
    if tenant_id is None:
        raise LinkIsOver
    return tenant_id


def _json(text: str) -> Response:
    return Response(text, content_type="application/json")
