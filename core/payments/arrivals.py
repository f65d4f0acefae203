"""Money that people send to a wallet by hand, as its provider tells of it: asked about before,
where the provider asks, and told afterwards.

    why_not  may they pay? nothing has moved yet, and nothing is written
    take     they have paid: booked once by the network's id, and given to whose it is

Nobody signs such a callback, and no status can be asked for by a reference of ours: the secret in
the address that it came to is what proves it. Whose money it is says a token, or what is expected,
as with a text (`matching`). A prompt that we sent may come as such an arrival, too: then the
prompt's own word says what it is for. One whose word named no id is found by amount and payer.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core.db.database import Tx
from core.money.ledger import AMOUNT_MAXIMUM_MINOR
from core.payments import crediting, exceptions, expected, movements, nameless, payments
from core.payments.exceptions import Found
from core.payments.matching import Arrival, Purposes, Suggestion, match
from core.payments.movements import AlreadyCredited, Movement, Source
from core.people.people import USSD
from core.security.keyring import Keyring
from values.money import Money

# Why somebody may not pay: the amount is none that can be booked, or nobody knows the reference.
WRONG_AMOUNT: Final = "amount"
WRONG_REFERENCE: Final = "reference"


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the provider tells. `amount` None: none that can be booked. `reference` is what the
    payer wrote; `payer` their number (E.164), or as much of it as is shown, or ''."""

    wallet: str
    provider_txid: str
    amount: Money | None
    happened_at: datetime
    reference: str = field(default="", repr=False)
    payer: str = field(default="", repr=False)

    @property
    def is_bookable(self) -> bool:
        return self.amount is not None and 0 < self.amount.amount_minor <= AMOUNT_MAXIMUM_MINOR

    @property
    def whole_payer(self) -> str:
        """The payer's number, where all of it is shown."""
        return self.payer if self.payer.startswith("+") else ""

    def as_matched(self, amount: Money) -> Arrival:
        return Arrival(
            *(self.wallet, amount, self.happened_at),
            reference=self.reference,
            payer=self.payer,
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it: `credited`, `known`, or `in_question`; and by which rule, or why."""

    state: str
    reason: str


def why_not(tx: Tx, keys: Keyring, purposes: Purposes, told: Arrived) -> str:
    """Why this is not to be paid; '' where it may be: it is somebody's by its token, it is
    expected, or we have asked for it."""
    if told.amount is None or not told.is_bookable:
        return WRONG_AMOUNT
    if match(tx, keys, purposes, told.as_matched(told.amount)).payee is not None:
        return ""
    if expected.fitting(tx, wallet=told.wallet, amount=told.amount, at=told.happened_at):
        return ""
    is_ours = payments.is_asked_for(tx, told.wallet, told.amount, _payer(keys, told))
    return "" if is_ours else WRONG_REFERENCE


def take(
    tx: Tx,
    keys: Keyring,
    purposes: Purposes,
    tenant_id: uuid.UUID,
    told: Arrived,
    *,
    only_question: bool = False,
) -> Taken:
    """Book it, once, and give it to whose it is; else it waits in suspense, and in the queue.
    `only_question`: the ledger refused to give it. Raises what `ledger.post` raises: then the
    caller rolls back, and calls again with `only_question`."""
    assert told.amount is not None, "what cannot be booked is for an alarm"
    payer = _payer(keys, told)
    arrived = nameless.Arrived(
        *(told.wallet, told.provider_txid, told.amount, told.happened_at, payer),
        seen_by=Source.CALLBACK.value,
    )
    if nameless.is_paid_already(tx, arrived) is None:
        return _question(tx, told, "asked_for")
    booked = movements.credit_once(
        tx,
        tenant_id=tenant_id,
        wallet=told.wallet,
        provider_txid=told.provider_txid,
        source=Source.CALLBACK,
        amount=told.amount,
        happened_at=told.happened_at,
        counterparty=told.whole_payer,
        keys=keys,
        words=told.reference,
    )
    if isinstance(booked, AlreadyCredited) and not booked.agrees:
        return _question(tx, told, "other_amount")
    movement = booked.movement
    if movement.is_allocated:
        return Taken("known", "booked")
    found = match(tx, keys, purposes, told.as_matched(told.amount))
    # What a prompt asked for, its own word gives away; a token is nobody's but its owner's.
    by_token = found.payee is not None and found.rule == "token"
    if not by_token and payments.is_asked_for(tx, told.wallet, told.amount, payer):
        return _question(tx, told, "asked_for", movement)
    if found.payee is None or only_question:
        reason = "no_owner" if found.payee is None else "refused"
        return _question(tx, told, reason, movement, found.suggestions)
    crediting.give(tx, purposes, tenant_id, movement, [(found.payee, movement.amount_minor)])
    return Taken("credited", found.rule)


def _question(
    tx: Tx,
    told: Arrived,
    reason: str,
    movement: Movement | None = None,
    suggestions: tuple[Suggestion, ...] = (),
) -> Taken:
    assert told.amount is not None
    found = Found(
        *(told.wallet, told.provider_txid, told.amount, told.happened_at, reason),
        movement_id=movement.id if movement else None,
        suggestions=suggestions,
    )
    exceptions.open_one(tx, found)
    return Taken("in_question", reason)


def _payer(keys: Keyring, told: Arrived) -> bytes | None:
    return keys.lookup(USSD, told.whole_payer) if told.whole_payer else None
