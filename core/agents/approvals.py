"""Sales that wait for their customer's word: looked at, ended by a code, refused, or expired.

`topups` posts them.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, Final, Literal, ParamSpec, Protocol, TypeVar

from core.agents.errors import CodeExpired, CodeSpent, SaleDone, WrongCode
from core.agents.messages import SaleCancelled, SaleExpired, SaleExpiredForCustomer, SaleRefused
from core.agents.sales import Sold
from core.db.database import Database, Tx
from core.lifecycle import awaiting_a_word
from core.messaging import messages
from core.money import intents, ledger
from core.money.errors import HoldGone
from core.money.intents import Intent
from core.security.keyring import Keyring
from values.money import Money
from values.refusals import BusinessError

APPROVAL: Final = awaiting_a_word("approval")
CODE_TRIES: Final = 3
LISTED_MAXIMUM: Final = 97  # the keys of a list; nobody makes that many sales in ten minutes
BATCH: Final = 200

P = ParamSpec("P")
R = TypeVar("R")


class Autonomous(Protocol):
    """Carries a function of the core out in a transaction of its own, committed at once."""

    def __call__(
        self, fact: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R: ...


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
HELD_LATELY = "a.created_at > now() - interval '1 hour'"


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
        f" AND {HELD_LATELY} AND a.ended_at > now() - interval '{intents.SAME_AGAIN_S} seconds'"
        " LIMIT 1",
        (approval.approver_id, approval.requester_id, approval.amount_minor),
    )
    return row is not None


def waiting_of(tx: Tx, requester_id: uuid.UUID) -> list[Approval]:
    """An agent's own sales that wait, oldest first."""
    rows = tx.all(
        f"{_APPROVAL} AND a.requester_id = %s AND a.state = 'pending' AND a.expires_at > now()"
        f" AND {HELD_LATELY} ORDER BY a.created_at LIMIT {LISTED_MAXIMUM}",
        (requester_id,),
    )
    return [Approval(*row) for row in rows]


def approval_of(tx: Tx, intent: Intent) -> uuid.UUID:
    """The approval that an intent was held with, whatever has become of it. Raises HoldGone."""
    row = tx.one(
        "SELECT a.id FROM approval a WHERE a.tenant_id = current_tenant()"
        f" AND a.requester_id = %s AND a.intent_id = %s AND {HELD_LATELY}",
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


_ENDS: Final = "ended_at = now(), ended_session = %s"
# A sale that is approved must still be in time.
APPROVE: Final = APPROVAL.advance(
    "approve", sets=_ENDS, where="id = %s AND expires_at > now()", returning="hold_id"
)
_ENDED: Final = {
    trigger: APPROVAL.advance(trigger, sets=_ENDS, where="id = %s", returning="hold_id, intent_id")
    for trigger in ("refuse", "expire")
}


def refuse(
    tx: Tx,
    approval_id: uuid.UUID,
    trigger: Literal["refuse", "expire"] = "refuse",
    session: str = "",
) -> bool:
    """The customer or the agent said no, or time ran out: the float is free again. False where it
    has ended before."""
    row = tx.one(_ENDED[trigger], (session, approval_id))
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
    raise SaleDone(reference=sold.reference)


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


def posted_sale(tx: Tx, approval_id: uuid.UUID) -> Sold | None:
    """The receipt of a held sale that was posted; None while it is not."""
    row = tx.one(*intents.of_approval(approval_id))
    intent = Intent(*row) if row else None
    if intent is None or intent.entry_id is None:
        return None
    return Sold.of(intent, intent.entry_id)


def take_code(
    autonomous: Autonomous,
    keys: Keyring,
    *,
    approval_id: uuid.UUID,
    code: str,
    agent_id: uuid.UUID,
    session: str,
) -> Sold | None:
    """Check the code that an agent typed. None: it is right, and `held_sales.approve_by_code` may
    post the sale. A receipt: the customer has approved it meanwhile.

    The try counts whatever follows, and after the third wrong one the sale is cancelled. Raises
    WrongCode (params: tries), CodeExpired, CodeSpent, SaleDone (params: reference), HoldGone.
    """
    try:
        if not autonomous(try_code, keys, approval_id=approval_id, code=code):
            raise autonomous(why_not, approval_id)
    except CodeSpent:
        # The customer may have been faster: then that is what is said.
        autonomous(withdraw, approval_id, who=agent_id, session=session)
        raise
    except HoldGone:
        sold = autonomous(posted_sale, approval_id)
        if sold is None:
            raise
        return sold
    return None


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


def expire_due(app: Database, relay: Database) -> int:
    """End what is past its time; both sides of an expired sale are texted. Answers how many.

    `relay` looks across tenants, `app` acts within one: each row in a transaction of its own.
    """
    with relay.transaction(None) as tx:
        approvals = tx.all(
            "SELECT tenant_id, id FROM approval WHERE state = 'pending' AND expires_at <= now()"
            " ORDER BY expires_at LIMIT %s",
            (BATCH,),
        )
        holds = tx.all(
            "SELECT h.tenant_id, h.id FROM hold h WHERE h.state = 'pending'"
            " AND h.expires_at <= now() AND NOT EXISTS (SELECT 1 FROM approval a"
            " WHERE a.tenant_id = h.tenant_id AND a.hold_id = h.id AND a.state = 'pending')"
            " ORDER BY h.expires_at LIMIT %s",
            (BATCH,),
        )
    ended = sum(_expire_sale(app, tenant, approval) for tenant, approval in approvals)
    for tenant, hold in holds:
        with app.transaction(tenant) as tx:
            ended += ledger.void_hold(tx, hold)
    return ended


def _expire_sale(app: Database, tenant_id: uuid.UUID, approval_id: uuid.UUID) -> bool:
    with app.transaction(tenant_id) as tx:
        approval = get(tx, approval_id)
        if not refuse(tx, approval_id, "expire"):
            return False
        amount = Money(approval.amount_minor, approval.currency)
        service_id = uuid.UUID(approval.quote["service"])
        messages.write_text(
            tx,
            subscriber_id=approval.requester_id,
            service_id=service_id,
            message=SaleExpired(amount=amount, customer=approval.quote["customer"]),
        )
        messages.write_text(
            tx,
            subscriber_id=approval.approver_id,
            service_id=service_id,
            message=SaleExpiredForCustomer(amount=amount, agent=approval.quote["agent"]),
        )
    return True
