"""An agent sells float to a customer: at once, or held until the customer approves.

Both get a text with one reference. The fee is taken from what arrives, and stands in the
customer's own text, because agents are known to overcharge.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.agents import agents
from core.agents.errors import CodeExpired, CodeSpent, FloatTooLow, SaleDone, WrongCode
from core.agents.messages import (
    ApprovalCode,
    ApprovalPending,
    FloatLow,
    SaleCancelled,
    SaleReceipt,
    SaleRefused,
    TopUpReceipt,
)
from core.db.database import Tx
from core.messaging import messages
from core.money import intents, ledger
from core.money.errors import HoldGone, InsufficientFunds, LimitReached
from core.money.intents import Intent
from core.security.keyring import Keyring
from values import clock
from values.ids import reference_of, uuid7
from values.messages import OneTimeCode, TimeOfDay
from values.money import Money
from values.refusals import BusinessError

OPERATION = "topup"
USAGE_UNAPPROVED = "topup_unapproved"
CODE_S = 5 * 60
CODE_TRIES = 3
LISTED_MAXIMUM = 97  # keys of a list go from 1 to 97; nobody makes that many sales in ten minutes


@dataclass(frozen=True, slots=True)
class Approval:
    """A sale that waits for its customer; amounts in minor units."""

    id: uuid.UUID
    intent_id: uuid.UUID
    hold_id: uuid.UUID
    requester_id: uuid.UUID
    approver_id: uuid.UUID
    amount_minor: int
    fee_minor: int
    currency: str
    state: str
    code_counter: int
    quote: dict[str, Any]


_APPROVAL = (
    "SELECT a.id, a.intent_id, a.hold_id, a.requester_id, a.approver_id, a.amount_minor,"
    " a.fee_minor, a.currency, a.state, a.code_counter, i.quote"
    " FROM approval a JOIN intent i ON i.tenant_id = a.tenant_id AND i.id = a.intent_id"
    " WHERE a.tenant_id = current_tenant()"
)
# Longer than any is held: with it, old ones of the same agent are not read.
_HELD_LATELY = "a.created_at > now() - interval '1 hour'"


def unapproved_today_minor(tx: Tx, customer_id: uuid.UUID, day: date) -> int:
    """What a customer got today from agents without approving it, in minor units."""
    row = tx.one(
        "SELECT amount_minor FROM usage_day WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s AND operation = %s AND day = %s",
        (customer_id, USAGE_UNAPPROVED, day),
    )
    return int(row[0]) if row else 0


def usage_of_agent(intent: Intent, day: date) -> list[intents.Usage]:
    """What a sale counts towards its agent's limit of a day; nothing where there is no limit."""
    limit_minor = int(intent.quote.get("day_limit_minor", 0))
    if not limit_minor:
        return []
    return [intents.Usage(intent.subscriber_id, OPERATION, day, intent.amount_minor, limit_minor)]


