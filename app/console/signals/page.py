"""Signs of fraud by agents that wait for somebody's judgement, each with its reason."""

import uuid
from collections.abc import Iterable
from pathlib import Path

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.agents import signal_queue
from core.db.database import Tx
from core.security.keyring import Keyring
from core.staff import work
from core.staff.roles import Permission
from core.staff.work import Item, Work

KIND = "agent_signal"
LOOK = Permission(
    "signals.look",
    "see signs of fraud by agents",
    ("company_admin", "operator", "treasurer", "auditor"),
)
JUDGE = Permission(
    "signals.judge",
    "say whether a sign of fraud was one",
    ("company_admin", "operator", "treasurer"),
    changes=True,
)


def listed(visit: Visit) -> Response:
    found = signal_queue.waiting(visit.tx)
    return visit.show("signals/list.html", found=found, may_judge=visit.may(JUDGE))


def judged(visit: Visit, id: uuid.UUID) -> Response:
    why = visit.reason()
    work.require_free(visit.tx, KIND, id, by=visit.member)
    is_fraud = visit.form.get("was") == "fraud"
    done = signal_queue.judge(visit.tx, id, is_fraud=is_fraud, actor=visit.member.actor, why=why)
    return visit.go("signals", "It is written down." if done else "Somebody judged it before.")


def _waiting(tx: Tx, keys: Keyring) -> Iterable[Item]:
    for one in signal_queue.waiting(tx):
        yield Item(KIND, one.id, one.sentence, one.first_at, "signals")


PAGE = Page(
    name="signals",
    title="Signs of fraud",
    folder=Path(__file__).parent,
    order=51,
    changes="work",
    routes=(
        Route("", listed, LOOK),
        Route("/<uuid:id>/judge", judged, JUDGE, method="POST"),
    ),
    work=(Work(KIND, "A sign of fraud waits for judgement", JUDGE, _waiting),),
)
