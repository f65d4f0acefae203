"""The fake: what becomes of payments on its clock, what it calls back, and its books."""

import json
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from werkzeug.wrappers import Request, Response

from providers.contracts.cost import Cost
from providers.contracts.messages import OutcomeUnknown, Refused
from providers.contracts.payments import PaymentHint, PaymentKind, PaymentState, Reason
from providers.mtn_momo.answers import parse_callback
from providers.mtn_momo.tests.conftest import PAYEE, PAYER, Momo, collection, disbursement, refund
from providers.simulator.process import Fakes
from tests.support.providers import Us, fakes

__all__ = ["fakes"]

COLLECTION, DISBURSEMENT = PaymentKind.COLLECTION, PaymentKind.DISBURSEMENT


def states(momo: Momo, kind: PaymentKind, reference: UUID, *after_s: float) -> list[PaymentState]:
    """Where a payment stands after each of these seconds."""
    found = []
    for seconds in after_s:
        momo.clock.now_s += seconds
        found.append(momo.payments().status(kind, reference).state)
    return found


@pytest.mark.parametrize(
    ("word", "seen", "reason"),
    [
        ("", ["pending", "paid", "paid"], None),
        ("REJECTED", ["pending", "failed", "failed"], Reason.DECLINED),
        ("NOT_ENOUGH_FUNDS", ["pending", "failed", "failed"], Reason.PERSON_LACKS_FUNDS),
        ("PAYER_LIMIT_REACHED", ["pending", "failed", "failed"], Reason.PERSON_LIMIT),
        ("FAILED", ["pending", "failed", "failed"], Reason.PROVIDER_FAULT),
        ("EXPIRED", ["pending", "pending", "expired"], Reason.NOT_APPROVED_IN_TIME),
        ("ONGOING", ["pending", "pending", "pending"], None),
    ],
)
def test_what_becomes_of_a_collection(
    momo: Momo, word: str, seen: list[str], reason: Reason | None
) -> None:
    momo.fake.wallets.numbers[PAYER[1:]] = word
    asked = collection()
    momo.payments().collect(asked)
    found = states(momo, COLLECTION, asked.reference, 0, 1, 300)
    assert [state.value for state in found] == seen
    status = momo.payments().status(COLLECTION, asked.reference)
    assert (status.reason, status.amount) == (reason, Cost(Decimal(2_500), "RWF"))
    assert (status.party, status.known_as) == (PAYER, asked.reference)
    assert (status.provider_id is not None) == (seen[-1] == "paid")
    paid = Decimal(2_500) if seen[-1] == "paid" else Decimal(0)
    assert momo.fake.wallets.balances["collection"] == paid


def test_the_books_of_the_fake(momo: Momo) -> None:
    payments, wallets = momo.payments(), momo.fake.wallets
    asked = collection(2_500)
    payments.collect(asked)
    momo.clock.now_s += 1
    wallets.balances["disbursement"] = Decimal(3_000)
    backs = [refund(asked.reference, amount) for amount in (1_000, 1_000, 1_000)]
    stranger = refund(uuid4(), 100)
    for one in (*backs, stranger):
        payments.refund(one)
        momo.clock.now_s += 1
        payments.status(PaymentKind.REFUND, one.reference)
    told = [payments.status(PaymentKind.REFUND, one.reference) for one in (*backs, stranger)]
    assert [one.state.value for one in told] == ["paid", "paid", "failed", "failed"]
    assert [one.reason for one in told[2:]] == [Reason.OWN_SETTINGS, Reason.NO_SUCH_PAYMENT]
    assert told[0].party is None, "a refund names an account"
    out = [disbursement(900), disbursement(900)]
    for payout in out:
        payments.disburse(payout)
    momo.clock.now_s += 1
    ends = [payments.status(DISBURSEMENT, payout.reference) for payout in out]
    assert [one.state.value for one in ends] == ["paid", "failed"]
    assert ends[1].reason is Reason.OWN_LACKS_FUNDS
    assert wallets.balances == {"collection": Decimal(2_500), "disbursement": Decimal(100)}


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        ("46733123457", Refused, "own_settings"),
        ("46733123460", Refused, "own_settings"),
        ("46733123461", OutcomeUnknown, "http_500"),
        ("46733123462", OutcomeUnknown, "http_503"),
    ],
)
def test_numbers_of_the_sandbox_that_the_gateway_answers(
    momo: Momo, number: str, kind: type[Exception], code: str
) -> None:
    with pytest.raises(kind, match=f"^{code}$"):
        momo.payments().collect(collection(payer=f"+{number}"))
    assert momo.fake.wallets.all() == []


