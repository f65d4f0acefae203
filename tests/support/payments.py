"""Payments by mobile money in a tenant's books: of everything there can be, one."""

import uuid
from typing import Any

from core.money.ledger import Line
from core.payments.movements import Source, allocate, credit_once, debit_once
from tests.support.tenants import CURRENCY, KEYS, Tenant
from values import clock
from values.ids import uuid7
from values.money import Money


def move_at_a_provider(tenant: Tenant) -> None:
    """A collection that was paid, one that waits, one that failed; a payout that waits; a refund;
    money that nobody expected, and some that found its owner later."""
    wallet = tenant.wallet(600)
    moved: dict[str, Any] = {
        "wallet": "W",
        "source": Source.API,
        "happened_at": clock.now(),
        "keys": KEYS,
    }
    moved |= {"tenant_id": tenant.tenant_id, "counterparty": "+250788000111"}
    amount = Money(300, CURRENCY)
    paid = _payment(tenant, "pending")
    with tenant.tx() as tx:
        arrived = credit_once(
            tx,
            provider_txid="1",
            amount=amount,
            gives=[Line(wallet, 300)],
            payment_id=paid,
            text_id=uuid7(),
            **moved,
        )
        tx.execute(
            "UPDATE payment SET state = 'paid', movement_id = %s, ended_at = now()"
            " WHERE tenant_id = current_tenant() AND id = %s",
            (arrived.movement.id, paid),
        )
    with tenant.tx() as tx:
        credit_once(tx, provider_txid="2", amount=amount, words="KOP1", **moved)
        late = credit_once(tx, provider_txid="3", amount=amount, **moved)
        allocate(
            tx,
            tenant_id=tenant.tenant_id,
            movement=late.movement,
            gives=[Line(wallet, 300)],
        )
        debit_once(
            *(tx,),
            provider_txid="4",
            amount=Money(100, CURRENCY),
            takes=[Line(wallet, -100)],
            **moved,
        )
    for state, ends in (("pending", "pending"), ("failed", "void")):
        _payment(tenant, state, intent_id=_intent(tenant, ends))
    _payment(tenant, "unknown", kind="disbursement", hold_id=tenant.hold(wallet, 300))
    _payment(tenant, "created", kind="refund", refunds_id=paid)
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO wallet_outage (tenant_id, wallet_service_id, kind, until)"
            " VALUES (current_tenant(), %s, 'collection', now())",
            (uuid7(),),
        )


def _intent(tenant: Tenant, state: str) -> uuid.UUID:
    id = uuid7()
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO intent (tenant_id, id, subscriber_id, session, operation, payee_id,"
            " amount_minor, fee_minor, currency, quote, state, expires_at) VALUES"
            " (current_tenant(), %s, %s, '', 'deposit', gen_random_uuid(), 300, 0, %s, '{}', %s,"
            " now())",
            (id, uuid7(), CURRENCY, state),
        )
    return id


def _payment(
    tenant: Tenant,
    state: str,
    *,
    kind: str = "collection",
    intent_id: uuid.UUID | None = None,
    hold_id: uuid.UUID | None = None,
    refunds_id: uuid.UUID | None = None,
) -> uuid.UUID:
    id = uuid7()
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO payment (tenant_id, id, kind, reference, provider, wallet,"
            " wallet_service_id, subscriber_id, operation, intent_id, amount_minor, currency,"
            " party_sealed, party_lookup, state, hold_id, refunds_id, reason, provider_id,"
            " submitted_at, asked_at, ended_at, counted_on, code_sealed,"
            " codes_refused) VALUES (current_tenant(),"
            " %s, %s, gen_random_uuid(), 'p', 'W', gen_random_uuid(), gen_random_uuid(), 'deposit',"
            " %s, 300, %s, '\\x01', '\\x01', %s,"
            " %s, %s, 'x', 'y', now(), now(), now(), '2026-01-31', '\\x01', 1)",
            (id, kind, intent_id, CURRENCY, state, hold_id, refunds_id),
        )
    return id
