"""A shop asks for credit: the scorecard approves, refers it to staff, or refuses with reasons."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from core.audit.trail import record
from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.messaging.notices import write_notice
from core.orders.credit import accounts, history, scorecard
from core.orders.credit.errors import ApplicationGone, AppliedBefore, TooSoonToApply
from core.orders.credit.messages import CreditGiven, CreditRefused
from core.orders.credit.scorecard import APPROVED, REFERRED, REFUSED, Reason
from core.security.keyring import Keyring
from core.tenants import business
from values import names
from values.ids import uuid7
from values.money import Money

APPLICATION: Final = Lifecycle(
    "credit_application",
    initial="referred",
    transitions=[["approve", "referred", "approved"], ["refuse", "referred", "refused"]],
)
LISTED_MAXIMUM: Final = 100
_COLUMNS: Final = (
    "a.id, a.subscriber_id, a.state, a.score, a.limit_minor, a.currency, a.reasons::text,"
    " a.created_at, coalesce(a.decided_by, '')"
)
_DECIDED: Final = "decided_by = %s, decided_at = now(), limit_minor = %s"
_DECIDE: Final = {
    trigger: APPLICATION.advance(trigger, sets=_DECIDED, where="id = %s", returning="1")
    for trigger in ("approve", "refuse")
}


@dataclass(frozen=True, slots=True)
class Application:
    """`limit_minor` is what the scorecard proposes, and once approved what was given."""

    id: uuid.UUID
    subscriber_id: uuid.UUID
    state: str
    score: int
    limit_minor: int
    currency: str
    reasons: tuple[Reason, ...]
    created_at: datetime
    decided_by: str

    @property
    def limit(self) -> Money:
        return Money(self.limit_minor, self.currency)

    @property
    def against(self) -> tuple[Reason, ...]:
        """What cost most of the score."""
        outcome = scorecard.Scored(self.score, self.state, self.limit_minor, self.reasons)
        return outcome.against


def apply(tx: Tx, subscriber_id: uuid.UUID) -> Application:
    """Ask for credit. Raises NoCreditHere, AppliedBefore, TooSoonToApply."""
    terms, day = accounts.terms(tx), accounts.today(tx)
    tx.execute(
        "SELECT 1 FROM subscriber WHERE tenant_id = current_tenant() AND id = %s FOR UPDATE",
        (subscriber_id,),
    )
    before = latest(tx, subscriber_id)
    if accounts.find(tx, subscriber_id) is not None or (before and before.state == REFERRED):
        raise AppliedBefore
    if before is not None and before.state == REFUSED:
        zone = business.of_transaction(tx).zone
        again = before.created_at.astimezone(zone).date() + timedelta(days=terms.again_days)
        if day < again:
            raise TooSoonToApply(date=f"{again:%d/%m/%Y}")
    found = scorecard.score(terms, history.of_shop(tx, subscriber_id, terms, day))
    application_id, currency = uuid7(), business.of_transaction(tx).currency
    tx.execute(
        "INSERT INTO credit_application (tenant_id, id, subscriber_id, state, score, limit_minor,"
        " currency, reasons, decided_by, decided_at) VALUES (current_tenant(), %s, %s, %s, %s, %s,"
        " %s, %s, %s, CASE WHEN %s THEN now() END)",
        (
            *(application_id, subscriber_id, found.outcome, found.score, found.limit_minor),
            *(currency, msgspec.json.encode(found.reasons).decode()),
            *(None if found.outcome == REFERRED else "scorecard", found.outcome != REFERRED),
        ),
    )
    if found.outcome == APPROVED:
        _open(tx, subscriber_id, Money(found.limit_minor, currency), terms.days)
    return get(tx, application_id)


def approve(
    tx: Tx, application_id: uuid.UUID, limit_minor: int, *, actor: str, reason: str
) -> Application:
    """Staff give credit, at most what the terms allow; the shop is texted. Raises
    ApplicationGone."""
    terms = accounts.terms(tx)
    assert 0 < limit_minor <= terms.limit_maximum_minor
    if tx.one(_DECIDE["approve"], (actor, limit_minor, application_id)) is None:
        raise ApplicationGone
    found = get(tx, application_id)
    _open(tx, found.subscriber_id, found.limit, terms.days)
    detail = {"limit_minor": limit_minor, "reason": reason}
    record(tx, actor, "approve credit", application_id, detail)
    return found


def refuse(tx: Tx, application_id: uuid.UUID, *, actor: str, reason: str) -> Application:
    """Staff give none; the shop is texted. Raises ApplicationGone."""
    if tx.one(_DECIDE["refuse"], (actor, 0, application_id)) is None:
        raise ApplicationGone
    found = get(tx, application_id)
    write_notice(tx, found.subscriber_id, CreditRefused())
    record(tx, actor, "refuse credit", application_id, {"reason": reason})
    return found


def _open(tx: Tx, subscriber_id: uuid.UUID, limit: Money, days: int) -> None:
    tx.execute(
        "INSERT INTO trade_credit (tenant_id, subscriber_id, limit_minor, currency, days)"
        " VALUES (current_tenant(), %s, %s, %s, %s)",
        (subscriber_id, limit.amount_minor, limit.currency, days),
    )
    write_notice(tx, subscriber_id, CreditGiven(limit=limit, days=days))


def get(tx: Tx, application_id: uuid.UUID) -> Application:
    """Raises ApplicationGone."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM credit_application a WHERE a.tenant_id = current_tenant()"
        " AND a.id = %s",
        (application_id,),
    )
    if row is None:
        raise ApplicationGone
    return _read(row)


def latest(tx: Tx, subscriber_id: uuid.UUID) -> Application | None:
    """What somebody asked for last."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM credit_application a WHERE a.tenant_id = current_tenant()"
        " AND a.subscriber_id = %s ORDER BY a.created_at DESC, a.id DESC LIMIT 1",
        (subscriber_id,),
    )
    return None if row is None else _read(row)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application that staff decide, and what the shop is called by others."""

    application: Application
    shop: str


def waiting(tx: Tx, keys: Keyring) -> list[Waiting]:
    """What staff have to decide, the oldest first."""
    rows = tx.all(
        f"SELECT s.name_sealed, {_COLUMNS} FROM credit_application a JOIN subscriber s"
        " ON s.tenant_id = a.tenant_id AND s.id = a.subscriber_id"
        " WHERE a.tenant_id = current_tenant() AND a.state = 'referred'"
        f" ORDER BY a.created_at, a.id LIMIT {LISTED_MAXIMUM}"
    )
    return [
        Waiting(_read(rest), names.shown(keys.open(sealed, rest[1].bytes)) if sealed else "")
        for sealed, *rest in rows
    ]


def _read(row: Sequence[Any]) -> Application:
    id, subscriber_id, state, points, limit_minor, currency, reasons, at, by = row
    read = msgspec.json.decode(reasons, type=tuple[Reason, ...])
    return Application(
        id, subscriber_id, state, points, limit_minor, currency, read, created_at=at, decided_by=by
    )
