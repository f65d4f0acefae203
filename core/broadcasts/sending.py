"""Who may send a broadcast: one officer to some people, two to more than the tenant's limit."""

import uuid
from typing import ClassVar, Final

from core.approvals import requests
from core.approvals.kinds import Done, Kind, Request, Shown
from core.approvals.requests import Officer
from core.broadcasts import broadcasts
from core.broadcasts.broadcasts import BROADCAST, Broadcast
from core.broadcasts.errors import NotNow
from core.db.database import Tx
from core.security.keyring import Keyring
from core.tenants.directory import Tenant

# To more people than this a second officer has to agree, unless the tenant says otherwise:
# `broadcast_alone` in its settings.
ALONE_PEOPLE_MAXIMUM: Final = 500


def alone_maximum(tenant: Tenant) -> int:
    """To how many people one officer may send alone."""
    return int(tenant.settings.get("broadcast_alone", ALONE_PEOPLE_MAXIMUM))


def send(
    tx: Tx, keys: Keyring, tenant: Tenant, broadcast_id: uuid.UUID, *, by: Officer, reason: str
) -> Request | None:
    """Send a draft: at once (None), or as a request of a second officer where it goes to more
    people than one may send to. Raises NoSuchBroadcast, NotNow, NoReason."""
    found = broadcasts.lock(tx, broadcast_id)
    _require_draft(found)
    if found.people > alone_maximum(tenant):
        asked = requests.ask(
            tx, keys, SEND, by=by, params={}, reason=reason, subject_id=broadcast_id
        )
        return asked.request
    broadcasts.start(tx, broadcast_id, by=by)
    return None


class Send(Kind):
    """A broadcast to more people than one officer may send to."""

    name: ClassVar[str] = "broadcast"
    life_s: ClassVar[int] = 48 * 60 * 60

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        found = _of(tx, request)
        words = found.words(keys)
        return Shown(
            f"broadcast to {found.people} people ({found.audience}):"
            f" {words.by_language[words.default]}",
            {"broadcast": found.state},
            {"broadcast": "running"},
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        found = _of(tx, request)
        _require_draft(found)
        # Both are in the trail: who asked with the request, who approved with the approval.
        broadcasts.start(tx, found.id, by=Officer(request.requested_by, "approved"))
        return Done({"broadcast": str(found.id), "people": str(found.people)})

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        _require_draft(_of(tx, request))


SEND: Final = Send()


def _of(tx: Tx, request: Request) -> Broadcast:
    assert request.subject_id is not None
    return broadcasts.get(tx, request.subject_id)


def _require_draft(found: Broadcast) -> None:
    if found.state != BROADCAST.initial:
        raise NotNow("sent", found.state)
