"""Float that was sent and waits to be taken: held, and ended once.

    offered ──► taken      the other side took it: it is posted
       ├──────► declined   they did not want it
       ├──────► recalled   the giver wanted it back
       └──────► expired    nobody said anything in time

Whatever ends it otherwise than by taking frees the giver's float, gives the amount back to their
limit of that day, and is told to the other side.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from core.agents import agents, float_posting
from core.agents.errors import FloatNotGiven, FloatTooLow, OfferGone
from core.agents.float_messages import (
    FloatDeclined,
    FloatNotTaken,
    FloatOffered,
    FloatRecalled,
    FloatTooLate,
)
from core.db.database import Database, Tx
from core.lifecycle import Lifecycle
from core.messaging.messages import write_text
from core.money import day_limits, intents, ledger
from core.money.errors import FrozenAccount, InsufficientFunds
from core.money.intents import Intent
from core.tenants.directory import Tenant
from values import clock
from values.ids import reference_of, uuid7
from values.money import Money

FLOAT_OFFER: Final = Lifecycle(
    "float_offer",
    initial="offered",
    transitions=[
        ["take", "offered", "taken"],
        ["decline", "offered", "declined"],
        ["recall", "offered", "recalled"],
        ["expire", "offered", "expired"],
    ],
)
OFFER_S: Final = 24 * 60 * 60
BATCH: Final = 200
LISTED_MAXIMUM: Final = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """Float that waits, as one side of it is shown it: `other` is the agent at the other side."""

    id: uuid.UUID
    amount: Money
    other: str
    is_mine: bool  # sent by who looks at it


@dataclass(frozen=True, slots=True)
class FloatTaken:
    """The receipt of who took it. `float` is what they have then; None where it was done before."""

    agent: str
    amount: Money
    reference: str
    float: Money | None


def offer(tx: Tx, *, intent: Intent, day: date) -> Money:
    """Set aside what a pending intent gives, its fee too, and text whom it is for. Answers what
    the giver has left to use. Raises FloatTooLow and FrozenAccount."""
    hold_id, account_id = uuid7(), float_posting.float_of(intent.subscriber_id, intent.currency)
    until = clock.now() + timedelta(seconds=OFFER_S)
    try:
        ledger.place_hold(
            tx,
            hold_id=hold_id,
            account_id=account_id,
            amount_minor=intent.amount_minor + intent.fee_minor,
            currency=intent.currency,
            expires_at=None,  # it ends with the offer, and with nothing else
        )
    except InsufficientFunds as short:
        raise FloatTooLow(**short.params) from short
    tx.defer(
        "INSERT INTO float_offer (tenant_id, id, intent_id, hold_id, giver_id, taker_id,"
        " amount_minor, fee_minor, currency, counted_on, expires_at)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(uuid7(), intent.id, hold_id, intent.subscriber_id, intent.payee_id),
            *(intent.amount_minor, intent.fee_minor, intent.currency, day, until),
        ),
    )
    amount = Money(intent.amount_minor, intent.currency)
    told = FloatOffered(amount=amount, agent=str(intent.quote["from"]), at=until)
    _text(tx, intent.payee_id, intent, told)
    left = ledger.balance(tx, account_id)
    assert left is not None, "it was held on it"
    return Money(left.available_minor, intent.currency)


_SIDES: Final = (
    "SELECT o.id, o.amount_minor, o.currency, i.quote ->> 'from', i.quote ->> 'name',"
    " o.giver_id = %(who)s FROM float_offer o"
    " JOIN intent i ON i.tenant_id = o.tenant_id AND i.id = o.intent_id"
    " WHERE o.tenant_id = current_tenant() AND o.state = 'offered' AND o.expires_at > now()"
    f" AND {{whose}} ORDER BY o.id LIMIT {LISTED_MAXIMUM}"
)


def waiting_of(tx: Tx, agent_id: uuid.UUID) -> list[Offer]:
    """What waits for an agent to take it, and what they sent and is not taken; oldest first."""
    who = {"who": agent_id}
    rows = tx.all(_SIDES.format(whose="o.taker_id = %(who)s"), who)
    rows += tx.all(_SIDES.format(whose="o.giver_id = %(who)s"), who)
    return [
        Offer(id, Money(minor, currency), name if is_mine else giver, is_mine)
        for id, minor, currency, giver, name, is_mine in rows
    ]


_ENDS: Final = "ended_at = now()"
_TAKE: Final = FLOAT_OFFER.advance(
    "take",
    sets=_ENDS,
    where="id = %s AND taker_id = %s AND expires_at > now()",
    returning="hold_id, intent_id",
)
# By whom it may be ended otherwise.
_ENDED: Final = {
    trigger: FLOAT_OFFER.advance(
        trigger, sets=_ENDS, where=f"id = %s{whose}", returning="hold_id, intent_id, counted_on"
    )
    for trigger, whose in (
        ("decline", " AND taker_id = %s"),
        ("recall", " AND giver_id = %s"),
        ("expire", " AND expires_at <= now()"),
    )
}


def take(tx: Tx, *, tenant: Tenant, offer_id: uuid.UUID, taker_id: uuid.UUID) -> FloatTaken:
    """It is theirs. Once; found taken, its receipt is answered again. Raises OfferGone,
    FloatNotGiven, and FrozenAccount where the taker is frozen."""
    row = tx.one(_TAKE, (offer_id, taker_id))
    if row is None:
        return _taken_before(tx, offer_id, taker_id)
    intent, entry_id = _intent(tx, row[1]), uuid7()
    try:
        posted = float_posting.post(
            tx, tenant_id=tenant.id, intent=intent, entry_id=entry_id, hold_id=row[0]
        )
    except FrozenAccount:
        tx.undo()
        if agents.is_frozen(tx, taker_id):
            raise
        raise FloatNotGiven from None
    intents.finish(tx, intent.id, entry_id)
    float_minor = posted.balances[float_posting.float_of(taker_id, intent.currency)]
    return _receipt(intent, posted.reference, Money(float_minor, intent.currency))


def _taken_before(tx: Tx, offer_id: uuid.UUID, taker_id: uuid.UUID) -> FloatTaken:
    row = tx.one(
        "SELECT intent_id FROM float_offer WHERE tenant_id = current_tenant() AND id = %s"
        " AND taker_id = %s AND state = 'taken'",
        (offer_id, taker_id),
    )
    if row is None:
        raise OfferGone
    intent = _intent(tx, row[0])
    assert intent.entry_id is not None, "what was taken is posted"
    return _receipt(intent, reference_of(intent.entry_id), None)


def _receipt(intent: Intent, reference: str, left: Money | None) -> FloatTaken:
    amount = Money(intent.amount_minor, intent.currency)
    return FloatTaken(str(intent.quote["from"]), amount, reference, left)


def decline(tx: Tx, offer_id: uuid.UUID, taker_id: uuid.UUID) -> None:
    """Whom it was sent to does not want it. Raises OfferGone."""
    intent = _end(tx, "decline", offer_id, taker_id)
    amount, agent = Money(intent.amount_minor, intent.currency), str(intent.quote["name"])
    _text(tx, intent.subscriber_id, intent, FloatDeclined(amount=amount, agent=agent))


def recall(tx: Tx, offer_id: uuid.UUID, giver_id: uuid.UUID) -> None:
    """Who sent it wants it back. Raises OfferGone."""
    intent = _end(tx, "recall", offer_id, giver_id)
    amount, agent = Money(intent.amount_minor, intent.currency), str(intent.quote["from"])
    _text(tx, intent.payee_id, intent, FloatRecalled(amount=amount, agent=agent))


def expire_due(app: Database, relay: Database) -> int:
    """End what nobody took in time; both sides are told. Answers how many. `relay` looks across
    tenants, `app` acts within one."""
    with relay.transaction(None) as tx:
        due = tx.all(
            "SELECT tenant_id, id FROM float_offer WHERE state = 'offered'"
            " AND expires_at <= now() ORDER BY expires_at LIMIT %s",
            (BATCH,),
        )
    ended = 0
    for tenant_id, offer_id in due:
        with app.transaction(tenant_id) as tx:
            ended += _expire(tx, offer_id)
    return ended


def _expire(tx: Tx, offer_id: uuid.UUID) -> bool:
    try:
        intent = _end(tx, "expire", offer_id)
    except OfferGone:
        return False
    amount = Money(intent.amount_minor, intent.currency)
    giver, taker = str(intent.quote["from"]), str(intent.quote["name"])
    _text(tx, intent.subscriber_id, intent, FloatNotTaken(amount=amount, agent=taker))
    _text(tx, intent.payee_id, intent, FloatTooLate(amount=amount, agent=giver))
    return True


def _end(
    tx: Tx, trigger: Literal["decline", "recall", "expire"], offer_id: uuid.UUID, *who: uuid.UUID
) -> Intent:
    """Free the float. Raises OfferGone where it has ended, or is not theirs."""
    row = tx.one(_ENDED[trigger], (offer_id, *who))
    if row is None:
        raise OfferGone
    hold_id, intent_id, day = row
    intent = _intent(tx, intent_id)
    ledger.void_hold(tx, hold_id)
    intents.finish(tx, intent_id, None)
    if int(intent.quote["day_limit_minor"]):
        day_limits.give_back(tx, intent.subscriber_id, intent.operation, day, intent.amount_minor)
    return intent


def _intent(tx: Tx, intent_id: uuid.UUID) -> Intent:
    row = tx.one(
        f"SELECT {intents.COLUMNS} FROM intent WHERE tenant_id = current_tenant() AND id = %s",
        (intent_id,),
    )
    assert row is not None, "an offer has its intent"
    return Intent(*row)


def _text(
    tx: Tx,
    who: uuid.UUID,
    intent: Intent,
    message: FloatOffered | FloatDeclined | FloatRecalled | FloatNotTaken | FloatTooLate,
) -> None:
    write_text(
        tx,
        subscriber_id=who,
        service_id=uuid.UUID(intent.quote["service"]),
        message=message,
    )