@pytest.mark.parametrize(
    ("kind", "number", "reason"),
    [
        (COLLECTION, "46733123455", Reason.PERSON_NOT_FOUND),
        (COLLECTION, "46733123456", Reason.OWN_ACCOUNT),
        (COLLECTION, "46733123463", Reason.NOT_APPROVED_IN_TIME),
        (DISBURSEMENT, "46733123455", Reason.OWN_LACKS_FUNDS),
        (DISBURSEMENT, "46733123456", Reason.OWN_LIMIT),
        (DISBURSEMENT, "46733123457", Reason.PERSON_NOT_FOUND),
    ],
)
def test_numbers_of_the_sandbox_mean_something_else_for_each_call(
    momo: Momo, kind: PaymentKind, number: str, reason: Reason
) -> None:
    payments = momo.payments()
    reference = uuid4()
    if kind is COLLECTION:
        payments.collect(collection(payer=f"+{number}", reference=reference))
    else:
        payments.disburse(disbursement(payee=f"+{number}", reference=reference))
    momo.clock.now_s += 301
    assert payments.status(kind, reference).reason is reason


@pytest.mark.parametrize(
    ("number", "active"), [(PAYER, True), ("+46733123450", False), ("+46733123451", False)]
)
def test_account_holders(momo: Momo, number: str, active: bool) -> None:
    assert momo.payments().is_active(number) is active


@pytest.mark.parametrize("shape", ["object", "word", "code"])
def test_reasons_come_in_three_shapes(momo: Momo, shape: str) -> None:
    momo.options(reason=shape, decimals=True)
    momo.fake.wallets.numbers[PAYER[1:]] = "REJECTED"
    asked = collection()
    momo.payments().collect(asked)
    momo.clock.now_s += 1
    status = momo.payments().status(COLLECTION, asked.reference)
    assert (status.reason, status.amount) == (Reason.DECLINED, Cost(Decimal("2500.0"), "RWF"))


def test_a_reference_is_taken_once_whatever_it_asks(momo: Momo) -> None:
    asked = collection(2_500)
    assert not momo.payments().collect(asked).was_known
    assert momo.payments().collect(asked).was_known
    assert momo.payments().collect(collection(9_000, reference=asked.reference)).was_known
    momo.clock.now_s += 1
    status = momo.payments().status(COLLECTION, asked.reference)
    assert status.amount == Cost(Decimal(2_500), "RWF"), "the status shows what was asked first"
    assert momo.fake.wallets.balances["collection"] == 2_500


# --- callbacks ----------------------------------------------------------------------------------


class Hook:
    """Our side: every callback, read as a hint."""

    def __init__(self, us: Us) -> None:
        self.us = us
        self.methods: list[str] = []
        us.respond = self._respond
        self.url = f"{us.url}/hooks/mtn_momo/payment/s3cr3t"

    def _respond(self, request: Request) -> Response:
        self.methods.append(request.method)
        return Response(b"", 200)

    @property
    def hints(self) -> list[PaymentHint]:
        return [parse_callback(taken.body, "application/json") for taken in self.us.taken]


