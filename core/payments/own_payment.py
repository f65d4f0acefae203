"""Somebody pays by the network's own menu: what they dial, and what is expected of them then.

The intent of the confirmation ends without an entry, since its fee is not taken: what arrives is
saved whole, when the network's text of it does (`core/payments/matching.py`).
"""

import uuid
from datetime import timedelta
from typing import Final

from core.db.database import Tx
from core.messaging.messages import write_text
from core.money import intents
from core.money.errors import IntentVoid
from core.money.purposes import Payee
from core.payments import expected, tokens
from core.payments.messages import DialToPay
from core.payments.wallets import Wallet
from values import clock
from values.money import Money

EXPECTED_H: Final = 24


def expect_own_payment(
    tx: Tx, *, wallet: Wallet, payee: Payee, what: str, intent_id: uuid.UUID
) -> DialToPay:
    """Expect the amount of an intent from the payee, into this wallet, and text how to pay it.
    The same intent again is the same payment and no second text. `what` is what it is for, as
    people call it. Raises IntentVoid where the intent was paid otherwise."""
    intent = intents.end(tx, intent_id, payee.subscriber_id)
    if intent is None or intent.state != "void":
        raise IntentVoid
    amount = Money(intent.amount_minor, intent.currency)
    reference = tokens.token_of(tx, payee)
    told = DialToPay(wallet.dialled(amount), EXPECTED_H, amount, what, reference)
    until = clock.now() + timedelta(hours=EXPECTED_H)
    if expected.expect(tx, payee, amount, until=until, wallet=wallet.code, id=intent.id):
        write_text(
            tx,
            subscriber_id=payee.subscriber_id,
            service_id=uuid.UUID(intent.quote["service"]),
            message=told,
            until=until,
        )
    return told
