"""Flutterwave's side as a small WSGI application: charges, transfers, refunds, verification."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Final

from werkzeug.wrappers import Request, Response

from providers.contracts.payments import PaymentKind, PaymentState
from providers.flutterwave.account import MARKETS
from providers.flutterwave.signature import SIGNATURE_HEADER, WORD_HEADER, sign
from providers.mobile_money.books import Books, Options, Payment
from providers.mobile_money.fake import Callback, PaymentFake, as_json, object_of
from providers.mobile_money.reading import number_of
from providers.mobile_money.wire import JSON, encoded
from providers.simulator.timers import Later

COLLECTION, DISBURSEMENT = PaymentKind.COLLECTION, PaymentKind.DISBURSEMENT
REFUND = PaymentKind.REFUND
_WORDS: Final = {
    COLLECTION: ("pending", "successful", "failed", "failed"),
    DISBURSEMENT: ("NEW", "SUCCESSFUL", "FAILED", "FAILED"),
    REFUND: ("pending", "completed", "failed", "failed"),
}
_STATES: Final = (
    *(PaymentState.PENDING, PaymentState.PAID, PaymentState.FAILED, PaymentState.EXPIRED),
)
_REFUND = re.compile(r"/v3/transactions/([0-9]+)/refund")
_REFUNDED = re.compile(r"/v3/refunds/([0-9]+)")


class FlutterwaveBooks(Books):
    OWN_LACKS_FUNDS = "DISBURSE FAILED: Insufficient funds in customer wallet"

    def new_provider_id(self, payment: Payment) -> str:
        return f"FLW{self.rng.randrange(10**12, 10**13)}"


class FlutterwavePaymentsFake(PaymentFake):
    """The application. `accounts` maps a name to its secret key, and any of them opens; None takes
    every key. A person's word is the sentence that their network says. `secret_hash` is what events
    show, or are signed with where `signs`.

    A charge outside Kenya answers with a page, as Flutterwave's do; the payer is taken to open it.
    """

    FAULT: ClassVar = "Something went wrong"

    def __init__(
        self,
        later: Later,
        send: Callable[..., object],
        prefix: str = "",
        *,
        accounts: Mapping[str, str] | None = None,
        country: str = "KE",
        callback_url: str = "",
        secret_hash: str = "",
        signs: bool = False,
        clock: Callable[[], float] = time.monotonic,
        seed: int | None = None,
    ) -> None:
        super().__init__(later, send, prefix, FlutterwaveBooks(Options(), clock, seed))
        self.market = MARKETS[country]
        self.callback_url = callback_url
        self._accounts = accounts
        self._secret_hash = secret_hash
        self._signs = signs

    # --- what it says ---------------------------------------------------------------------------

    def error(self, status: int, code: str) -> Response:
        return as_json(status, {"status": "error", "message": code, "data": None})

    def _yes(self, message: str, data: object, **more: object) -> Response:
        return as_json(200, {"status": "success", "message": message, "data": data} | more)

    def record(self, payment: Payment) -> dict[str, Any]:
        word = _WORDS[payment.kind][_STATES.index(payment.state)]
        told: dict[str, Any] = {
            "id": int(payment.id),
            "amount": payment.amount,
            "currency": payment.currency,
            "status": word,
        }
        if payment.kind is COLLECTION:
            told |= {"tx_ref": payment.reference, "flw_ref": payment.provider_id or "N/A"}
            told |= {"charged_amount": payment.amount, "app_fee": 0, "payment_type": "mpesa"}
            # Successful is what it says of the request, too.
            told["processor_response"] = payment.reason or "Successful"
            told["customer"] = {"phone_number": payment.party, "name": "Anonymous"}
        elif payment.kind is DISBURSEMENT:
            told |= {"reference": payment.reference, "fee": 0, "complete_message": payment.reason}
            told["account_number"] = payment.party
        else:
            told |= {"amount_refunded": payment.amount, "comments": payment.reference}
        return told

    def callback(self, payment: Payment) -> Callback:
        lie, told = self.books.options.lie, self.record(payment)
        named = "reference" if payment.kind is DISBURSEMENT else "tx_ref"
        if lie == "state":
            told["status"] = "failed" if payment.state is PaymentState.PAID else "successful"
        elif lie == "amount":
            told["amount"] = payment.amount * 10
        elif lie == "currency":
            told["currency"] = "USD"
        elif lie == "reference":
            told[named] = self.books.new_id()
        event = "transfer" if payment.kind is DISBURSEMENT else "charge"
        body = encoded({"event": f"{event}.completed", "data": told, "event.type": "X"})
        secret = self._secret_hash if lie != "signature" else "another"
        proof = {SIGNATURE_HEADER: sign(body, secret)} if self._signs else {WORD_HEADER: secret}
        return Callback(body, {"Content-Type": JSON} | proof)

    # --- requests -------------------------------------------------------------------------------

    def work(self, request: Request, path: str) -> Callable[[], Response] | None:
        done: Callable[[], Response] | None = None
        if request.method == "POST":
            if path == "/v3/charges":
                done = self.faulty("pay", request, partial(self._charge, request))
            elif path == "/v3/transfers":
                done = self.faulty("pay", request, partial(self._transfer, request))
            elif found := _REFUND.fullmatch(path):
                done = self.faulty("pay", request, partial(self._refund, request, found[1]))
        elif request.method == "GET":
            if path == "/v3/transactions/verify_by_reference":
                tell = partial(self._verify, request.args.get("tx_ref", ""))
                done = self.faulty("status", request, tell)
            elif path == "/v3/transfers":
                tell = partial(self._transfers, request.args.get("reference", ""))
                done = self.faulty("status", request, tell)
            elif found := _REFUNDED.fullmatch(path):
                done = self.faulty("status", request, partial(self._refunded, found[1]))
        return partial(self._guarded, request, done) if done else None

    def _guarded(self, request: Request, work: Callable[[], Response]) -> Response:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not shown or (self._accounts is not None and shown not in self._accounts.values()):
            return self.error(401, "Invalid authorization key")
        return work()

    def _new(
        self, kind: PaymentKind, reference: str, body: Mapping[str, Any], party: str
    ) -> Payment | None:
        """None where there is this reference already."""
        amount = number_of(body.get("amount"))
        assert amount is not None
        payment = Payment(
            *(kind, reference, amount, self.market.currency, party, self.callback_url),
            id=str(self.books.rng.randrange(10**6, 10**7)),
        )
        self.books.plan(payment, self.books.numbers.get(party, ""))
        if not self.books.add(payment):
            return None
        self.call_back(payment)
        return payment

    def _charge(self, request: Request) -> Response:
        body = object_of(request) or {}
        reference, phone = str(body.get("tx_ref", "")), str(body.get("phone_number", ""))
        wrong = (
            (request.args.get("type") != self.market.charge, "type is invalid"),
            (not number_of(body.get("amount")), "amount is required"),
            (body.get("currency") != self.market.currency, "currency is invalid"),
            ("@" not in str(body.get("email", "")), "email is required"),
            (not re.fullmatch(r"[0-9]{9,15}", phone), "phone_number is required"),
            (not reference, "tx_ref is required"),
            (self.market.currency == "RWF" and not body.get("order_id"), "order_id is required"),
        )
        for is_wrong, message in wrong:
            if is_wrong:
                return self.error(400, message)
        payment = self._new(COLLECTION, reference, body, phone)
        if payment is None:
            return self.error(400, "Duplicate transaction reference")
        if self.market.charge != "mpesa":
            # No data, and no id.
            page = {"redirect": f"https://checkout.example/{payment.id}", "mode": "redirect"}
            told = {"status": "success", "message": "Charge initiated"}
            return as_json(200, told | {"meta": {"authorization": page}})
        meta = {"authorization": {"mode": "callback", "redirect_url": None}}
        return self._yes("Charge initiated", self.record(payment), meta=meta)

    def _transfer(self, request: Request) -> Response:
        body = object_of(request) or {}
        banks = {bank for _, bank in self.market.networks.values()}
        reference, number = str(body.get("reference", "")), str(body.get("account_number", ""))
        if body.get("account_bank") not in banks or not number_of(body.get("amount")):
            return self.error(400, "account_bank is invalid")
        if not reference or body.get("currency") != self.market.currency:
            return self.error(400, "currency is invalid")
        payment = self._new(DISBURSEMENT, reference, body, number)
        if payment is None:
            return self.error(400, "Transfer with this reference already exists")
        return self._yes("Transfer Queued Successfully", self.record(payment))

    def _refund(self, request: Request, id: str) -> Response:
        body, paid = object_of(request) or {}, self.books.find_by(id=id)
        amount = number_of(body.get("amount"))
        if paid is None or paid.state is not PaymentState.PAID:
            return self.error(400, "No transaction was found for this id")
        if not amount or amount > paid.amount:
            return self.error(400, "Refund amount is more than the transaction's")
        # It knows no reference of a refund: the comment is no key, so that twice is twice.
        comment = str(body.get("comments", ""))
        back = Payment(
            *(REFUND, f"{comment} {self.books.new_id()}", amount, paid.currency, paid.party),
            refunds=paid.reference,
            id=str(self.books.rng.randrange(10**6, 10**7)),
        )
        self.books.plan(back, "")
        self.books.add(back)
        told = self.record(back) | {"comments": comment}
        return self._yes("Transaction refund initiated", told)

    # --- what became of it ----------------------------------------------------------------------

    def _verify(self, reference: str) -> Response:
        payment = self.books.find(COLLECTION, reference)
        if payment is None:
            return self.error(400, "No transaction was found for this reference")
        return self._yes("Transaction fetched successfully", self.record(payment))

    def _transfers(self, reference: str) -> Response:
        payment = self.books.find(DISBURSEMENT, reference)
        return self._yes("Transfers fetched", [self.record(payment)] if payment else [])

    def _refunded(self, id: str) -> Response:
        payment = self.books.find_by(id=id)
        if payment is None or payment.kind is not REFUND:
            return self.error(404, "Refund not found")
        told = self.record(payment) | {"comments": payment.reference.split(" ")[0]}
        return self._yes("Refund fetched", told)
