"""A sale or a transfer of float that went to the wrong one is reversed: asked for by one officer,
approved by another.

    asked ──► contested   the recipient says no: whoever decides reads it
      │           │
      ├───────────┴─► done      the entry's lines go back, and its commission is taken back
      └───────────────► dropped  refused, or nobody decided in time: what was held is free

One is open for an entry. What the recipient has not spent is held from the moment it is asked for,
and both sides are told at each step.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from core.agents import commission
from core.agents.errors import ReversalOver
from core.agents.messages import ReversalAsked, ReversalDropped, SaleReversed, SaleTakenBack
from core.agents.office_errors import CannotReverse
from core.approvals.kinds import Done, Kind, Request, Shown
from core.approvals.requests import Asked, Officer, ask
from core.audit.trail import record
from core.db.database import Database, Tx
from core.lifecycle import Lifecycle
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.errors import FrozenAccount, InsufficientFunds
from core.money.ledger import Line
from core.security.keyring import Keyring
from values import clock
from values.currencies import written
from values.ids import reference_of, uuid7
from values.money import Money

SALE_REVERSAL: Final = Lifecycle(
    "sale_reversal",
    initial="asked",
    transitions=[
        ["contest", "asked", "contested"],
        ["reverse", ["asked", "contested"], "done"],
        ["drop", ["asked", "contested"], "dropped"],
    ],
)
REVERSED: Final = "sale_reversal"  # the kind of the entry, and of the request
LIFE_S: Final = 7 * 24 * 60 * 60
KINDS: Final = ("topup", "float_sale")
WORDS_MAXIMUM: Final = 200
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Sale:
    """An entry that may be reversed: who gave and who received, and what arrived."""

    entry_id: uuid.UUID
    giver_id: uuid.UUID
    recipient_id: uuid.UUID
    account_id: uuid.UUID
    arrived: Money
    lines: tuple[Line, ...]

    @property
    def reference(self) -> str:
        return reference_of(self.entry_id)


def find(tx: Tx, reference: str) -> Sale:
    """A sale by its receipt's reference. Raises CannotReverse."""
    rows = tx.all(
        "SELECT e.id FROM entry e WHERE e.tenant_id = current_tenant() AND e.reference = %s"
        " AND e.kind = ANY (%s)",
        (reference.strip().upper(), list(KINDS)),
    )
    if len(rows) != 1:
        raise CannotReverse("No sale or transfer of float has that reference.")
    return sale(tx, rows[0][0])


def sale(tx: Tx, entry_id: uuid.UUID) -> Sale:
    """Raises CannotReverse where there is none, or it was reversed."""
    row = tx.one(
        "SELECT subscriber_id, payee_id FROM intent WHERE tenant_id = current_tenant()"
        " AND entry_id = %s AND operation = ANY (%s) AND state = 'done'",
        (entry_id, list(KINDS)),
    )
    if row is None:
        raise CannotReverse("There is no such sale.")
    if _is_reversed(tx, entry_id):
        raise CannotReverse("It was reversed before.")
    lines = tx.all(
        "SELECT p.account_id, p.amount_minor, p.currency, a.owner_id FROM posting p JOIN account a"
        " ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        " WHERE p.tenant_id = current_tenant() AND p.entry_id = %s ORDER BY p.ordinal",
        (entry_id,),
    )
    [(account_id, arrived, currency)] = [
        (account, amount, currency)
        for account, amount, currency, owner in lines
        if owner == row[1] and amount > 0
    ]
    back = tuple(Line(account, -amount) for account, amount, _, _ in lines)
    return Sale(entry_id, row[0], row[1], account_id, Money(arrived, currency), back)


def _is_reversed(tx: Tx, entry_id: uuid.UUID) -> bool:
    row = tx.one(
        "SELECT 1 FROM entry WHERE tenant_id = current_tenant() AND key = %s",
        (f"{REVERSED}:{entry_id}",),
    )
    return row is not None


