"""What every answer of the console carries, and what a request must before it is listened to."""

import hmac
import re
from typing import Final
from urllib.parse import urlsplit

from flask import Request, Response, request

from app.demo.phone.guard import is_local, is_same_origin
from app.settings import Settings
from core.security.keyring import Keyring
from core.staff.passkeys import Site

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; font-src 'none'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With no-referrer a browser sends forms with the origin "null", like those of any other site.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
HSTS: Final = "max-age=31536000"

SESSION: Final = "piga-console"
BEFORE: Final = "piga-before"  # a browser that has not signed in yet
DEVICE: Final = "piga-device"
SAID: Final = "piga-said"

# A path of the console, and what it asks; nothing that leads elsewhere, by whichever notation.
_OWN_PATH: Final = re.compile(
    r"/console(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*(\?[A-Za-z0-9=&._~%+-]*)?"
)


class Safety:
    """Cookies, headers and forms, for these settings. Cookies are Secure but in a demo, which is on
    loopback alone."""

    def __init__(self, settings: Settings, keys: Keyring) -> None:
        self._settings = settings
        self._keys = keys
        self._is_secure = not settings.demo

    def harden(self, response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if elsewhere := urlsplit(self.live_url(request)).netloc:
            policy = response.headers["Content-Security-Policy"]
            connects = f"connect-src 'self' http://{elsewhere}"
            response.headers["Content-Security-Policy"] = policy.replace(
                "connect-src 'self'", connects
            )
        if self._is_secure:
            response.headers["Strict-Transport-Security"] = HSTS
        return response

    # -- cookies -----------------------------------------------------------------------------------

    def cookie(self, request: Request, name: str) -> str:
        return request.cookies.get(self._named(name), "")

    def set_cookie(
        self, response: Response, name: str, value: str, *, for_s: int | None = None
    ) -> None:
        response.set_cookie(
            self._named(name),
            value,
            max_age=for_s,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="Strict" if name != SESSION else "Lax",
        )

    def drop_cookie(self, response: Response, name: str) -> None:
        response.delete_cookie(
            self._named(name),
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="Strict" if name != SESSION else "Lax",
        )

    def _named(self, name: str) -> str:
        """A browser takes `__Host-` from this very host alone, over https and for all paths."""
        return f"__Host-{name}" if self._is_secure else name

    # -- forms -------------------------------------------------------------------------------------

    def form_token(self, cookie: str) -> str:
        """What a form carries so that no other site's page sends it: made of the cookie."""
        return self._keys.staff_token("form", cookie.encode("utf-8", "surrogatepass")).hex()

    def is_own_form(self, request: Request, cookie: str) -> bool:
        """Whether a form is from a page of ours that this very browser was shown."""
        given = request.form.get("form_token", "").encode("utf-8", "surrogatepass")
        is_ours = hmac.compare_digest(given, self.form_token(cookie).encode())
        return bool(cookie) and is_ours and is_same_origin(request)

    def live_url(self, request: Request) -> str:
        """Where changes are told, or "" where they are not. Whoever runs Piga has it at our own
        address; in a demo nobody stands before the two servers, and it is at another port."""
        if self._settings.demo and self._settings.has_live:
            host = urlsplit(f"//{request.host}").hostname or ""
            host = f"[{host}]" if ":" in host else host
            return f"http://{host}:{self._settings.listens_live_at}/console/live"
        return "/console/live" if self._settings.has_live else ""

    # -- where we are ------------------------------------------------------------------------------

    def is_listened_to(self, request: Request) -> bool:
        """A demo's console is for this machine alone; another's for all who reach it."""
        return self._is_secure or is_local(request)

    def site(self, request: Request) -> Site:
        """Where passkeys are for: the public address; in a demo, the name in the address bar."""
        if self._is_secure:
            base = urlsplit(self._settings.public_url or self._settings.url)
            return Site(base.hostname or "", f"{base.scheme}://{base.netloc}")
        host = urlsplit(f"//{request.host}").hostname or ""
        return Site(host, f"{request.scheme}://{request.host}")


def own_path(asked: str) -> str:
    """Where to go on after signing in: the path that was asked for, where it is one of the
    console's; else its first page."""
    return asked if _OWN_PATH.fullmatch(asked) else "/console"