@pytest.mark.parametrize(
    ("callback", "method", "times"),
    [("on", "PUT", 1), ("on", "POST", 1), ("twice", "PUT", 2), ("off", "PUT", 0)],
)
def test_callbacks(momo: Momo, us: Us, callback: str, method: str, times: int) -> None:
    momo.options(callback=callback, callback_method=method, settle_after_s=0)
    hook, asked = Hook(us), collection()
    momo.payments().collect(collection(reference=asked.reference, callback_url=hook.url))
    assert momo.later.settle()
    assert hook.methods == [method] * times
    for hint in hook.hints:
        assert (hint.reference, hint.claims) == (asked.reference, PaymentState.PAID)
        assert "x-reference-id" not in us.taken[0].headers


def test_a_callback_may_come_before_the_answer(momo: Momo, us: Us) -> None:
    momo.options(callback="first")
    hook = Hook(us)
    before: list[int] = []

    def respond(request: Request) -> Response:
        before.append(len(momo.fake.requests))
        return Response(b"", 200)

    us.respond = respond
    asked = collection(callback_url=hook.url)
    momo.payments().collect(asked)
    assert len(before) == 1
    assert hook.hints[0].claims is PaymentState.PAID
    assert states(momo, COLLECTION, asked.reference, 0) == [PaymentState.PAID]


@pytest.mark.parametrize("word", ["", "REJECTED"])
def test_a_callback_may_lie_and_the_status_does_not(momo: Momo, us: Us, word: str) -> None:
    momo.options(settle_after_s=0, lie="state")
    momo.fake.wallets.numbers[PAYER[1:]] = word
    hook = Hook(us)
    asked = collection(callback_url=hook.url)
    momo.payments().collect(asked)
    assert momo.later.settle()
    truth = PaymentState.FAILED if word else PaymentState.PAID
    [hint] = hook.hints
    assert {hint.claims, truth} == {PaymentState.FAILED, PaymentState.PAID}
    assert states(momo, COLLECTION, asked.reference, 0) == [truth]


@pytest.mark.parametrize("lie", ["amount", "currency", "reference"])
def test_other_lies(momo: Momo, us: Us, lie: str) -> None:
    momo.options(settle_after_s=0, lie=lie)
    hook = Hook(us)
    asked = collection(callback_url=hook.url)
    momo.payments().collect(asked)
    assert momo.later.settle()
    [hint] = hook.hints
    assert hint.amount is not None
    told = {
        "amount": hint.amount.amount == 2_500,
        "currency": hint.amount.currency == "RWF",
        "reference": hint.reference == asked.reference,
    }
    assert [name for name, is_true in told.items() if not is_true] == [lie]


def test_a_callback_that_nobody_takes_is_not_sent_again(momo: Momo, us: Us) -> None:
    momo.options(settle_after_s=0)
    hook = Hook(us)
    us.respond = lambda request: Response(b"", 503)
    momo.payments().disburse(disbursement(payee=PAYEE, callback_url=hook.url))
    assert momo.later.settle()
    assert len(us.taken) == 1


# --- in the fakes' process ----------------------------------------------------------------------


def test_it_stands_among_the_fakes_and_is_scripted_with_them(fakes: Fakes) -> None:
    def script(wanted: object) -> int:
        body = json.dumps(wanted).encode()
        url = f"{fakes.url}/phone/faults"
        return fakes.post(url, body, {"Content-Type": "application/json"}, 5.0).status

    good = {"modes": [{"mode": "hang_after"}], "numbers": {PAYER: "REJECTED"}, "lie": "state"}
    assert script({"momo": good}) == 200
    assert fakes.momo.wallets.options.lie == "state"
    assert fakes.momo.wallets.word("requesttopay", PAYER[1:]) == "REJECTED"
    for bad in (
        {"modes": [{"mode": "magic"}]},
        {"modes": [{"mode": "code", "on": "moon"}]},
        {"modes": [{"size": 1}]},
        {"modes": "all"},
        {"numbers": [PAYER]},
        {"lie": "always"},
        {"speed": 2},
        {"settle_after_s": -1},
        {"decimals": 1},
    ):
        assert script({"momo": bad}) == 400, bad
    assert script({"reset": True}) == 200
    assert fakes.momo.wallets.options.lie == ""
    assert fakes.momo.wallets.numbers == {}
