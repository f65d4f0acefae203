"""The fake with a client that others wrote: airtelmoney-py asks it for money and pays it out, with
its own seals and its own way to hide the PIN."""

from collections.abc import Iterator

import pytest
from airtelmoney import AirtelAPIError, AirtelAuthError, AirtelMoney

from providers.airtel_money.fake import AirtelFake
from providers.airtel_money.tests.rig import CLIENT, PIN, SECRET, SETTING
from providers.contracts.payments import PaymentKind, PaymentState
from tests.support.payment_rig import Rig, rigged


@pytest.fixture
def airtel() -> Iterator[Rig]:
    with rigged(SETTING) as rig:
        yield rig


def client(rig: Rig, secret: str = SECRET) -> AirtelMoney:
    return AirtelMoney(CLIENT, secret, base_url=rig.url, country="RW", currency="RWF", timeout=5)


def test_it_is_paid_and_pays_back(airtel: Rig) -> None:
    its = client(airtel)
    asked = airtel.collection()
    its.collection.payment(
        reference="Umusanzu",
        msisdn=SETTING.payer[4:],
        amount=2_500,
        transaction_id=str(asked.reference),
    )
    assert airtel.fake.count("POST", "/merchant/v2/payments/") == 1, "sealed"
    assert its.collection.enquiry(str(asked.reference))["data"]["transaction"]["status"] == "TIP"
    airtel.clock.now_s += 1
    told = its.collection.enquiry(str(asked.reference))["data"]["transaction"]
    ours = airtel.payments().status(PaymentKind.COLLECTION, asked.reference)
    assert (told["status"], ours.state) == ("TS", PaymentState.PAID)
    assert told["airtel_money_id"] == ours.provider_id
    assert its.collection.refund(told["airtel_money_id"])["status"]["success"] is True
    with pytest.raises(AirtelAPIError):
        its.collection.refund(told["airtel_money_id"])
    with pytest.raises(AirtelAPIError) as error:
        its.collection.payment(
            reference="again",
            msisdn=SETTING.payer[4:],
            amount=1,
            transaction_id=str(asked.reference),
        )
    assert error.value.payload["status"]["result_code"] == "ESB000041"


def test_it_pays_out(airtel: Rig) -> None:
    its = client(airtel)
    told = its.disbursement.payment(
        msisdn=SETTING.payee[4:], amount=700, reference="Igice", pin=PIN, transaction_id="po88"
    )
    assert told["data"]["transaction"]["id"] == "po88"
    airtel.clock.now_s += 1
    assert its.disbursement.enquiry("po88")["data"]["transaction"]["status"] == "TS"
    assert airtel.fake.books.balances["disbursement"] == 999_300
    with pytest.raises(AirtelAPIError, match="Failed"):
        its.disbursement.payment(
            msisdn=SETTING.payee[4:], amount=700, reference="Igice", pin="0000"
        )


def test_people_keys_and_tokens(airtel: Rig) -> None:
    its = client(airtel)
    assert its.kyc.user_enquiry(SETTING.payer[4:])["data"]["is_barred"] is False
    assert isinstance(airtel.fake, AirtelFake)
    airtel.fake.expire_tokens()
    assert its.get_encryption_key(force_refresh=True)
    assert airtel.fake.count("POST", "/token") == 2
    with pytest.raises(AirtelAuthError):
        client(airtel, "wrong").get_access_token()
