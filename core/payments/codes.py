"""Codes that payers get from their network and give to us, for a provider that waits for one.

    await_code   its provider asks for a code: the payer is texted, and types it at their next dial
    give         what they typed, sealed for the payment; a job passes it on
    take         out of the row, and committed, before it leaves: a code leaves once
    refused      the provider did not take it: they may give another, a few times

A code is a secret: it is asked for where nothing of it stays (a dial), and stands nowhere else.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core.db.database import Tx
from core.messaging.messages import write_text
from core.messaging.notices import write_notice
from core.money import intents
from core.payments import payments, wallets
from core.payments.errors import NoCodeWanted
from core.payments.lifecycle import CODE_SENT, GIVE_CODE
from core.payments.messages import CodeNotTaken, CodeWanted
from core.payments.payments import Payment
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values import clock
from values.messages import Message
from values.money import Money

CODES_REFUSED_MAXIMUM: Final = 3
# What a code is sealed with beside its payment's id, so that it is no number of that payment's.
_SEALED_AS: Final = b"code"


@dataclass(frozen=True, slots=True)
class CodeDue:
    """A payment that waits for its payer's code."""

    payment_id: uuid.UUID
    amount: Money
    wallet: str


_WAITS = (
    "UPDATE payment SET reason = %s WHERE tenant_id = current_tenant() AND id = %s"
    " AND state = 'pending'"
)
_DUE = (
    "SELECT id, amount_minor, currency, wallet FROM payment WHERE tenant_id = current_tenant()"
    f" AND subscriber_id = %s AND state = 'pending' AND reason = '{GIVE_CODE}'"
    " AND code_sealed IS NULL ORDER BY created_at, id LIMIT 1"
)
_GIVE = (
    "UPDATE payment SET code_sealed = %s WHERE tenant_id = current_tenant() AND id = %s"
    f" AND subscriber_id = %s AND state = 'pending' AND reason = '{GIVE_CODE}'"
    " AND code_sealed IS NULL RETURNING 1"
)
_TAKE = (
    "UPDATE payment p SET code_sealed = NULL, reason = %s FROM ("
    "SELECT id, code_sealed FROM payment WHERE tenant_id = current_tenant() AND id = %s"
    " AND state = 'pending' AND code_sealed IS NOT NULL FOR UPDATE) held"
    " WHERE p.tenant_id = current_tenant() AND p.id = held.id RETURNING held.code_sealed"
)
_HAS_LEFT = (
    "UPDATE payment SET submitted_at = now() WHERE tenant_id = current_tenant() AND id = %s"
    " AND state = 'pending'"
)
_PUT_BACK = (
    "UPDATE payment SET code_sealed = %s, reason = %s WHERE tenant_id = current_tenant()"
    " AND id = %s AND state = 'pending'"
)
_REFUSED = (
    "UPDATE payment SET codes_refused = codes_refused + 1, reason = %s"
    " WHERE tenant_id = current_tenant() AND id = %s AND state = 'pending'"
)


def await_code(tx: Tx, tenant: Tenant, payment: Payment, source: str, *, for_s: float) -> None:
    """Its provider waits for a code of the payer's, who is texted. `source` is what they dial for
    one, where the provider says it. `for_s`: for how long the text is of use."""
    tx.execute(_WAITS, (GIVE_CODE, payment.id))
    name = wallets.named(tenant, payment.wallet)
    _tell(tx, payment, CodeWanted(source or name, payment.amount, name), for_s)


def due_of(tx: Tx, subscriber_id: uuid.UUID) -> CodeDue | None:
    """The oldest payment of somebody that waits for a code of theirs."""
    row = tx.one(_DUE, (subscriber_id,))
    if row is None:
        return None
    id, amount_minor, currency, wallet = row
    return CodeDue(id, Money(amount_minor, currency), wallet)


def give(
    tx: Tx, keys: Keyring, *, payment_id: uuid.UUID, subscriber_id: uuid.UUID, code: str
) -> None:
    """Keep a payer's code, sealed, until a job passes it on, which is at once. Raises
    NoCodeWanted."""
    sealed = keys.seal(code, payment_id.bytes + _SEALED_AS)
    if tx.one(_GIVE, (sealed, payment_id, subscriber_id)) is None:
        raise NoCodeWanted
    payments.ask_now(tx, payment_id)


def take(tx: Tx, keys: Keyring, payment: Payment) -> str | None:
    """The code, to be sent once this is committed; None where another worker has it. A worker that
    is killed after that COMMIT may have sent it: what became of it the status says."""
    row = tx.one(_TAKE, (CODE_SENT, payment.id))
    return keys.open(row[0], payment.id.bytes + _SEALED_AS) if row else None


def has_left(tx: Tx, payment: Payment) -> None:
    """The provider has it: its time begins anew, for only now the phone asks for a PIN."""
    tx.execute(_HAS_LEFT, (payment.id,))


def put_back(tx: Tx, keys: Keyring, payment: Payment, code: str) -> None:
    """Not a byte of it left: it goes again."""
    sealed = keys.seal(code, payment.id.bytes + _SEALED_AS)
    tx.execute(_PUT_BACK, (sealed, GIVE_CODE, payment.id))


def refused(tx: Tx, tenant: Tenant, payment: Payment, *, for_s: float) -> bool:
    """The provider did not take it. Whether the payer may give another, which they are told."""
    if payment.codes_refused + 1 >= CODES_REFUSED_MAXIMUM:
        return False
    tx.execute(_REFUSED, (GIVE_CODE, payment.id))
    name = wallets.named(tenant, payment.wallet)
    _tell(tx, payment, CodeNotTaken(payment.amount, name), for_s)
    return True


def _tell(tx: Tx, payment: Payment, message: Message, for_s: float) -> None:
    service_id = intents.service_of(tx, payment.intent_id) if payment.intent_id else None
    if service_id is None:
        write_notice(tx, payment.subscriber_id, message)
        return
    until = clock.now() + timedelta(seconds=for_s)
    write_text(
        tx,
        subscriber_id=payment.subscriber_id,
        service_id=service_id,
        message=message,
        until=until,
    )
