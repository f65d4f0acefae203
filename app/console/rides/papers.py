"""Papers of drivers that wait: what they say, the pictures, and what is in force until then."""

import uuid
from collections.abc import Iterable
from typing import Final

from werkzeug.wrappers import Response

from app.console.messages import sent_files
from app.console.messages.sent_files import SEE_FILES
from app.console.page import Visit
from app.console.rides.rights import PAPERS
from core.audit.trail import record
from core.db.database import Tx
from core.rides import papers, rides
from core.security.keyring import Keyring
from core.staff import work
from core.staff.work import Item
from values import clock
from values.said import said

KIND: Final = "rider_papers"


def listed(visit: Visit) -> Response:
    found = papers.waiting(visit.tx)
    record(visit.tx, visit.member.actor, "look at papers", None, {"papers": len(found)})
    who = {one.subscriber_id for one in found} | {one.brought_by for one in found}
    return visit.show(
        "rides/papers.html",
        found=found,
        names={id: rides.name_of(visit.tx, visit.keys, id) for id in who},
        file_link=sent_files.links(visit),
        may_decide=visit.may(PAPERS),
        may_see_files=visit.may(SEE_FILES),
    )


def decided(visit: Visit, id: uuid.UUID) -> Response:
    work.require_free(visit.tx, KIND, id, by=visit.member)
    if visit.form.get("became") == "accepted":
        today = clock.now(visit.business.zone).date()
        papers.accept(visit.tx, id, today=today, actor=visit.member.actor)
    else:
        papers.refuse(visit.tx, id, actor=visit.member.actor, reason=visit.reason())
    return visit.go("rides/papers", "They are texted.")


def waiting(tx: Tx, keys: Keyring) -> Iterable[Item]:
    """What of it waits for a human."""
    for one in papers.waiting(tx):
        what = said("Papers of plate {plate}.", plate=one.papers.plate)
        yield Item(KIND, one.id, what, one.brought_at, "rides/papers")
