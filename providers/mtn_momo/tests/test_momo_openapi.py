"""The fake with a client that others wrote: momo-openapi asks it for money and pays it out.

Its numbers go out as they are given, so they are given without a plus here.
"""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from momo_openapi import Collection, Disbursement, MomoAPIError, MomoConfig
from momo_openapi.errors import AuthenticationError

from providers.contracts.payments import PaymentKind, PaymentState
from providers.mobile_money.fake import Mode
from providers.mtn_momo.tests.conftest import KEY, KEYS, PAYEE, PAYER, USER, Momo, collection


def config(momo: Momo, product: str, **more: object) -> MomoConfig:
    wanted = {
        "subscription_key": KEYS[product],
        "user_id": USER,
        "credential_token": KEY,
        "target_environment": "mtnrwanda",
        "base_url": momo.url,
        "currency": "RWF",
        "timeout": 5.0,
    }
    return MomoConfig(**(wanted | more))  # type: ignore[arg-type]


def test_it_is_paid(momo: Momo) -> None:
    client = Collection(config(momo, "collection"))
    reference = client.request_to_pay(
        *(1_500, PAYER[1:], "order-17"), payer_message="Umusanzu", payee_note="KOP1"
    )
    assert client.get_transaction_status(reference) == {
        "externalId": "order-17",
        "amount": "1500",
        "currency": "RWF",
        "payerMessage": "Umusanzu",
        "payeeNote": "KOP1",
        "status": "PENDING",
        "payer": {"partyIdType": "MSISDN", "partyId": PAYER[1:]},
    }
    momo.clock.now_s += 1
    told = client.get_transaction_status(reference)
    assert (told["status"], told["financialTransactionId"].isdigit()) == ("SUCCESSFUL", True)
    assert client.get_balance() == {"availableBalance": "1500", "currency": "RWF"}
    assert momo.fake.count("POST", "/token/") == 1


def test_it_pays_out(momo: Momo) -> None:
    client = Disbursement(config(momo, "disbursement"))
    reference = client.transfer(
        *(Decimal(700), PAYEE[1:], "payout-3"), payer_message="Igice", payee_note="Igice"
    )
    momo.clock.now_s += 1
    told = client.get_transaction_status(reference)
    assert (told["status"], told["payee"]["partyId"]) == ("SUCCESSFUL", PAYEE[1:])
    assert momo.fake.wallets.balances["disbursement"] == 999_300


def test_a_reference_that_comes_again(momo: Momo) -> None:
    client = Collection(config(momo, "collection"))
    asked = collection()
    momo.payments().collect(asked)
    with pytest.raises(MomoAPIError) as error:
        client.request_to_pay(
            *(2_500, PAYER[1:], "order-18"),
            payer_message="a",
            payee_note="b",
            reference_id=str(asked.reference),
        )
    assert (error.value.status_code, error.value.code) == (409, "RESOURCE_ALREADY_EXIST")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"currency": "EUR"}, 500, "INVALID_CURRENCY"),
        ({"target_environment": "sandbox"}, 500, "NOT_ALLOWED_TARGET_ENVIRONMENT"),
        ({"callback_url": ""}, 400, "VALIDATION_ERROR"),  # left out; the note is what is wrong
    ],
)
def test_its_errors(momo: Momo, changed: dict[str, object], status: int, code: str) -> None:
    client = Collection(config(momo, "collection", **changed))
    note = "it's" if status == 400 else "its"
    with pytest.raises(MomoAPIError) as error:
        client.request_to_pay(1_500, PAYER[1:], "order-19", payer_message=note, payee_note="b")
    assert (error.value.status_code, error.value.code) == (status, code)


def test_a_wrong_key(momo: Momo) -> None:
    client = Collection(config(momo, "collection", credential_token="wrong"))
    with pytest.raises(AuthenticationError) as error:
        client.get_access_token()
    assert error.value.code == "login_failed"


def test_a_page_instead_of_an_answer(momo: Momo) -> None:
    momo.fake.script([Mode("http_after", status=502)])
    client = Collection(config(momo, "collection"))
    reference = str(uuid4())
    with pytest.raises(MomoAPIError) as error:
        client.request_to_pay(
            *(1_500, PAYER[1:], "order-20"),
            payer_message="a",
            payee_note="b",
            reference_id=reference,
        )
    assert (error.value.status_code, error.value.code) == (502, None)
    assert client.get_transaction_status(reference)["status"] == "PENDING", "it was taken"


def test_what_it_asked_for_is_what_ours_finds(momo: Momo) -> None:
    asked = collection()
    Collection(config(momo, "collection")).request_to_pay(
        *(2_500, PAYER[1:], str(asked.reference)),
        payer_message="a",
        payee_note="b",
        reference_id=str(asked.reference),
    )
    momo.clock.now_s += 1
    status = momo.payments().status(PaymentKind.COLLECTION, asked.reference)
    assert (status.state, status.known_as) == (PaymentState.PAID, asked.reference)
