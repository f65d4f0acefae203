"""Payments by hand over the webhooks: a person at Daraja's fake, its question, and its word."""

import json
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import cast

import pytest
from flask import Flask

from app.webhooks import views
from app.webhooks.auth import WebhookAuth
from app.webhooks.body_limit import BodyLimit
from app.webhooks.callbacks import Callbacks
from app.webhooks.receive import Hooks
from core.money import ledger
from core.payments import exceptions, expected, movements, tokens
from core.savings import groups
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from core.tenants.directory import Directory
from engine.turn.ussd import Turns
from providers.mpesa_daraja.fake import DarajaFake
from providers.mpesa_daraja.tests.rig import OPTIONS, SETTING
from providers.simulator.loopback import HttpPost, listen
from providers.simulator.timers import Later
from tests.support.momo import CODE
from tests.support.payment_rig import Clock
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.texts import PURPOSES, group
from tests.workers.payments.test_hints import DarajaTenant, somebody
from values import clock
from values.money import Money
from workers.sending.hook_urls import hook_url

SHORTCODE = dict(OPTIONS)["shortcode"]
AMOUNT_MINOR = 150_000  # as the demo's prompts: whole shillings


class Paybill(DarajaTenant):
    """A tenant whose paybill's addresses are registered, and who listens at them."""

    group_id: uuid.UUID
    url: str

    def member(self, amount_minor: int = 0) -> tuple[uuid.UUID, str]:
        """A member of the group, and their token; with an amount, it is expected of them."""
        person = somebody(self)
        with self.tx() as tx:
            groups.join(tx, group_id=self.group_id, subscriber_id=person, currency=self.currency)
            payee = ARRIVED_CONTRIBUTION.payee(tx, person, self.group_id)
            assert payee
            if amount_minor:
                until = clock.now() + timedelta(hours=1)
                expected.expect(tx, payee, Money(amount_minor, self.currency), until=until)
            return person, tokens.token_of(tx, payee)

    def saved(self, person: uuid.UUID) -> int:
        account = ledger.savings_account_id(self.group_id, person, self.currency)
        return self.balance(account)[0]

    def pay(self, amount: str, typed: str, phone: str = "254712000105", to: str = SHORTCODE) -> str:
        return self.fake.pay_by_hand(to, amount, typed, phone)

    def confirm(self, **changed: object) -> tuple[int, bytes]:
        """A confirmation, as Daraja posts it."""
        told = {"TransID": "TKA1B2C3D4", "TransAmount": "1500.00", "BusinessShortCode": SHORTCODE}
        told |= {"TransTime": "20191122063845", "BillRefNumber": "", "MSISDN": "5e1f" * 16}
        return self.post("arrival", json.dumps(told | changed).encode())

    def post(self, kind: str, body: bytes) -> tuple[int, bytes]:
        url = hook_url(KEYS, self.url, self.hook, kind)
        answer = HttpPost()(url, body, {"Content-Type": "application/json"}, 5.0)
        return answer.status, answer.body

    def waits(self, txid: str) -> exceptions.PaymentException | None:
        with self.tx() as tx:
            found = [one for one in exceptions.listed(tx) if one.provider_txid == txid]
        return found[0] if found else None


@pytest.fixture(scope="module")
def the_tenant(module_database: DatabaseUrls) -> Iterator[Paybill]:
    later, post = Later(), HttpPost()
    fake = SETTING.fake(later, post.send, Clock())
    assert isinstance(fake, DarajaFake)
    web = Flask("hooks", static_folder=None)
    servers = [listen("127.0.0.1", 0, fake), listen("127.0.0.1", 0, web)]
    threads = [threading.Thread(target=one.serve_forever, args=(0.01,)) for one in servers]
    made = Paybill(module_database, SETTING.account(f"http://127.0.0.1:{servers[0].port}"))
    made.fake, made.url = fake, f"http://127.0.0.1:{servers[1].port}"
    directory, accounts = Directory(made.database), made.context.accounts
    hooks = Hooks(
        cast("Turns", None),  # nobody dials
        WebhookAuth(directory, KEYS),
        Callbacks(made.database, KEYS, directory, accounts, purposes=PURPOSES),
        accounts,
        BodyLimit(2, lambda *_: 0, lambda *_: 0),
    )
    web.register_blueprint(views.blueprint(hooks, takes_chunks=False))
    made.group_id = group(made, "KOP1")
    for thread in threads:
        thread.start()
    urls = (hook_url(KEYS, made.url, made.hook, kind) for kind in ("arrival", "arrival-check"))
    accounts.payments(made.hook).register_urls(*urls)  # type: ignore[attr-defined]
    yield made
    made.close()
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        server.server_close()
        thread.join()
    later.close()
    post.close()


@pytest.fixture
def tenant(the_tenant: Paybill) -> Iterator[Paybill]:
    the_tenant.options(callback="off")
    yield the_tenant
    assert the_tenant.broken() == []


def test_addresses_have_no_word_that_safaricom_refuses(tenant: Paybill) -> None:
    assert all("/hooks/daraja/arrival" in url for url in tenant.fake.urls[SHORTCODE])
    assert not any("mpesa" in url.lower() for url in tenant.fake.urls[SHORTCODE])


