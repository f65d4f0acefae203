"""MTN MoMo's side as a small WSGI application: users, tokens, payments, account holders."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import ClassVar
from urllib.parse import urlsplit

from werkzeug.wrappers import Request, Response

from providers.contracts.payments import PaymentKind
from providers.mobile_money.books import Payment
from providers.mobile_money.fake import Callback, PaymentFake, as_json, object_of
from providers.mobile_money.wire import JSON, encoded
from providers.mtn_momo.account import CURRENCIES
from providers.mtn_momo.gate import Gate, error_of, is_uuid4
from providers.mtn_momo.wallet import GATEWAY_WORDS, Wallets
from providers.simulator.timers import Later

_KINDS = {
    "requesttopay": PaymentKind.COLLECTION,
    "transfer": PaymentKind.DISBURSEMENT,
    "deposit": PaymentKind.DISBURSEMENT,
    "refund": PaymentKind.REFUND,
}
_NOTE = re.compile(r"[A-Za-z0-9 .-]{1,160}")
_MSISDN = re.compile(r"[1-9][0-9]{8,14}")
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_PAY = re.compile(
    r"/(?:(collection)/v1_0/(requesttopay)|(disbursement)/(?:v1_0/(transfer)|v[12]_0/(deposit|refund)))"
    r"(?:/([^/]+))?"
)
_HOLDER = re.compile(
    r"/(collection|disbursement)/v1_0/accountholder/msisdn/(\d+)/(active|basicuserinfo)"
)
_BALANCE = re.compile(r"/(collection|disbursement)/v1_0/account/balance(?:/([A-Z]{3}))?")
_TOKEN = re.compile(r"/(collection|disbursement)/token/")
_USER = re.compile(r"/v1_0/apiuser(?:/([^/]+)(/apikey)?)?")


class MomoFake(PaymentFake):
    """The application. `accounts` maps an API user to its key; None takes any, until one is made.

    `keys` maps a product to its subscription key; None takes any word. `send` and `prefix` are
    those of PaymentFake.
    """

    REFERENCE_HEADER: ClassVar = "X-Reference-Id"

    def __init__(
        self,
        later: Later,
        send: Callable[..., object],
        prefix: str = "",
        *,
        accounts: Mapping[str, str] | None = None,
        keys: Mapping[str, str] | None = None,
        environment: str = "sandbox",
        clock: Callable[[], float] = time.monotonic,
        seed: int | None = None,
    ) -> None:
        self.wallets = Wallets(clock, seed)
        super().__init__(later, send, prefix, self.wallets)
        self.environment = environment
        self.gate = Gate(self.wallets, accounts, keys, environment, clock)

    def error(self, status: int, code: str) -> Response:
        return error_of(status, code)

    def missing(self) -> Response:
        return as_json(404, {"statusCode": 404, "message": "Resource not found"})

    def callback(self, payment: Payment) -> Callback:
        body = encoded(self.wallets.claim(payment))
        return Callback(body, {"Content-Type": JSON}, self.wallets.options.callback_method)

    def work(self, request: Request, path: str) -> Callable[[], Response] | None:
        """What a request asks for; None for a path or a method that there is not."""
        get, post = request.method == "GET", request.method == "POST"
        work: Callable[[], Response] | None = None
        if (found := _TOKEN.fullmatch(path)) and post:
            work = self.faulty("token", request, partial(self.gate.token, request, found[1]))
        elif found := _USER.fullmatch(path):
            if post == (found[1] is None or found[2] is not None):
                work = partial(self.gate.user, request, found[1], found[2] is not None)
        elif found := _PAY.fullmatch(path):
            product = found[1] or found[3]
            call, asked = found[2] or found[4] or found[5], found[6]
            if asked is None and post:
                pay = partial(self._pay, request, product, call)
                work = self.faulty("pay", request, pay)
            elif asked is not None and get:
                tell = partial(self._status, request, product, call, asked)
                work = self.faulty("status", request, tell)
        elif get and (found := _BALANCE.fullmatch(path)):
            work = partial(self._balance, request, found[1], found[2])
        elif get and (found := _HOLDER.fullmatch(path)):
            work = partial(self._holder, request, *found.groups())
        return work

    # --- money ----------------------------------------------------------------------------------

    def _pay(self, request: Request, product: str, call: str) -> Response:
        refused = self.gate.refused(request, product)
        if refused is not None:
            return refused
        payment = self._read(request, call)
        if not isinstance(payment, Payment):
            return payment
        word = self.wallets.word(call, payment.party)
        if word in GATEWAY_WORDS:
            return error_of(503 if word == "SERVICE_UNAVAILABLE" else 500, word)
        self.wallets.plan(payment, word)
        if not self.wallets.add(payment):
            return error_of(409, "RESOURCE_ALREADY_EXIST", "Duplicated reference id.")
        self.call_back(payment)
        return Response(b"", 202)

    def _read(self, request: Request, call: str) -> Payment | Response:
        """The request as a payment, or the answer to one that is wrong."""
        body = object_of(request)
        reference = request.headers.get("X-Reference-Id", "")
        if body is None or not is_uuid4(reference):
            return error_of(400, "VALIDATION_ERROR")
        party = body.get("payer" if call == "requesttopay" else "payee", {})
        number = party.get("partyId", "") if isinstance(party, dict) else ""
        notes = [body.get("payerMessage"), body.get("payeeNote")]
        amount = body.get("amount")
        refunds = body.get("referenceIdToRefund", "")
        if (
            not isinstance(amount, str)
            or not _AMOUNT.fullmatch(amount)
            or not Decimal(amount)
            or not all(isinstance(note, str) and _NOTE.fullmatch(note) for note in notes)
            or (call == "refund") != bool(refunds)
        ):
            return error_of(400, "VALIDATION_ERROR")
        if body.get("currency") != CURRENCIES.get(self.environment):
            return error_of(500, "INVALID_CURRENCY")
        url = request.headers.get("X-Callback-Url")
        host = self.gate.host_of(request)
        if url is not None and (not url or (host is not None and urlsplit(url).hostname != host)):
            return error_of(500, "INVALID_CALLBACK_URL_HOST")
        payment = Payment(
            kind=_KINDS[call],
            reference=reference,
            amount=Decimal(amount),
            currency=str(body["currency"]),
            party=str(number),
            callback_url=url or "",
            refunds=str(refunds),
            asked=body | {"call": call},
        )
        if call != "refund" and not _MSISDN.fullmatch(payment.party):
            # A wrong form is found out late, and not by the gateway.
            who = "PAYER" if call == "requesttopay" else "PAYEE"
            self.wallets.numbers[payment.party] = f"{who}_NOT_FOUND"
        return payment

    def _status(self, request: Request, product: str, call: str, reference: str) -> Response:
        refused = self.gate.refused(request, product)
        if refused is not None:
            return refused
        payment = self.wallets.find(_KINDS[call], reference)
        if payment is None or payment.asked["call"] != call:
            return error_of(404, "RESOURCE_NOT_FOUND", "Requested resource was not found.")
        return as_json(200, self.wallets.record(payment))

    # --- account holders ------------------------------------------------------------------------

    def _balance(self, request: Request, product: str, currency: str | None) -> Response:
        refused = self.gate.refused(request, product)
        if refused is not None:
            return refused
        if currency not in (None, CURRENCIES.get(self.environment)):
            return error_of(500, "INVALID_CURRENCY")
        self.wallets.all()  # what is due is settled
        balance = f"{self.wallets.balances[product]:f}"
        told = {"availableBalance": balance, "currency": CURRENCIES.get(self.environment)}
        return as_json(200, told)

    def _holder(self, request: Request, product: str, number: str, wanted: str) -> Response:
        refused = self.gate.refused(request, product)
        if refused is not None:
            return refused
        word = self.wallets.word("active", number)
        if word in GATEWAY_WORDS:
            return error_of(503 if word == "SERVICE_UNAVAILABLE" else 500, word)
        if word == "NOT_FOUND":
            return error_of(404, "RESOURCE_NOT_FOUND")
        if wanted == "active":
            return as_json(200, {"result": word != "NOT_ACTIVE"})
        told = {"sub": "0", "name": "Wallet Holder", "given_name": "Wallet", "locale": "en"}
        return as_json(200, told | {"family_name": "Holder", "updated_at": 1_700_000_000})
