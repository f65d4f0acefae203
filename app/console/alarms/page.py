"""Alarms of the business: what the house noticed, and a person's call for help, which is first."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from werkzeug.wrappers import Response

from app.console.page import Page, Route, Visit
from core.alarms import alarms
from core.audit.trail import record
from core.db.database import Tx
from core.security.keyring import Keyring
from core.staff import work
from core.staff.roles import Permission
from core.staff.work import URGENT_CLAIM_S, Item, Work

KIND, SOS = work.ALARM, "sos"
LOOK = Permission("alarms.look", "see open alarms", ("company_admin", "operator", "auditor"))
CLOSE = Permission(
    "alarms.close", "close an alarm that was looked at", ("company_admin", "operator"), changes=True
)


def listed(visit: Visit) -> Response:
    found = sorted(alarms.open_of_tenant(visit.tx), key=lambda one: not one.is_sos)
    return visit.show("alarms/list.html", alarms=found, may_close=visit.may(CLOSE))


def close(visit: Visit, id: uuid.UUID) -> Response:
    reason = visit.reason()
    for kind in (KIND, SOS):
        work.require_free(visit.tx, kind, id, by=visit.member)
    done = alarms.close_of_tenant(visit.tx, id, actor=visit.member.actor)
    record(visit.tx, visit.member.actor, "close alarm", id, {"reason": reason})
    return visit.go("alarms", "It is closed." if done else "It was closed before.")


def _calls_for_help(tx: Tx, keys: Keyring) -> Iterable[Item]:
    for one in alarms.open_of_tenant(tx):
        if one.is_sos:
            due = one.first_at + timedelta(seconds=URGENT_CLAIM_S)
            yield Item(SOS, one.id, one.sentence, one.first_at, "alarms", due)


def _others(tx: Tx, keys: Keyring) -> Iterable[Item]:
    for one in alarms.open_of_tenant(tx):
        if not one.is_sos:
            yield Item(KIND, one.id, one.sentence, one.first_at, "alarms")


PAGE = Page(
    name="alarms",
    title="Alarms",
    folder=Path(__file__).parent,
    order=5,
    changes="work",
    routes=(Route("", listed, LOOK), Route("/<uuid:id>/close", close, CLOSE, method="POST")),
    work=(
        Work(SOS, "Somebody calls for help", CLOSE, _calls_for_help, claim_s=URGENT_CLAIM_S),
        Work(KIND, "An alarm is open", CLOSE, _others),
    ),
)