def sell(
    tx: Tx,
    *,
    tenant_id: uuid.UUID,
    intent: Intent,
    entry_id: uuid.UUID,
    hold_id: uuid.UUID | None = None,
) -> ledger.Posted:
    """Post a sale whose intent was claimed, and write both receipts.

    Raises FloatTooLow, Frozen, HoldGone.
    """
    currency = intent.currency
    float_id = ledger.account_id(intent.subscriber_id, ledger.FLOAT, currency)
    wallet_id = ledger.account_id(intent.payee_id, ledger.WALLET, currency)
    lines = [
        ledger.Line(float_id, -intent.amount_minor),
        ledger.Line(wallet_id, intent.amount_minor - intent.fee_minor),
    ]
    if intent.fee_minor:
        fees = ledger.account_id(tenant_id, ledger.FEES, currency)
        lines.append(ledger.Line(fees, intent.fee_minor))
    quote = intent.quote
    try:
        posted = ledger.post(
            tx,
            key=f"{ledger.INTENT_KEY}{intent.id}",
            kind="topup",
            lines=lines,
            currency=currency,
            actor_id=intent.subscriber_id,
            detail={
                "customer": quote["customer"],
                "agent": quote["agent"],
                "fee_minor": intent.fee_minor,
            },
            hold_id=hold_id,
            entry_id=entry_id,
        )
    except InsufficientFunds as short:
        raise FloatTooLow(**short.params) from short
    if posted.was_new:
        at = clock.now()
        amount, fee = Money(intent.amount_minor, currency), Money(intent.fee_minor, currency)
        service_id = uuid.UUID(quote["service"])
        messages.write_text(
            tx,
            subscriber_id=intent.payee_id,
            service_id=service_id,
            message=TopUpReceipt(
                amount=amount,
                fee=fee,
                agent=quote["agent"],
                reference=posted.reference,
                balance=Money(posted.balances[wallet_id], currency),
                at=at,
            ),
            entry_id=posted.entry_id,
        )
        messages.write_text(
            tx,
            subscriber_id=intent.subscriber_id,
            service_id=service_id,
            message=SaleReceipt(
                amount=amount,
                fee=fee,
                customer=quote["customer"],
                reference=posted.reference,
                float=Money(posted.balances[float_id], currency),
                at=at,
            ),
            entry_id=posted.entry_id,
        )
        agents.count_sale(tx, intent.subscriber_id)
        _warn_of_low_float(tx, intent, posted.balances[float_id])
    return posted


def _warn_of_low_float(tx: Tx, intent: Intent, float_minor: int) -> None:
    """Text the agent once, at the sale that took the float below what the tenant calls low."""
    low_minor = int(intent.quote.get("float_low_minor", 0))
    if float_minor < low_minor <= float_minor + intent.amount_minor:
        messages.write_text(
            tx,
            subscriber_id=intent.subscriber_id,
            service_id=uuid.UUID(intent.quote["service"]),
            message=FloatLow(float=Money(float_minor, intent.currency)),
        )


def hold(tx: Tx, *, intent: Intent, day: date) -> uuid.UUID:
    """Hold a sale for the customer's approval, and text them the code. Answers the approval's id.

    It counts towards the agent's limit of a day when it is posted; here it is refused where the
    day has no room for it. Raises FloatTooLow, Frozen, LimitReached (params: limit_minor).
    """
    now = clock.now()
    until, code_until = now + timedelta(seconds=intents.HOLD_S), now + timedelta(seconds=CODE_S)
    approval_id, hold_id = uuid7(), uuid7()
    try:
        ledger.place_hold(
            tx,
            hold_id=hold_id,
            account_id=ledger.account_id(intent.subscriber_id, ledger.FLOAT, intent.currency),
            amount_minor=intent.amount_minor,
            currency=intent.currency,
            expires_at=until,
        )
    except InsufficientFunds as short:
        raise FloatTooLow(**short.params) from short
    for usage in usage_of_agent(intent, day):  # the float is locked: one hold after the other
        _require_room(tx, usage, intent.currency)
    tx.defer(
        "INSERT INTO approval (tenant_id, id, intent_id, hold_id, requester_id, approver_id,"
        " amount_minor, fee_minor, currency, code_expires_at, expires_at)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            approval_id,
            intent.id,
            hold_id,
            intent.subscriber_id,
            intent.payee_id,
            intent.amount_minor,
            intent.fee_minor,
            intent.currency,
            code_until,
            until,
        ),
    )
    amount = Money(intent.amount_minor, intent.currency)
    messages.write_text(
        tx,
        subscriber_id=intent.payee_id,
        service_id=uuid.UUID(intent.quote["service"]),
        message=ApprovalCode(
            amount=amount, agent=intent.quote["agent"], code=OneTimeCode(approval_id, 1)
        ),
        until=code_until,
    )
    messages.write_text(
        tx,
        subscriber_id=intent.subscriber_id,
        service_id=uuid.UUID(intent.quote["service"]),
        message=ApprovalPending(
            amount=amount, customer=intent.quote["customer"], until=TimeOfDay(until)
        ),
    )
    return approval_id


