"""The adapter on the wire: what Hubtel's side receives, and what it does with it."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from werkzeug.wrappers import Response

from providers.contracts.messages import Account, Refused
from providers.contracts.payments import Collection, PaymentKind, PaymentState, Reason, Refund
from providers.hubtel_money.account import HOSTS, HubtelAccount
from providers.hubtel_money.answers import parse_callback
from providers.hubtel_money.pay import HubtelPayments
from providers.hubtel_money.tests.rig import ID, KEY, OPTIONS, SETTING
from tests.support.payment_rig import HOOK, Rig, rigged
from tests.support.providers import Us, us
from values.money import Money

__all__ = ["us"]
DISBURSEMENT = PaymentKind.DISBURSEMENT


@pytest.fixture
def hubtel() -> Iterator[Rig]:
    with rigged(SETTING) as rig:
        yield rig


@pytest.mark.parametrize(
    ("payer", "said", "channel"),
    [
        ("+233244000105", "", "mtn-gh"),
        ("+233504000105", "", "vodafone-gh"),
        ("+233264000105", "", "tigo-gh"),
        ("+233264000105", "mtn", "mtn-gh"),
    ],
)
def test_the_requests(us: Us, payer: str, said: str, channel: str) -> None:
    told = {"ResponseCode": "0001", "Data": {}}
    us.respond = lambda request: Response(json.dumps(told), 200, content_type="application/json")
    payments = HubtelPayments(Account(ID, KEY, us.url, options=OPTIONS))
    asked = Collection(uuid4(), payer, Money(1_050, "GHS"), "L'école", "", HOOK, said)
    payments.collect(asked)
    out = Rig.disbursement(Rig(SETTING, *[None] * 5))  # type: ignore[arg-type]
    payments.disburse(out)
    first, second = us.taken
    assert first.path == "/merchantaccount/merchants/11684/receive/mobilemoney"
    assert b'"Amount":10.50,' in first.body, "through no float"
    assert json.loads(first.body) == {
        "CustomerName": "",
        "CustomerMsisdn": payer[1:],
        "Channel": channel,
        "PrimaryCallbackUrl": HOOK,
        "Amount": 10.5,
        "Description": "L ecole",
        "ClientReference": asked.reference.hex,
    }
    assert second.path == "/api/merchants/11691/send/mobilemoney"
    body = json.loads(second.body)
    assert (body["RecipientName"], body["PrimaryCallbackURL"]) == ("233204000106", HOOK)


def test_each_wallet_has_hosts_of_its_own() -> None:
    account = HubtelAccount.read(Account(ID, KEY, options=OPTIONS[:1]))
    assert {what: account.host(what) for what in HOSTS} == HOSTS
    assert account.wallet("receive") == "11684"
    with pytest.raises(Refused, match=r"^bad_account$"):
        account.wallet("send")


def test_what_is_refused_before_any_request(hubtel: Rig) -> None:
    payments = hubtel.payments()
    for asked, code in (
        (hubtel.collection(callback_url=""), "needs_callback_url"),
        (hubtel.collection(callback_url="http://piga.example/"), "invalid_callback_url"),
        (hubtel.collection(payer="+233234000105"), "unknown_network"),
        (hubtel.collection(network="mpesa"), "unknown_network"),
    ):
        with pytest.raises(Refused, match=f"^{code}$"):
            payments.collect(asked)
    with pytest.raises(Refused, match=r"^not_offered$"):
        payments.refund(Refund(uuid4(), uuid4(), Money(5, "GHS")))
    with pytest.raises(Refused, match=r"^not_offered$"):
        payments.status(PaymentKind.REFUND, uuid4())
    assert not hubtel.fake.requests


def test_a_payout_may_fail(hubtel: Rig) -> None:
    hubtel.fake.books.numbers[SETTING.payee[1:]] = "Account blocked"
    taken = hubtel.payments().disburse(hubtel.disbursement())
    status = hubtel.settled(DISBURSEMENT, taken)
    assert (status.state, status.party) == (PaymentState.FAILED, SETTING.payee)
    assert status.reason is Reason.OTHER, "its status has no sentence"
    hint = parse_callback(hubtel.fake.callback(hubtel.fake.books.all()[0]).body)
    assert (hint.kind, hint.claims) == (DISBURSEMENT, PaymentState.FAILED)


@pytest.mark.parametrize(("word", "active"), [("", True), ("UNREGISTERED", False)])
def test_who_has_a_wallet(hubtel: Rig, word: str, active: bool) -> None:
    hubtel.fake.books.numbers[SETTING.payer[1:]] = word
    assert hubtel.payments().is_active(SETTING.payer) is active
    if not active:
        with pytest.raises(Refused, match=r"^person_not_found$"):
            hubtel.payments().collect(hubtel.collection())


@pytest.mark.parametrize("lie", ["", "state", "amount", "reference"])
def test_what_it_calls_back_with(hubtel: Rig, lie: str) -> None:
    hubtel.options(lie=lie)
    taken = hubtel.payments().collect(hubtel.collection())
    paid = hubtel.settled(PaymentKind.COLLECTION, taken)
    hint = parse_callback(hubtel.fake.callback(hubtel.fake.books.all()[0]).body)
    assert hint.amount is not None
    assert paid.amount is not None
    seen = {
        "state": hint.claims is PaymentState.PAID,
        "amount": hint.amount == paid.amount,
        "reference": hint.reference == taken.reference,
    }
    assert [name for name, right in seen.items() if not right] == ([lie] if lie else [])
    assert (paid.state, hint.provider_id) == (PaymentState.PAID, paid.provider_id)