def test_a_token_is_taken_and_credited_once(tenant: Paybill) -> None:
    person, token = tenant.member()
    receipt = tenant.pay("150.00", token.lower())
    assert receipt
    assert tenant.saved(person) == 15_000
    for _ in range(2):  # copies
        assert tenant.confirm(TransID=receipt, TransAmount="150", BillRefNumber=token)[0] == 200
    assert tenant.saved(person) == 15_000
    assert tenant.texts(person) == ["contribution_receipt"]
    with tenant.tx() as tx:
        moved = movements.find(tx, wallet=CODE, provider_txid=receipt)
        assert moved
        assert movements.words_of(tx, KEYS, moved.id) == token.lower()
    assert moved.source == "callback"


def test_who_is_expected_may_pay_and_others_may_not(tenant: Paybill) -> None:
    person, _ = tenant.member(20_000)
    phone = tenant.number_of(person)[1:]
    assert tenant.pay("200.00", "june", phone)
    assert tenant.saved(person) == 20_000
    before = tenant.movements()
    for amount, typed in (("200.00", "june"), ("200.00", "KOP1"), ("10.00", "A3A3A3")):
        assert tenant.pay(amount, typed, phone) == "", "refused before any money moves"
    assert tenant.movements() == before


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"BillRefNumber": "nobody"}, b"C2B00012"),
        ({"TransAmount": "0"}, b"C2B00013"),
        ({"TransAmount": "10.005"}, b"C2B00013"),
        ({"BusinessShortCode": "600639"}, b"C2B00016"),
        ({"TransID": None}, b"C2B00016"),  # it cannot be read
    ],
)
def test_a_question_is_answered_in_its_codes(
    tenant: Paybill, changed: dict[str, object], code: bytes
) -> None:
    told = {"TransID": "T1", "TransAmount": "10", "BusinessShortCode": SHORTCODE} | changed
    status, body = tenant.post("arrival-check", json.dumps(told).encode())
    assert (status, json.loads(body)["ResultCode"]) == (200, code.decode())


def test_an_unknown_reference_waits_for_a_person_with_its_words(tenant: Paybill) -> None:
    """It was paid although we said no: a confirmation is what counts."""
    before = tenant.suspense()
    assert tenant.confirm(TransID="TUNKNOWN01", BillRefNumber="for mum")[0] == 200
    waits = tenant.waits("TUNKNOWN01")
    assert waits is not None
    assert (waits.reason, waits.amount_minor, waits.state) == ("no_owner", 150_000, "open")
    assert tenant.suspense() == before + 150_000
    with tenant.tx() as tx:
        assert waits.movement_id
        assert movements.words_of(tx, KEYS, waits.movement_id) == "for mum"


def test_the_same_id_with_another_amount_moves_nothing_more(
    tenant: Paybill, caplog: pytest.LogCaptureFixture
) -> None:
    person, token = tenant.member()
    receipt = tenant.pay("150.00", token)
    assert tenant.confirm(TransID=receipt, TransAmount="1500", BillRefNumber=token)[0] == 200
    assert tenant.saved(person) == 15_000
    waits = tenant.waits(receipt)
    assert waits is not None
    assert (waits.reason, waits.movement_id) == ("other_amount", None)
    assert "ALARM" in caplog.text
    assert token not in caplog.text


@pytest.mark.parametrize("changed", [{"BusinessShortCode": "600639"}, {"TransAmount": "0.001"}])
def test_what_is_not_ours_or_no_amount_is_not_booked(
    tenant: Paybill, changed: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    before = tenant.movements()
    assert tenant.confirm(TransID="TNOTOURS01", **changed)[0] == 200
    assert tenant.movements() == before
    assert "it is not booked" in caplog.text


def test_who_does_not_know_the_address_credits_nothing(tenant: Paybill) -> None:
    before = tenant.movements()
    url = hook_url(KEYS, tenant.url, tenant.hook, "arrival-check").replace("-check", "")
    body = json.dumps({"TransID": "TFORGED01"}).encode()
    assert HttpPost()(url, body, {"Content-Type": "application/json"}, 5.0).status == 403
    assert tenant.movements() == before


@pytest.mark.parametrize("is_first", [True, False])
def test_a_prompt_that_is_told_as_a_payment_by_hand_is_one_movement(
    tenant: Paybill, *, is_first: bool
) -> None:
    person = somebody(tenant)
    payment = tenant.deposit(person, AMOUNT_MINOR)
    tenant.work()
    before = tenant.movements()
    tenant.later(1)
    receipt = tenant.payment().provider_id
    if is_first:
        tenant.confirm(TransID=receipt, BillRefNumber="Kopera")
        waits = tenant.waits(receipt)
        assert waits is not None
        assert waits.reason == "asked_for"
    tenant.call_back(tenant.told())
    tenant.work(2)
    tenant.confirm(TransID=receipt, BillRefNumber="Kopera")
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(person) == (AMOUNT_MINOR, 0)
    assert tenant.movements() == before + 1
    with tenant.tx() as tx:
        exceptions.settle_known(tx)
    assert tenant.waits(receipt) is None


def test_a_group_that_is_frozen_leaves_it_in_suspense(tenant: Paybill) -> None:
    person, token = tenant.member()
    with tenant.tx() as tx:
        groups.freeze(tx, tenant.group_id, frozen=True, actor="officer ann", reason="audit")
    tenant.confirm(TransID="TFROZEN001", BillRefNumber=token)
    with tenant.tx() as tx:
        groups.freeze(tx, tenant.group_id, frozen=False, actor="officer ann", reason="audit")
    waits = tenant.waits("TFROZEN001")
    assert waits is not None
    assert tenant.saved(person) == 0
    tenant.confirm(TransID="TFROZEN001", BillRefNumber=token)  # told again, it can be given
    assert tenant.saved(person) == 150_000