def _require_room(tx: Tx, usage: intents.Usage, currency: str) -> None:
    """Refuse what the day has no room for beside what was sold and what waits. Raises
    LimitReached."""
    row = tx.one(
        "SELECT coalesce((SELECT amount_minor FROM usage_day WHERE tenant_id = current_tenant()"
        "  AND subscriber_id = %(who)s AND operation = %(operation)s AND day = %(day)s), 0)"
        " + coalesce((SELECT sum(amount_minor) FROM approval a WHERE tenant_id = current_tenant()"
        "  AND requester_id = %(who)s AND state = 'pending' AND expires_at > now()"
        f"  AND {_HELD_LATELY}), 0)",
        {"who": usage.subscriber_id, "operation": usage.operation, "day": usage.day},
    )
    assert row is not None
    if row[0] + usage.amount_minor > usage.limit_minor:
        raise LimitReached(limit_minor=usage.limit_minor, currency=currency)


def first_waiting_for(tx: Tx, approver_id: uuid.UUID) -> Approval | None:
    """What waits for a customer's word, the oldest first."""
    row = tx.one(
        f"{_APPROVAL} AND a.approver_id = %s AND a.state = 'pending' AND a.expires_at > now()"
        " ORDER BY a.created_at LIMIT 1",
        (approver_id,),
    )
    return Approval(*row) if row else None


def was_approved_alike(tx: Tx, approval: Approval) -> bool:
    """Whether its customer has approved as much by the same agent a moment ago."""
    row = tx.one(
        "SELECT 1 FROM approval a WHERE a.tenant_id = current_tenant() AND a.approver_id = %s"
        " AND a.requester_id = %s AND a.amount_minor = %s AND a.state = 'approved'"
        f" AND {_HELD_LATELY} AND a.ended_at > now() - interval '{intents.SAME_AGAIN_S} seconds'"
        " LIMIT 1",
        (approval.approver_id, approval.requester_id, approval.amount_minor),
    )
    return row is not None


def waiting_of(tx: Tx, requester_id: uuid.UUID) -> list[Approval]:
    """An agent's own sales that wait, oldest first."""
    rows = tx.all(
        f"{_APPROVAL} AND a.requester_id = %s AND a.state = 'pending' AND a.expires_at > now()"
        f" AND {_HELD_LATELY} ORDER BY a.created_at LIMIT {LISTED_MAXIMUM}",
        (requester_id,),
    )
    return [Approval(*row) for row in rows]


def approval_of(tx: Tx, intent: Intent) -> uuid.UUID:
    """The approval that an intent was held with, whatever has become of it. Raises HoldGone."""
    row = tx.one(
        "SELECT a.id FROM approval a WHERE a.tenant_id = current_tenant()"
        f" AND a.requester_id = %s AND a.intent_id = %s AND {_HELD_LATELY}",
        (intent.subscriber_id, intent.id),
    )
    if row is None:
        raise HoldGone
    return uuid.UUID(str(row[0]))


def get(tx: Tx, approval_id: uuid.UUID) -> Approval:
    """One approval, whatever its state. Raises HoldGone when there is none."""
    row = tx.one(f"{_APPROVAL} AND a.id = %s", (approval_id,))
    if row is None:
        raise HoldGone
    return Approval(*row)


def approve(
    tx: Tx,
    *,
    tenant_id: uuid.UUID,
    approval_id: uuid.UUID,
    entry_id: uuid.UUID,
    day: date,
    session: str,
) -> tuple[Intent, ledger.Posted]:
    """The customer said yes: the held sale is posted, and counted towards the agent's limit of the
    day. Once; found approved, its entry is answered again. `session` is remembered with it.

    Raises HoldGone, Frozen, LimitReached (params: limit_minor); the sale then goes on waiting.
    """
    taken, found = tx.pipeline(
        (
            "UPDATE approval SET state = 'approved', ended_at = now(), ended_session = %s"
            " WHERE tenant_id = current_tenant() AND id = %s AND state = 'pending'"
            " AND expires_at > now() RETURNING hold_id",
            (session, approval_id),
        ),
        intents.of_approval(approval_id),
    )
    hold_row, intent_row = taken.fetchone(), found.fetchone()
    intent = Intent(*intent_row) if intent_row else None
    if intent is None or (hold_row is None and intent.entry_id is None):
        raise HoldGone
    if hold_row is None:
        assert intent.entry_id is not None
        return intent, ledger.Posted(intent.entry_id, False, {})
    intents.count_usage(tx, *usage_of_agent(intent, day), currency=intent.currency)
    posted = sell(tx, tenant_id=tenant_id, intent=intent, entry_id=entry_id, hold_id=hold_row[0])
    intents.finish(tx, intent.id, posted.entry_id)
    return intent, posted


