"""Payments by mobile money, and exceptions, as lists that people take away."""

from collections.abc import Sequence
from typing import Final

from core.db.connection import Row
from core.db.database import Tx
from core.documents.table import Column, Value
from core.lists.listing import Filter, Listing, Sort, Wanted
from core.payments.exceptions import EXCEPTION
from core.payments.lifecycle import PAYMENT
from core.security.keyring import Keyring
from values.money import Money
from values.phone import masked


def _payments(
    _tx: Tx, keys: Keyring, wanted: Wanted, found: Sequence[Row]
) -> Sequence[tuple[Value, ...]]:
    rows = []
    for id, sealed, amount_minor, currency, who, created_at, ended_at, *rest in found:
        party = keys.open(sealed, id.bytes)
        rows.append(
            (
                *(created_at, str(id), str(who), party if wanted.whole else masked(party)),
                *(*rest, Money(amount_minor, currency), ended_at),
            )
        )
    return rows


PAYMENTS: Final = Listing(
    name="payments",
    title="Payments",
    permission="payments.look",
    api_scope="payments:read",
    columns=(
        Column("at", "Begun", "moment", width=1.2),
        Column("payment", "Payment", width=2),
        Column("person", "Person", width=2),
        Column("number", "Number", width=1.2),
        Column("kind", "Kind"),
        Column("for", "For"),
        Column("wallet", "Wallet"),
        Column("provider_id", "Provider's id"),
        Column("state", "State", width=0.8),
        Column("reason", "Reason"),
        Column("amount", "Amount", "amount", width=1.2),
        Column("ended_at", "Ended", "moment", width=1.2),
    ),
    key="p.id",
    query=(
        "SELECT p.id, p.party_sealed, p.amount_minor, p.currency, p.subscriber_id, p.created_at,"
        " p.ended_at, p.kind, p.operation, p.wallet, p.provider_id, p.state, p.reason"
        " FROM payment p WHERE p.tenant_id = current_tenant()"
    ),
    dated="p.created_at",
    dated_by_id=False,
    rows=_payments,
    filters=(
        Filter("state", "p.state", tuple(PAYMENT.states)),
        Filter("kind", "p.kind", ("collection", "disbursement", "refund")),
    ),
    sorts=(Sort("amount", "p.amount_minor"),),
)


def _exceptions(
    _tx: Tx, _keys: Keyring, _wanted: Wanted, found: Sequence[Row]
) -> Sequence[tuple[Value, ...]]:
    return [
        (
            *(created_at, str(id), wallet, txid, happened_at, reason, state, owner),
            *(Money(amount_minor, currency), ended_at),
        )
        for (
            id,
            created_at,
            wallet,
            txid,
            happened_at,
            reason,
            state,
            owner,
            amount_minor,
            currency,
            ended_at,
        ) in found
    ]


EXCEPTIONS: Final = Listing(
    name="exceptions",
    title="Exceptions",
    permission="exceptions.look",
    api_scope="payments:read",
    columns=(
        Column("at", "Since", "moment", width=1.2),
        Column("exception", "Exception", width=2),
        Column("wallet", "Wallet"),
        Column("provider_id", "Provider's id", width=1.2),
        Column("happened_at", "Happened", "moment", width=1.2),
        Column("reason", "Reason"),
        Column("state", "State"),
        Column("owner", "In whose hands"),
        Column("amount", "Amount", "amount", width=1.2),
        Column("ended_at", "Ended", "moment", width=1.2),
    ),
    key="e.id",
    query=(
        "SELECT e.id, e.created_at, e.wallet, e.provider_txid, e.happened_at, e.reason, e.state,"
        " e.owner, e.amount_minor, e.currency, e.ended_at FROM payment_exception e"
        " WHERE e.tenant_id = current_tenant()"
    ),
    dated="e.created_at",
    dated_by_id=False,
    rows=_exceptions,
    filters=(Filter("state", "e.state", tuple(EXCEPTION.states)),),
    sorts=(Sort("amount", "e.amount_minor"),),
)
LISTINGS: Final = (PAYMENTS, EXCEPTIONS)
