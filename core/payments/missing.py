"""Money that somebody says is missing: noted with what they know of it, and answered by staff.

    open ──► found       it is where it belongs; its person is texted
       └───► not_found   nothing of it reached us; its person is texted whom to call

A report moves no money: staff look for it among the exceptions and at the provider, and settle it
there. The same report again is the same one.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.messaging.notices import write_notice
from core.payments.errors import TooManyReports
from core.payments.messages import MissingMoneyFound, MissingMoneyNotFound
from core.payments.wallets import of_tenant
from core.tenants.directory import Tenant
from values import clock
from values.ids import uuid7
from values.money import Money

MISSING: Final = Lifecycle(
    "missing_money",
    initial="open",
    transitions=[["find", "open", "found"], ["give_up", "open", "not_found"]],
)
ANSWER_WITHIN: Final = timedelta(hours=48)
# More than anybody pays by phone, in any currency.
AMOUNT_MAXIMUM_MINOR: Final = 10**11
# So many of one person wait at once.
OPEN_MAXIMUM: Final = 5
LISTED_MAXIMUM: Final = 200


@dataclass(frozen=True, slots=True)
class Report:
    """One of them. `txid` is "" where the person has none; `file_id` is a picture of the network's
    message; `exception_id` is the money in question that has this id, if there is one."""

    id: uuid.UUID
    subscriber_id: uuid.UUID
    amount: Money
    txid: str
    file_id: uuid.UUID | None
    answer_by: datetime
    created_at: datetime
    exception_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A payment that its person has already."""

    amount: Money
    at: datetime


def arrived(tx: Tx, tenant: Tenant, subscriber_id: uuid.UUID, txid: str) -> Arrived | None:
    """The payment of that id, where it is on an account of this person; nobody else's is told."""
    row = tx.one(
        "SELECT m.amount_minor, m.currency, m.happened_at FROM provider_movement m"
        " WHERE m.tenant_id = current_tenant() AND m.provider_txid = %(txid)s"
        " AND m.wallet IN (SELECT wallet FROM text_device WHERE tenant_id = current_tenant()"
        "  UNION SELECT unnest(%(wallets)s::text[]))"
        " AND m.amount_minor > 0 AND m.state = 'allocated'"
        " AND EXISTS (SELECT FROM account a JOIN posting p ON p.tenant_id = a.tenant_id"
        "  AND p.account_id = a.id AND p.entry_id IN (m.entry_id, m.allocation_id)"
        "  WHERE a.tenant_id = current_tenant() AND a.owner_id = %(person)s)"
        " ORDER BY m.happened_at DESC LIMIT 1",
        {
            "txid": txid,
            "wallets": [wallet.code for wallet in of_tenant(tenant)],
            "person": subscriber_id,
        },
    )
    return Arrived(Money(row[0], row[1]), row[2]) if row else None


def report(
    tx: Tx, subscriber_id: uuid.UUID, amount: Money, txid: str, file_id: uuid.UUID | None
) -> datetime:
    """Note that money is missing; when it is answered at the latest. Raises TooManyReports."""
    # Two reports of one person at once would both count what is there.
    tx.one(
        "SELECT 1 FROM subscriber WHERE tenant_id = current_tenant() AND id = %s FOR UPDATE",
        (subscriber_id,),
    )
    known = tx.one(
        "UPDATE missing_money SET file_id = coalesce(%s, file_id)"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s AND amount_minor = %s"
        " AND currency = %s AND txid = %s AND state = 'open' RETURNING answer_by",
        (file_id, subscriber_id, amount.amount_minor, amount.currency, txid),
    )
    row = known or tx.one(
        "INSERT INTO missing_money (tenant_id, id, subscriber_id, amount_minor, currency, txid,"
        " file_id, answer_by)"
        " SELECT current_tenant(), %(id)s, %(who)s, %(amount)s, %(currency)s, %(txid)s, %(file)s,"
        " %(by)s WHERE (SELECT count(*) FROM missing_money WHERE tenant_id = current_tenant()"
        "  AND subscriber_id = %(who)s AND state = 'open') < %(most)s RETURNING answer_by",
        {
            "id": uuid7(),
            "who": subscriber_id,
            "amount": amount.amount_minor,
            "currency": amount.currency,
            "txid": txid,
            "file": file_id,
            "by": clock.now() + ANSWER_WITHIN,
            "most": OPEN_MAXIMUM,
        },
    )
    if row is None:
        raise TooManyReports(most=OPEN_MAXIMUM)
    by: datetime = row[0]
    return by


def waiting(tx: Tx) -> Sequence[Report]:
    """Those that nobody has answered, first come first."""
    rows = tx.all(
        "SELECT r.id, r.subscriber_id, r.amount_minor, r.currency, r.txid, r.file_id, r.answer_by,"
        " r.created_at, (SELECT e.id FROM payment_exception e WHERE r.txid <> ''"
        "  AND e.tenant_id = r.tenant_id AND e.provider_txid = r.txid"
        "  AND e.state IN ('open', 'claimed', 'to_pay_back') ORDER BY e.created_at LIMIT 1)"
        " FROM missing_money r WHERE r.tenant_id = current_tenant() AND r.state = 'open'"
        f" ORDER BY r.id LIMIT {LISTED_MAXIMUM}"
    )
    return [
        Report(id, who, Money(amount_minor, currency), *rest)
        for id, who, amount_minor, currency, *rest in rows
    ]


_END = {
    trigger: MISSING.advance(
        trigger,
        sets="ended_at = now()",
        where="id = %s",
        returning="subscriber_id, amount_minor, currency",
    )
    for trigger in ("find", "give_up")
}


def answer(tx: Tx, id: uuid.UUID, *, found: bool, actor: str, reason: str) -> bool:
    """Say what became of it: its person is texted. False where somebody did before."""
    row = tx.one(_END["find" if found else "give_up"], (id,))
    if row is None:
        return False
    subscriber_id, amount_minor, currency = row
    kind = MissingMoneyFound if found else MissingMoneyNotFound
    write_notice(tx, subscriber_id, kind(amount=Money(amount_minor, currency)))
    record(tx, actor, "answer missing money", id, {"found": found, "reason": reason})
    return True