def refuse(tx: Tx, approval_id: uuid.UUID, state: str = "refused", session: str = "") -> bool:
    """The customer or the agent said no, or time ran out: the float is free again."""
    row = tx.one(
        "UPDATE approval SET state = %s, ended_at = now(), ended_session = %s"
        " WHERE tenant_id = current_tenant() AND id = %s AND state = 'pending'"
        " RETURNING hold_id, intent_id",
        (state, session, approval_id),
    )
    if row is None:
        return False
    ledger.void_hold(tx, row[0])
    intents.finish(tx, row[1], None)
    return True


def withdraw(tx: Tx, approval_id: uuid.UUID, *, who: uuid.UUID, session: str) -> None:
    """`refuse`, and text the other side; or say why it is too late. Raises SaleDone (params:
    reference), HoldGone."""
    if refuse(tx, approval_id, session=session):
        _tell_other_side(tx, get(tx, approval_id), who)
        return
    sold = posted_sale(tx, approval_id)
    if sold is None:
        raise HoldGone
    raise SaleDone(reference=sold[1])


def _tell_other_side(tx: Tx, approval: Approval, who: uuid.UUID) -> None:
    by_customer = who == approval.approver_id
    amount, quote = Money(approval.amount_minor, approval.currency), approval.quote
    messages.write_text(
        tx,
        subscriber_id=approval.requester_id if by_customer else approval.approver_id,
        service_id=uuid.UUID(approval.quote["service"]),
        message=(
            SaleRefused(amount=amount, customer=quote["customer"])
            if by_customer
            else SaleCancelled(amount=amount, agent=quote["agent"])
        ),
    )


def posted_sale(tx: Tx, approval_id: uuid.UUID) -> tuple[Intent, str] | None:
    """A held sale that was posted, and its reference; None while it is not."""
    row = tx.one(*intents.of_approval(approval_id))
    intent = Intent(*row) if row else None
    if intent is None or intent.entry_id is None:
        return None
    return intent, reference_of(intent.entry_id)


def try_code(tx: Tx, keys: Keyring, *, approval_id: uuid.UUID, code: str) -> bool:
    """Whether the code is the one that was sent. The try is counted first: commit it whatever the
    answer, before acting on it. Raises HoldGone; CodeSpent after the third."""
    row = tx.one(
        "UPDATE approval SET code_tries = code_tries + 1"
        " WHERE tenant_id = current_tenant() AND id = %s AND state = 'pending'"
        " AND expires_at > now() AND code_tries < %s"
        " RETURNING code_counter, code_expires_at > now(), code_tries",
        (approval_id, CODE_TRIES),
    )
    if row is None:
        if get(tx, approval_id).state == "pending":
            raise CodeSpent
        raise HoldGone
    return bool(row[1]) and keys.approval_code(approval_id, row[0]) == code


def why_not(tx: Tx, approval_id: uuid.UUID) -> BusinessError:
    """What a code that was not taken is answered with: WrongCode (params: tries), CodeExpired, or
    CodeSpent after the third try."""
    row = tx.one(
        "SELECT code_tries, code_expires_at <= now() FROM approval"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (approval_id,),
    )
    if row is not None and row[1]:
        return CodeExpired()
    left = CODE_TRIES - (int(row[0]) if row else CODE_TRIES)
    return WrongCode(tries=left) if left > 0 else CodeSpent()
