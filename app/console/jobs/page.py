"""Jobs that were given up on after many tries: looked at, and tried again."""

import uuid
from collections.abc import Iterable
from pathlib import Path

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.db.database import Tx
from core.security.keyring import Keyring
from core.staff import dead_jobs, work
from core.staff.roles import Permission
from core.staff.work import Item, Work
from values.said import said

KIND = "job"
LOOK = Permission("jobs.look", "see jobs that were given up on", ("company_admin", "auditor"))
RETRY = Permission("jobs.retry", "have a job tried again", ("company_admin",), changes=True)


def listed(visit: Visit) -> Response:
    found = dead_jobs.listed(visit.tx, before=visit.asked_id("before"))
    return visit.show(
        "jobs/list.html",
        jobs=found,
        may_retry=visit.may(RETRY),
        older=found[-1].id if len(found) == dead_jobs.LISTED else None,
    )


def retry(visit: Visit, id: uuid.UUID) -> Response:
    work.require_free(visit.tx, KIND, id, by=visit.member)
    done = dead_jobs.retry(visit.tx, id, actor=visit.member.actor)
    return visit.go("jobs", "It is tried again." if done else "It was tried again before.")


def _waiting(tx: Tx, keys: Keyring) -> Iterable[Item]:
    for job in dead_jobs.listed(tx):
        yield Item(
            KIND,
            job.id,
            said("Given up on after {count} tries: {kind}", count=job.attempts, kind=job.kind),
            job.since,
            "jobs",
        )


PAGE = Page(
    name="jobs",
    title="Jobs",
    folder=Path(__file__).parent,
    order=60,
    changes="work",
    routes=(
        Route("", listed, LOOK),
        Route("/<uuid:id>/retry", retry, RETRY, method="POST"),
    ),
    work=(Work(KIND, "A job was given up on", RETRY, _waiting),),
)
