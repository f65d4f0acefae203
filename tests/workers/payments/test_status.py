"""What the worker makes of a status whose provider's records have no amount."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from providers.airtel_money.answers import status_of
from providers.contracts.payments import PaymentKind
from values.money import Money
from workers.payments.said import status_of as core_status_of

REFERENCE = UUID(int=1, version=4)


@dataclass
class Asked:
    reference: UUID
    amount: Money


@pytest.mark.parametrize(
    ("named", "amount"),
    [(str(REFERENCE), Money(2_500, "RWF")), (str(UUID(int=2, version=4)), None), ("x", None)],
)
def test_the_amount_is_what_was_asked_under_our_reference_and_no_other(
    named: str, amount: Money | None
) -> None:
    body = {"data": {"transaction": {"id": named, "status": "TS", "airtel_money_id": "13"}}}
    answer = status_of(PaymentKind.COLLECTION, REFERENCE, 200, json.dumps(body).encode())
    asked: Any = Asked(REFERENCE, Money(2_500, "RWF"))
    taken = core_status_of(answer, asked)
    assert (taken.amount, taken.txid) == (amount, "13")