class Reverse(Kind):
    """The subject is the sale's entry."""

    name: ClassVar[str] = REVERSED
    life_s: ClassVar[int] = LIFE_S

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        """Hold what is not spent, and tell both. Raises CannotReverse."""
        assert request.subject_id is not None
        found = sale(tx, request.subject_id)
        hold_id = _hold(tx, found)
        tx.execute(
            "INSERT INTO sale_reversal (tenant_id, id, entry_id, giver_id, recipient_id,"
            " amount_minor, currency, hold_id) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s,"
            " %s)",
            (
                *(request.id, found.entry_id, found.giver_id, found.recipient_id),
                *(found.arrived.amount_minor, found.arrived.currency, hold_id),
            ),
        )
        told = ReversalAsked(amount=found.arrived, reference=found.reference)
        for who in (found.recipient_id, found.giver_id):
            write_notice(tx, who, told)

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        assert request.subject_id is not None
        found = sale(tx, request.subject_id)
        row = _row(tx, request.id)
        arrived = written(found.arrived.amount_minor, found.arrived.currency)
        before = {"the recipient has": "it, held" if row.is_held else "spent some of it"}
        if row.words:
            before["the recipient contests"] = row.words
        after = {"the recipient has": f"{arrived} less", "the agent's commission": "taken back"}
        return Shown(f"reverse {arrived} of {found.reference}", before, after)

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        assert request.subject_id is not None
        found = sale(tx, request.subject_id)
        row = _row(tx, request.id)
        if tx.one(_STEP["reverse"], (request.id,)) is None:
            raise CannotReverse("It has ended before.")
        entry_id = uuid7()
        try:
            posted = ledger.post(
                tx,
                key=f"{REVERSED}:{found.entry_id}",
                kind=REVERSED,
                lines=list(found.lines),
                currency=found.arrived.currency,
                actor_id=None,
                detail={"of": found.reference, "reason": request.reason},
                hold_id=row.hold_id,
                entry_id=entry_id,
            )
        except InsufficientFunds:
            raise CannotReverse("The recipient has spent it: there is too little left.") from None
        except FrozenAccount:
            raise CannotReverse("One of the two is frozen.") from None
        given = sum(line.amount_minor for line in found.lines if line.amount_minor > 0)
        at, currency = clock.now(), found.arrived.currency
        taken = SaleTakenBack(found.arrived, found.reference, posted.reference, at)
        back = SaleReversed(Money(given, currency), found.reference, posted.reference, at)
        write_notice(tx, found.recipient_id, taken, entry_id=entry_id)
        write_notice(tx, found.giver_id, back, entry_id=entry_id)
        commission.take_back(tx, found.entry_id, request=request)
        return Done({"reference": posted.reference})


REVERSE: Final = Reverse()


@dataclass(frozen=True, slots=True)
class _Row:
    hold_id: uuid.UUID | None
    words: str

    @property
    def is_held(self) -> bool:
        return self.hold_id is not None


def _row(tx: Tx, request_id: uuid.UUID) -> _Row:
    row = tx.one(
        "SELECT hold_id, words FROM sale_reversal WHERE tenant_id = current_tenant() AND id = %s",
        (request_id,),
    )
    return _Row(*row) if row else _Row(None, "")


def _hold(tx: Tx, found: Sale) -> uuid.UUID | None:
    """Set aside all that arrived; None where some of it is spent. Raises CannotReverse."""
    has = ledger.balance(tx, found.account_id)
    if has is None or has.available_minor < found.arrived.amount_minor:
        return None
    hold_id = uuid7()
    try:
        ledger.place_hold(
            tx,
            hold_id=hold_id,
            account_id=found.account_id,
            amount_minor=found.arrived.amount_minor,
            currency=found.arrived.currency,
            expires_at=clock.now() + timedelta(seconds=LIFE_S),
        )
    except FrozenAccount:
        raise CannotReverse("The recipient is frozen.") from None
    return hold_id


def ask_to_reverse(
    tx: Tx, keys: Keyring, entry_id: uuid.UUID, *, by: Officer, reason: str
) -> Asked:
    """Ask that a sale is reversed; one that waits already is that one. Another officer approves.
    Raises CannotReverse and NoReason."""
    return ask(tx, keys, REVERSE, by=by, params={}, reason=reason, subject_id=entry_id)


