"""What every payment provider does alike, tried against each one's fake on its wire."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest

from providers import registry
from providers.contracts.messages import NotSent, OutcomeUnknown, Refused, SendError
from providers.contracts.payments import PaymentKind, Payments, PaymentState, sentence
from providers.mobile_money.fake import Mode
from tests.support.payment_rig import PROVIDERS, Rig, rigged, setting
from values.money import Money

COLLECTION, DISBURSEMENT = PaymentKind.COLLECTION, PaymentKind.DISBURSEMENT


@pytest.fixture(params=PROVIDERS)
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with rigged(setting(request.param)) as made:
        yield made


def caught(call: Callable[[], object]) -> SendError:
    with pytest.raises(SendError) as error:
        call()
    assert sentence(error.value)
    return error.value


def test_a_payment_in_and_one_out(rig: Rig) -> None:
    payments: Payments = rig.payments()
    taken = payments.collect(rig.collection())
    pending = payments.status(COLLECTION, taken.reference, taken.provider_id or "")
    assert (pending.state, pending.reference) == (PaymentState.PENDING, taken.reference)
    paid = rig.settled(COLLECTION, taken)
    assert (paid.state, paid.reason) == (PaymentState.PAID, None)
    assert rig.fake.books.balances["collection"] * 100 in (250_000, 25_000_000)
    assert len(rig.fake.books.all()) == 1
    if rig.setting.disburses:
        out = payments.disburse(rig.disbursement())
        assert rig.settled(DISBURSEMENT, out).state is PaymentState.PAID
        assert rig.fake.books.balances["disbursement"] < 1_000_000


@pytest.mark.parametrize("word", ["ONGOING", "EXPIRED"])
def test_nobody_decides(rig: Rig, word: str) -> None:
    rig.fake.books.numbers[rig.setting.payer[1:]] = word
    taken = rig.payments().collect(rig.collection())
    assert rig.settled(COLLECTION, taken).state is PaymentState.PENDING
    rig.clock.now_s += 300
    ended = rig.settled(COLLECTION, taken)
    waits = word == "ONGOING" or not rig.setting.tells_failures
    assert (ended.state is PaymentState.PENDING) == waits
    assert ended.state in (PaymentState.PENDING, PaymentState.EXPIRED, PaymentState.FAILED)
    assert rig.fake.books.balances["collection"] == 0


@pytest.mark.parametrize(
    ("mode", "kind", "code", "taken"),
    [
        (Mode("hang_before"), OutcomeUnknown, "connection_dropped", 0),
        (Mode("hang_after"), OutcomeUnknown, "connection_dropped", 1),
        (Mode("http_before", status=502), OutcomeUnknown, "http_502", 0),
        (Mode("http_after", status=504), OutcomeUnknown, "http_504", 1),
        (Mode("http_after", status=200), OutcomeUnknown, "unreadable_answer", 1),
        (Mode("http_before", status=429), Refused, "throttled", 0),
        (Mode("http_before", status=302), Refused, "http_302", 0),
    ],
)
def test_faults_of_the_wire(
    rig: Rig, mode: Mode, kind: type[SendError], code: str, taken: int
) -> None:
    rig.fake.script([mode])
    mode.times = 1
    asked = rig.collection()
    error = caught(lambda: rig.payments().collect(asked))
    assert (type(error), error.code, error.never_left) == (kind, code, False)
    assert len(rig.fake.books.all()) == taken
    if kind is OutcomeUnknown and rig.setting.knows_references:
        assert error.message_id == str(asked.reference)
        # The same again cannot pay twice, and finds out what the first one did.
        again = rig.payments().collect(asked)
        assert (again.was_known, len(rig.fake.books.all())) == (bool(taken), 1)


def test_a_time_out_is_unknown_and_never_failed(rig: Rig) -> None:
    rig.payments().collect(rig.collection())  # a token is there
    rig.fake.script([Mode("hang_after", delay_s=0.3)])
    asked = rig.collection()
    error = caught(lambda: rig.payments(read_timeout_s=0.1).collect(asked))
    assert (type(error), error.code) == (OutcomeUnknown, "answer_timeout")
    assert len(rig.fake.books.all()) == 2


def test_where_nobody_listens_nothing_was_sent(rig: Rig) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    error = caught(lambda: rig.payments(base_url=url).collect(rig.collection()))
    assert (type(error), error.code, error.never_left) == (NotSent, "connection_refused", True)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"payer": "0788000105"}, "invalid_number"),
        ({"payer": "+15005550006"}, "invalid_number"),
        ({"amount": 0}, "not_payable"),
        ({"amount": -5}, "not_payable"),
        ({"amount": Money(500, "EUR")}, "other_currency"),
    ],
)
def test_refused_before_any_request(rig: Rig, changed: dict[str, Any], code: str) -> None:
    if isinstance(changed.get("amount"), int):
        changed = {"amount": Money(changed["amount"], rig.setting.currency)}
    error = caught(lambda: rig.payments().collect(rig.collection(**changed)))
    assert (type(error), error.code, error.never_left) == (Refused, code, True)
    assert not rig.fake.requests


def test_a_wrong_secret_calls_a_person(rig: Rig) -> None:
    error = caught(lambda: rig.payments(secret="wrong").collect(rig.collection()))
    assert (type(error), error.code, error.alarm) == (Refused, "unauthorized", True)
    assert rig.fake.books.all() == []


@pytest.mark.parametrize(
    ("mode", "kind", "code"),
    [
        (Mode("hang_before", on="token"), NotSent, "no_token"),
        (Mode("http_before", on="token", status=503), NotSent, "no_token"),
        (Mode("http_before", on="token", status=200), NotSent, "no_token"),
        (Mode("http_before", on="token", status=403), Refused, "unauthorized"),
    ],
)
def test_without_a_token_the_payment_has_not_left(
    rig: Rig, mode: Mode, kind: type[SendError], code: str
) -> None:
    if not rig.setting.has_tokens:
        return  # it shows its secret itself
    mode.times = 1
    rig.fake.script([mode])
    error = caught(lambda: rig.payments().collect(rig.collection()))
    assert (type(error), error.code, error.never_left) == (kind, code, True)
    assert rig.fake.books.all() == []


def test_an_unknown_payment_is_unknown(rig: Rig) -> None:
    status = rig.payments().status(COLLECTION, uuid4(), "no-such-id")
    assert (status.state, status.state.final) == (PaymentState.UNKNOWN, False)


def test_accounts_that_cannot_be_used(rig: Rig) -> None:
    for wrong in (
        {"username": ""},
        {"secret": "two words"},
        {"base_url": "http://provider.example"},
        {"base_url": "http://[::1"},
        {"options": ()},
    ):
        error = caught(lambda wrong=wrong: rig.payments(**wrong))  # type: ignore[misc]
        assert (error.code, error.alarm, error.never_left) == ("bad_account", True, True), wrong


def test_no_error_and_no_repr_tells_whom_or_what(rig: Rig) -> None:
    rig.fake.script([Mode("hang_before")])
    asked = rig.collection()
    error = caught(lambda: rig.payments().collect(asked))
    taken = rig.payments().collect(rig.collection())
    chain = f"{error!r} {error} {error.__cause__!r} {error.__context__!r} {asked!r} {taken!r}"
    chain += f"{rig.account()!r} {rig.settled(COLLECTION, taken)!r}"
    for secret in (rig.setting.payer[-9:], "Umusanzu", "s3cr3t", *rig.setting.secrets):
        assert secret not in chain


@pytest.mark.parametrize("name", PROVIDERS)
def test_it_is_registered(name: str) -> None:
    provider = registry.find(name)
    assert provider.payments is not None
    with pytest.raises(Refused, match=r"^bad_account$"):
        provider.payments(setting(name).account("http://elsewhere.example"))
