"""The fake with a client that others wrote: pypaystack2 charges, gives a voucher, pays out, pays
back, and checks an event's signature."""

from collections.abc import Iterator
from typing import Any

import pytest
from pypaystack2 import PaystackClient
from pypaystack2.base_clients import AbstractAPIClient
from pypaystack2.enums import Currency, RecipientType

from providers.contracts.payments import PaymentKind, PaymentState
from providers.paystack.fake import PaystackFake
from providers.paystack.signature import HEADER
from providers.paystack.tests.rig import SECRET, SETTING
from tests.support.payment_rig import Rig, rigged

REFERENCE = "5b1c7c7e-8d0a-4c1e-9a51-0c6f4c1b2a33"


@pytest.fixture
def paystack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    with rigged(SETTING) as rig:
        monkeypatch.setattr(AbstractAPIClient, "_BASE_URL", rig.url)
        yield rig


def data(answer: Any) -> Any:
    """What its answer carries, as it came."""
    return answer.raw["data"]


def test_a_charge_with_a_voucher_and_a_refund(paystack: Rig) -> None:
    client = PaystackClient(SECRET)
    wallet = {"phone": "0204000107", "provider": "vod"}
    first = client.charge.charge("a@pay.example", 5_000, reference=REFERENCE, mobile_money=wallet)
    assert data(first)["status"] == "send_otp"
    told = client.charge.submit_otp("482913", REFERENCE)
    assert data(told)["status"] == "pending"
    paystack.clock.now_s += 1
    verified = client.transactions.verify(REFERENCE)
    assert (data(verified)["status"], data(verified)["amount"]) == ("success", 5_000)
    back = client.refunds.create(REFERENCE, amount=2_000, merchant_note="Goodwill")
    assert data(back)["status"] == "pending"
    again = client.charge.charge("a@pay.example", 5_000, reference=REFERENCE, mobile_money=wallet)
    assert (again.status, again.code) == (False, "duplicate_reference")


def test_a_transfer(paystack: Rig) -> None:
    client = PaystackClient(SECRET)
    person = client.transfer_recipients.create(
        RecipientType.MOBILE_MONEY, "Abena", "0264000106", "ATL", currency=Currency.GHS
    )
    code = data(person)["recipient_code"]
    client.transfers.initiate(100_000, code, source="balance", reference=REFERENCE)
    paystack.clock.now_s += 1
    assert data(client.transfers.verify(REFERENCE))["status"] == "success"
    assert paystack.fake.books.balances["disbursement"] == 999_000


def test_its_check_of_an_event_takes_what_ours_signs(paystack: Rig) -> None:
    assert isinstance(paystack.fake, PaystackFake)
    taken = paystack.payments().collect(paystack.collection())
    assert paystack.settled(PaymentKind.COLLECTION, taken).state is PaymentState.PAID
    body, headers, _ = paystack.fake.callback(paystack.fake.books.all()[0])
    client = PaystackClient(SECRET)
    assert client.is_verified_webhook_payload(body, headers[HEADER])
    assert not client.is_verified_webhook_payload(body + b" ", headers[HEADER])