_ENDS: Final = "ended_at = now()"
_STEP: Final = {
    "contest": SALE_REVERSAL.advance(
        "contest", sets="words = %s", where="id = %s", returning="giver_id"
    ),
    "reverse": SALE_REVERSAL.advance("reverse", sets=_ENDS, where="id = %s", returning="id"),
    "drop": SALE_REVERSAL.advance(
        "drop",
        sets=_ENDS,
        where="id = %s",
        returning="hold_id, giver_id, recipient_id, entry_id, amount_minor, currency",
    ),
}


def contest(tx: Tx, request_id: uuid.UUID, words: str, *, actor: str) -> bool:
    """Write down why the recipient says no, for whoever decides. False where it has ended, or they
    said so before."""
    said = " ".join(words.split())[:WORDS_MAXIMUM]
    if not said:
        raise CannotReverse("Say what the recipient says.")
    if tx.one(_STEP["contest"], (said, request_id)) is None:
        return False
    record(tx, actor, "contest sale_reversal", request_id, {"words": said})
    return True


@dataclass(frozen=True, slots=True)
class Open:
    """A reversal that waits. `words` are the recipient's, where they contest it."""

    id: uuid.UUID
    reference: str
    amount: Money
    is_held: bool
    words: str


def open_of_agent(tx: Tx, agent_id: uuid.UUID) -> list[Open]:
    """The reversals that wait of what an agent gave, oldest first."""
    return _open_of(tx, "giver_id", agent_id)


def open_about(tx: Tx, recipient_id: uuid.UUID) -> list[Open]:
    """Those that wait of what somebody received, oldest first."""
    return _open_of(tx, "recipient_id", recipient_id)


def _open_of(tx: Tx, side: str, who: uuid.UUID) -> list[Open]:
    rows = tx.all(
        "SELECT id, entry_id, amount_minor, currency, hold_id IS NOT NULL, words"
        f" FROM sale_reversal WHERE tenant_id = current_tenant() AND {side} = %s"
        f" AND state IN ('asked', 'contested') ORDER BY id LIMIT {BATCH}",
        (who,),
    )
    return [
        Open(id, reference_of(entry), Money(minor, currency), held, words)
        for id, entry, minor, currency, held, words in rows
    ]


def contest_as_recipient(tx: Tx, id: uuid.UUID, words: str, *, recipient_id: uuid.UUID) -> None:
    """`contest`, by the recipient's own phone. Raises ReversalOver."""
    is_theirs = any(one.id == id for one in open_about(tx, recipient_id))
    if not is_theirs or not contest(tx, id, words, actor=f"person {recipient_id}"):
        raise ReversalOver


def drop_ended(app: Database, relay: Database) -> int:
    """Let go what was held for requests that were refused, or that nobody decided. Answers how
    many. `relay` looks across tenants, `app` acts within one."""
    with relay.transaction(None) as tx:
        due = tx.all(
            "SELECT s.tenant_id, s.id FROM sale_reversal s JOIN approval_request r"
            " ON r.tenant_id = s.tenant_id AND r.id = s.id"
            " WHERE s.state IN ('asked', 'contested') AND r.state IN ('refused', 'expired')"
            " ORDER BY s.id LIMIT %s",
            (BATCH,),
        )
    dropped = 0
    for tenant_id, id in due:
        with app.transaction(tenant_id) as tx:
            dropped += _drop(tx, id)
    return dropped


def _drop(tx: Tx, id: uuid.UUID) -> bool:
    row = tx.one(_STEP["drop"], (id,))
    if row is None:
        return False
    hold_id, giver_id, recipient_id, entry_id, amount_minor, currency = row
    if hold_id is not None:
        ledger.void_hold(tx, hold_id)
    told = ReversalDropped(amount=Money(amount_minor, currency), reference=reference_of(entry_id))
    for who in (recipient_id, giver_id):
        write_notice(tx, who, told)
    return True
