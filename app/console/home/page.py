"""The work queue: what waits for a human, who has it in hand, and until when."""

import uuid
from pathlib import Path

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from app.console.people.page import money
from core.staff import work
from core.staff.roles import ROLES, Permission, ScopeKind
from values.said import said

LOOK = Permission("home.look", "see what waits for oneself", tuple(ROLES))
TAKE = Permission(
    "home.take",
    "take in hand what waits",
    (
        *("company_admin", "regional_manager", "station_manager", "operator"),
        *("organisation_staff", "treasurer"),
    ),
    changes=True,
)
# The queue is asked for again, without a script: it has no field that somebody could be writing in.
LOOK_AGAIN_S = 30
ANYWHERE: tuple[ScopeKind, ...] = ("tenant", "organisation", "region", "station")


def queue(visit: Visit) -> Response:
    """Only what somebody may do something about within the whole tenant: what waits does not say
    whose organisation's it is."""
    kinds = [kind for kind in visit.console.work if visit.rights.may(visit.member, kind.permission)]
    return visit.show_again(
        *("home/queue.html", "", LOOK_AGAIN_S),
        items=work.queue(visit.tx, visit.keys, kinds),
        titles={kind.kind: kind.title for kind in kinds},
        may_take=visit.may(TAKE),
        most=work.LISTED_MAXIMUM,
    )


def take(visit: Visit, kind: str, id: uuid.UUID) -> Response:
    of = visit.console.require_work(visit, kind)
    if of.take is not None:
        of.take(visit.tx, id, visit.member)
        return visit.go("", "It is yours until you let it go.")
    work.claim(visit.tx, kind, id, by=visit.member, for_s=of.claim_s)
    if of.claim_s != work.CLAIM_S:
        return visit.go("", said("It is yours for {seconds} seconds.", seconds=of.claim_s))
    return visit.go("", "It is yours for ten minutes.")


def let_go(visit: Visit, kind: str, id: uuid.UUID) -> Response:
    of = visit.console.require_work(visit, kind)
    if of.let_go is not None:
        of.let_go(visit.tx, id, visit.member)
    else:
        work.let_go(visit.tx, kind, id, by=visit.member)
    return visit.go("", "It is in the queue again.")


PAGE = Page(
    name="home",
    title="Work",
    folder=Path(__file__).parent,
    order=0,
    changes="work messages payments",
    routes=(
        Route("", queue, LOOK, scopes=ANYWHERE),
        Route("/<kind>/<uuid:id>/take", take, TAKE, method="POST", scopes=ANYWHERE),
        Route("/<kind>/<uuid:id>/let-go", let_go, TAKE, method="POST", scopes=ANYWHERE),
    ),
    values={"money": money},
)
