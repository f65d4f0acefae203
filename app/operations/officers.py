"""Officers at the command line, and what they decide on, in words."""

import contextlib
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from app.errors import OperatorError
from app.operations.tenants import operator
from core.approvals import requests
from core.approvals.errors import ApprovalError
from core.approvals.kinds import Kind, Request, Shown, shown
from core.approvals.requests import Officer
from core.db.database import Tx
from core.security.keyring import Keyring


def as_officer(name: str) -> Officer:
    """The officer by that name, at this command line. Raises ApprovalError."""
    return requests.officer(name, operator())


def whole(base_url: str, handover: str) -> str:
    """What is handed over, as its reader needs it: a path here as the whole address."""
    return f"{base_url.rstrip('/')}{handover}" if handover.startswith("/") else handover


@contextlib.contextmanager
def plainly() -> Iterator[None]:
    """Tell in one sentence why an officer's word is not taken."""
    try:
        yield
    except ApprovalError as refused:
        raise OperatorError(str(refused)) from None


def described(tx: Tx, keys: Keyring, kinds: Mapping[str, Kind], request: Request) -> list[str]:
    """A request as lines for an officer: who asks for what and why, and what it would change."""
    row = tx.one("SELECT time_zone FROM tenant WHERE id = current_tenant()")
    zone = ZoneInfo(str(row[0]) if row else "UTC")
    kind = kinds.get(request.kind)
    if kind is None:
        raise OperatorError(f"No domain of this installation brings {request.kind}.")
    what, *changes = changes_of(shown(kind, tx, keys, request))
    until = request.expires_at.astimezone(zone)
    return [
        f"{request.id}  {what}",
        f"    asked by {request.requested_by}: {request.reason}",
        *changes,
        f"    until {until:%Y-%m-%d %H:%M}",
    ]


def changes_of(shown: Shown) -> list[str]:
    """What it is, and under it a line for each thing that would be another."""
    lines = [shown.what]
    for name in dict.fromkeys((*shown.before, *shown.after)):
        lines.append(f"    {name}: {shown.before.get(name, '-')} -> {shown.after.get(name, '-')}")
    return lines
