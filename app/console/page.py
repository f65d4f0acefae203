"""What a page of the console is: a value that a folder brings.

    PAGE = Page(
        name="notes",
        title="Notes",
        folder=Path(__file__).parent,
        routes=(Route("", notes, LOOK), Route("/<uuid:id>", change, CHANGE, method="POST")),
    )

A domain names the module that has it in `Domain.pages`. A view is given a `Visit` and what its path
says; it answers `visit.show(...)` or `visit.go(...)`.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.wrappers import Response

from core.approvals import requests
from core.approvals.errors import NoReason
from core.approvals.kinds import Kind, Request
from core.db.database import Tx
from core.security.keyring import Keyring
from core.staff.roles import Member, Permission, Rights, Scope, ScopeKind
from core.staff.work import Work
from core.tenants.business import Business

REASON_CHARS_MAXIMUM = 200
BODY_BYTES_MAXIMUM = 64 * 1024
# In the address of a page that the browser asks for again by itself: that keeps no session alive.
BY_ITSELF = "again"


@dataclass(slots=True)
class Visit:
    """A request of somebody who is signed in, and may do what its route asks.

    `tx` is committed when the view has answered. `scopes` is where they may: the whole tenant, or
    those scopes that the route can keep to. `token` is the session's.
    """

    tx: Tx
    keys: Keyring
    member: Member
    business: Business
    rights: Rights
    scopes: tuple[Scope, ...]
    token: str
    form: MultiDict[str, str]
    args: MultiDict[str, str]
    files: MultiDict[str, FileStorage]
    console: Any = field(repr=False)

    @property
    def sees_everything(self) -> bool:
        """Whether they may within the whole tenant, and not within a part of it alone."""
        return any(scope.kind == "tenant" for scope in self.scopes)

    def may(self, permission: Permission) -> bool:
        """Whether they may do something else as well, somewhere."""
        return bool(self.rights.scopes(self.member, permission))

    def asked_id(self, name: str) -> uuid.UUID | None:
        """An id that the address asks for, as `?before=…`; None where it has none."""
        try:
            return uuid.UUID(self.args.get(name, ""))
        except ValueError:
            return None

    def reason(self) -> str:
        """Why it is done, as the form says. Raises NoReason."""
        reason = " ".join(self.form.get("reason", "")[:REASON_CHARS_MAXIMUM].split())
        if not reason:
            raise NoReason
        return reason

    def ask_for(
        self, kind: Kind, subject_id: uuid.UUID, params: Mapping[str, Any] | None = None
    ) -> Request:
        """Ask for something that a second person decides, for the form's reason. Raises NoReason,
        and what `kind.asked` raises."""
        asked = requests.ask(
            self.tx,
            self.keys,
            kind,
            by=self.member.officer,
            params=params or {},
            reason=self.form.get("reason", ""),
            subject_id=subject_id,
        )
        return asked.request

    def show(self, template: str, **values: Any) -> Response:
        """A page made of a template in the page's own folder: "notes/list.html"."""
        response: Response = self.console.show(self, template, values)
        return response

    def show_again(self, template: str, path: str, after_s: int, **values: Any) -> Response:
        """A page of that address, for which the browser asks again after so many seconds."""
        page = self.show(template, **values)
        page.headers["Refresh"] = f"{after_s}; url={f'/console/{path}'.rstrip('/')}?{BY_ITSELF}=1"
        return page

    def go(self, path: str, said: str = "") -> Response:
        """On to another page of the console, such as "people": after something was done. That page
        shows `said`, once."""
        response: Response = self.console.go(self, path, said)
        return response


View = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Route:
    """An address of a page, below the page's own: what it asks for, and its view. `scopes` are the
    kinds that the view can keep to (`Visit.scopes`); who has none of them is refused. A form that
    brings a file says in `body_bytes` how large it may be."""

    path: str
    view: View
    permission: Permission
    method: Literal["GET", "POST"] = "GET"
    scopes: tuple[ScopeKind, ...] = ("tenant",)
    body_bytes: int = BODY_BYTES_MAXIMUM

    def __post_init__(self) -> None:
        if self.permission.changes and self.method == "GET":
            raise ValueError(f"{self.path} changes something by being looked at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A folder of the console. `name` is its address: /console/NAME. `order` is its place in the
    menu; None keeps it out. `changes` are words of what changes (`core/live/push.py`) at which its
    first page is shown anew. `work` is what of it waits for somebody, for the work queue; `more` is
    what else may be asked (`Visit.may`) beside what its routes ask. `values` are for its templates.
    """

    name: str
    title: str
    folder: Path
    routes: tuple[Route, ...]
    order: int | None = 100
    changes: str = ""
    work: tuple[Work, ...] = ()
    more: tuple[Permission, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def permissions(self) -> tuple[Permission, ...]:
        asked = [route.permission for route in self.routes]
        return tuple(dict.fromkeys((*asked, *(one.permission for one in self.work), *self.more)))
