"""Hubtel's side as a small WSGI application: money received and sent, status checks, people."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Final

from werkzeug.wrappers import Request, Response

from providers.contracts.payments import PaymentKind, PaymentState
from providers.hubtel_money.account import CHANNELS
from providers.mobile_money.books import Books, Options, Payment
from providers.mobile_money.fake import Callback, PaymentFake, as_json, object_of
from providers.mobile_money.reading import number_of
from providers.mobile_money.wire import encoded
from providers.simulator.timers import Later

COLLECTION, DISBURSEMENT = PaymentKind.COLLECTION, PaymentKind.DISBURSEMENT
_ASK = re.compile(
    r"/(?:merchantaccount/merchants/\w+/receive|(api)/merchants/\w+/send)/mobilemoney"
)
_STATUS = re.compile(r"/(?:transactions/\w+|(api)/merchants/\w+/transactions)/status")
_PEOPLE = re.compile(r"/v2/merchantaccount/merchants/\w+/mobilemoney/verify")
_CALLED: Final = {"0000": "success", "0001": "pending", "2001": "failed"}


class HubtelBooks(Books):
    OWN_LACKS_FUNDS = "Insufficient prepaid balance."


class HubtelFake(PaymentFake):
    """The application. `accounts` maps an API's id to its key; None takes any. A person's word is
    the sentence of their network; UNREGISTERED is for who has no wallet."""

    FAULT: ClassVar = "5000"

    def __init__(
        self,
        later: Later,
        send: Callable[..., object],
        prefix: str = "",
        *,
        accounts: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        seed: int | None = None,
    ) -> None:
        super().__init__(later, send, prefix, HubtelBooks(Options(), clock, seed))
        self._accounts = accounts

    def error(self, status: int, code: str) -> Response:
        return as_json(status, {"ResponseCode": code, "Message": "Error", "Data": None})

    def callback(self, payment: Payment) -> Callback:
        lie, paid = self.books.options.lie, payment.state is PaymentState.PAID
        if lie == "state":
            paid = not paid
        data = self._data(payment) | {
            "ExternalTransactionId": payment.provider_id or None,
            "Description": payment.reason or "Done",
            "Amount": payment.amount * 10 if lie == "amount" else payment.amount,
        }
        if lie == "reference":
            data["ClientReference"] = self.books.new_id().replace("-", "")
        code = "0000" if paid else "2001"
        if payment.reason == HubtelBooks.OWN_LACKS_FUNDS:
            code = "4075"
        told = {"ResponseCode": code, "Message": _CALLED.get(code, "failed"), "Data": data}
        return Callback(encoded(told))

    def _data(self, payment: Payment) -> dict[str, Any]:
        told: dict[str, Any] = {"TransactionId": payment.id, "ClientReference": payment.reference}
        if payment.kind is COLLECTION:
            # The payer pays the fee on top.
            return told | {"Charges": 0, "AmountCharged": payment.amount, "OrderId": payment.id}
        return told | {"AmountDebited": payment.amount, "Charges": 0, "RecipientName": None}

    # --- requests -------------------------------------------------------------------------------

    def work(self, request: Request, path: str) -> Callable[[], Response] | None:
        done: Callable[[], Response] | None = None
        if request.method == "POST" and (found := _ASK.fullmatch(path)):
            kind = DISBURSEMENT if found[1] else COLLECTION
            done = self.faulty("pay", request, partial(self._ask, request, kind))
        elif request.method == "GET" and (found := _STATUS.fullmatch(path)):
            kind = DISBURSEMENT if found[1] else COLLECTION
            done = self.faulty("status", request, partial(self._status, request, kind))
        elif request.method == "GET" and _PEOPLE.fullmatch(path):
            done = partial(self._person, request)
        return partial(self._guarded, request, done) if done else None

    def _guarded(self, request: Request, work: Callable[[], Response]) -> Response:
        shown = request.headers.get("Authorization", "").removeprefix("Basic ")
        try:
            name, _, key = base64.b64decode(shown).decode().partition(":")
        except ValueError:
            name = key = ""
        if not name or (self._accounts is not None and self._accounts.get(name) != key):
            return Response(b"", 401)
        return work()

    def _ask(self, request: Request, kind: PaymentKind) -> Response:
        body = object_of(request) or {}
        who = "CustomerMsisdn" if kind is COLLECTION else "RecipientMsisdn"
        number, amount = str(body.get(who, "")), number_of(body.get("Amount"))
        reference = str(body.get("ClientReference", ""))
        # Two spellings, one for each request.
        url = body.get("PrimaryCallbackUrl") or body.get("PrimaryCallbackURL")
        named = kind is COLLECTION or body.get("RecipientName")
        good = (
            amount is not None
            and round(amount, 2) == amount > 0
            and re.fullmatch(r"233[0-9]{9}", number)
            and re.fullmatch(r"[A-Za-z0-9]{1,36}", reference)
            and body.get("Channel") in CHANNELS.values()
            and isinstance(url, str)
            and isinstance(body.get("Description"), str)
            and named
        )
        if not good or amount is None:
            return self._invalid("Validation errors")
        word = self.books.numbers.get(number, "")
        if word == "UNREGISTERED":
            return as_json(200, {"ResponseCode": "3050", "Message": "Not registered", "Data": None})
        payment = Payment(kind, reference, amount, "GHS", number, str(url))
        payment.id = self.books.new_id().replace("-", "")
        payment.asked = {"Channel": body["Channel"]}
        self.books.plan(payment, word)
        if not self.books.add(payment):
            return self._invalid("ClientReference already exists")
        self.call_back(payment)
        data = self._data(payment) | {"Description": body["Description"], "Amount": amount}
        told: dict[str, Any] = {"ResponseCode": "0001", "Data": data}
        if kind is COLLECTION:
            told["Message"] = "Transaction pending. Expect callback request for final state"
        return as_json(200, told)

    def _invalid(self, message: str) -> Response:
        return as_json(400, {"ResponseCode": "4000", "Message": message, "Data": None})

    def _status(self, request: Request, kind: PaymentKind) -> Response:
        payment = self.books.find(kind, request.args.get("clientReference", ""))
        if payment is None:
            return as_json(404, {"message": "Not found", "responseCode": "0404", "data": None})
        paid = payment.state is PaymentState.PAID
        if kind is COLLECTION:
            told: dict[str, Any] = {
                "status": "Paid" if paid else "Unpaid",
                "transactionId": payment.id,
                "externalTransactionId": payment.provider_id or None,
                "paymentMethod": "mobilemoney",
                "clientReference": payment.reference,
                "currencyCode": None,
                "amount": payment.amount,
                "charges": 0,
            }
            return as_json(200, {"message": "Successful", "responseCode": "0000", "data": told})
        over = "success" if paid else "failed"
        told = {
            "TransactionId": payment.id,
            "networkTransactionId": payment.provider_id or None,
            "Amount": payment.amount,
            "Fees": 0,
            "ClientReference": payment.reference,
            "Channel": payment.asked["Channel"],
            "CustomerNumber": payment.party,
            "transactionStatus": "pending" if payment.state is PaymentState.PENDING else over,
        }
        return as_json(200, {"ResponseCode": "success", "Data": told})

    def _person(self, request: Request) -> Response:
        word = self.books.numbers.get(request.args.get("customerMsisdn", ""), "")
        told = {"isRegistered": word != "UNREGISTERED", "name": "Wallet Holder", "status": "active"}
        return as_json(200, {"message": "Success", "responseCode": "0000", "data": told})
