"""Daraja's side as a small WSGI application: tokens, prompts, payouts, payments by hand."""

from __future__ import annotations

import base64
import re
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar, Final

from werkzeug.wrappers import Request, Response

from providers.contracts.payments import PaymentKind, PaymentState
from providers.mobile_money.books import EXPIRED, Books, Options, Payment
from providers.mobile_money.fake import (
    CALLBACK_WITHIN_S,
    Callback,
    PaymentFake,
    as_json,
    object_of,
)
from providers.mobile_money.reading import object_of as read_object
from providers.mobile_money.wire import JSON, encoded
from providers.mpesa_daraja import TIME, ZONE
from providers.simulator.loopback import Answer
from providers.simulator.timers import Later

COLLECTION, DISBURSEMENT = PaymentKind.COLLECTION, PaymentKind.DISBURSEMENT
_CODES: Final = {EXPIRED: "1037"}
_WORDS: Final = {
    "0": "The service request is processed successfully.",
    "1": "The balance is insufficient for the transaction.",
    "1032": "Request canceled by user.",
    "1037": "DS timeout user cannot be reached.",
    "2001": "The initiator information is invalid.",
}
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class DarajaBooks(Books):
    OWN_LACKS_FUNDS = "1"

    def new_provider_id(self, payment: Payment) -> str:
        return self.receipt()

    def receipt(self) -> str:
        """Ten letters and digits, as an SMS of M-Pesa begins."""
        return "T" + "".join(self.rng.choice(_LETTERS) for _ in range(9))


class DarajaFake(PaymentFake):
    """The application. `accounts` maps a consumer key to its secret; None takes any. A person's
    word is a result's code: 1, 1032, 2001, ..."""

    FAULT: ClassVar = "500.001.1001"

    def __init__(
        self,
        later: Later,
        send: Callable[..., object],
        prefix: str = "",
        *,
        accounts: Mapping[str, str] | None = None,
        passkey: str = "",
        clock: Callable[[], float] = time.monotonic,
        seed: int | None = None,
    ) -> None:
        super().__init__(later, send, prefix, DarajaBooks(Options(), clock, seed))
        self._accounts = accounts
        self._passkey = passkey
        self._tokens: dict[str, float] = {}
        # Shortcode → confirmation and validation.
        self.urls: dict[str, tuple[str, str]] = {}

    # --- what it says ---------------------------------------------------------------------------

    def error(self, status: int, code: str, message: str = "Unable to process") -> Response:
        told = {"requestId": self.books.new_id(), "errorCode": code, "errorMessage": message}
        return as_json(status, told)

    def expire_tokens(self) -> None:
        self._tokens.clear()

    def callback(self, payment: Payment) -> Callback:
        lie, paid = self.books.options.lie, payment.state is PaymentState.PAID
        if lie == "state":
            paid = not paid
        code = "0" if paid else _CODES.get(payment.reason, payment.reason or "1032")
        amount = payment.amount * 10 if lie == "amount" else payment.amount
        id = self.books.new_id() if lie == "reference" else payment.id
        if payment.kind is COLLECTION:
            return Callback(
                encoded({"Body": {"stkCallback": self._prompt(payment, code, id, amount)}})
            )
        told: dict[str, Any] = {
            "ResultType": 0,
            "ResultCode": int(code),
            "ResultDesc": _WORDS.get(code, "Failed"),
            "OriginatorConversationID": id if lie == "reference" else payment.reference,
            "ConversationID": id,
            "TransactionID": payment.provider_id,
        }
        if paid:
            pairs = {"TransactionAmount": amount, "TransactionReceipt": payment.provider_id}
            listed = [{"Key": key, "Value": value} for key, value in pairs.items()]
            told["ResultParameters"] = {"ResultParameter": listed}
        return Callback(encoded({"Result": told}))

    def _prompt(self, payment: Payment, code: str, id: str, amount: Decimal) -> dict[str, Any]:
        told: dict[str, Any] = {"MerchantRequestID": f"29115-{payment.id[-8:]}-1"}
        told |= {"CheckoutRequestID": id, "ResultDesc": _WORDS.get(code, "Failed")}
        told["ResultCode"] = int(code) if code.isdigit() else code
        if code == "0":
            told["CallbackMetadata"] = {
                "Item": [
                    # Whole shillings, told with a fraction.
                    {"Name": "Amount", "Value": amount.quantize(Decimal("1.0"))},
                    {"Name": "MpesaReceiptNumber", "Value": payment.provider_id},
                    {"Name": "Balance"},
                    {"Name": "TransactionDate", "Value": int(self._stamp())},
                    {"Name": "PhoneNumber", "Value": int(payment.party)},
                ]
            }
        return told

    @staticmethod
    def _stamp() -> str:
        return datetime.now(ZONE).strftime(TIME)

    # --- requests -------------------------------------------------------------------------------

    def work(self, request: Request, path: str) -> Callable[[], Response] | None:
        if path == "/oauth/v1/generate" and request.method == "GET":
            return self.faulty("token", request, partial(self._token, request))
        found = {
            "/mpesa/stkpush/v1/processrequest": ("pay", self._push),
            "/mpesa/stkpushquery/v1/query": ("status", self._query),
            "/mpesa/b2c/v3/paymentrequest": ("pay", self._pay_out),
            "/mpesa/transactionstatus/v1/query": ("status", self._ask),
            "/mpesa/c2b/v2/registerurl": ("", self._register),
        }.get(path)
        if found is None or request.method != "POST":
            return None
        on, handle = found
        done = partial(self._guarded, request, handle)
        return self.faulty(on, request, done) if on else done

    def _guarded(
        self, request: Request, handle: Callable[[Mapping[str, Any]], Response]
    ) -> Response:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.books.clock() >= self._tokens.get(shown, 0.0):
            return self.error(404, "404.001.03", "Invalid Access Token")
        return handle(object_of(request) or {})

    def _token(self, request: Request) -> Response:
        shown = request.headers.get("Authorization", "").removeprefix("Basic ")
        try:
            key, _, secret = base64.b64decode(shown).decode().partition(":")
        except ValueError:
            key = secret = ""
        if not key or (self._accounts is not None and self._accounts.get(key) != secret):
            return self.error(400, "400.008.01", "Invalid Authentication passed")
        token, life_s = secrets.token_urlsafe(21), self.books.options.token_life_s
        self._tokens[token] = self.books.clock() + life_s
        return as_json(200, {"access_token": token, "expires_in": str(int(life_s) - 1)})

    def _password(self, body: Mapping[str, Any]) -> bool:
        """Its own shortcode, passkey and time; a time that is none, or hours away, is none."""
        stamp = str(body.get("Timestamp", ""))
        try:
            read = datetime.strptime(stamp, TIME).replace(tzinfo=ZONE)
            shown = base64.b64decode(str(body.get("Password", ""))).decode()
        except ValueError:
            return False
        near = abs((datetime.now(ZONE) - read).total_seconds()) < 3_600
        begins = shown.startswith(str(body.get("BusinessShortCode", "-")))
        return near and begins and shown.endswith(f"{self._passkey}{stamp}")

    # --- prompts --------------------------------------------------------------------------------

    def _push(self, body: Mapping[str, Any]) -> Response:
        amount, phone = body.get("Amount"), str(body.get("PhoneNumber", ""))
        wrong = (
            (not self._password(body), "Wrong credentials"),
            (type(amount) is not int or amount <= 0, "Invalid Amount"),
            (not re.fullmatch(r"254[0-9]{9}", phone), "Invalid PhoneNumber"),
            (not str(body.get("CallBackURL", "")).startswith("http"), "Invalid CallBackURL"),
            (not 0 < len(str(body.get("AccountReference", ""))) <= 12, "Invalid AccountReference"),
            (not 0 < len(str(body.get("TransactionDesc", ""))) <= 13, "Invalid TransactionDesc"),
            (not str(body.get("TransactionType", "")).startswith("Customer"), "Invalid Type"),
        )
        for is_wrong, message in wrong:
            if is_wrong:
                return self.error(400, "400.002.02", f"Bad Request - {message}")
        id = f"ws_CO_{self._stamp()}{self.books.rng.randrange(10**9, 10**10)}"
        payment = Payment(
            *(COLLECTION, id, Decimal(str(amount)), "KES", phone, str(body["CallBackURL"])), id=id
        )
        self.books.plan(payment, self.books.numbers.get(phone, ""))
        self.books.add(payment)
        self.call_back(payment)
        taken = "Success. Request accepted for processing"
        told = {"MerchantRequestID": f"29115-{id[-8:]}-1", "CheckoutRequestID": id}
        told |= {"ResponseCode": "0", "ResponseDescription": taken, "CustomerMessage": taken}
        return as_json(200, told)

    def _query(self, body: Mapping[str, Any]) -> Response:
        if not self._password(body):
            return self.error(400, "400.002.02", "Bad Request - Wrong credentials")
        payment = self.books.find(COLLECTION, str(body.get("CheckoutRequestID", "")))
        if payment is None:
            return self.error(500, "500.001.1001", "The transaction does not exist")
        if payment.state is PaymentState.PENDING:
            return self.error(500, "500.001.1001", "The transaction is being processed")
        paid = payment.state is PaymentState.PAID
        code = "0" if paid else _CODES.get(payment.reason, payment.reason)
        told = {"ResponseCode": "0", "ResponseDescription": "The service request is accepted"}
        told |= {"CheckoutRequestID": payment.id, "ResultCode": code}
        return as_json(200, told | {"ResultDesc": _WORDS.get(code, "Failed")})

    # --- payouts --------------------------------------------------------------------------------

    def _pay_out(self, body: Mapping[str, Any]) -> Response:
        amount, phone = body.get("Amount"), str(body.get("PartyB", ""))
        named = all(body.get(name) for name in ("InitiatorName", "SecurityCredential", "Remarks"))
        reference = str(body.get("OriginatorConversationID", ""))
        if type(amount) is not int or not re.fullmatch(r"254[0-9]{9}", phone) or not named:
            return self.error(400, "400.002.02", "Bad Request - Invalid request")
        payment = Payment(
            *(DISBURSEMENT, reference, Decimal(amount), "KES", phone),
            str(body.get("ResultURL", "")),
            id=f"AG_{self._stamp()[:8]}_{self.books.new_id()[:20]}",
        )
        self.books.plan(payment, self.books.numbers.get(phone, ""))
        if not self.books.add(payment):
            return self.error(500, "500.002.1001", "Duplicate OriginatorConversationID.")
        self.call_back(payment)
        return self._taken(payment.id, reference)

    def _taken(self, id: str, reference: str) -> Response:
        told = {"ConversationID": id, "OriginatorConversationID": reference, "ResponseCode": "0"}
        return as_json(
            200, told | {"ResponseDescription": "Accept the service request successfully."}
        )

    def _ask(self, body: Mapping[str, Any]) -> Response:
        """The answer is only that the question was taken; the word comes to its own address."""
        payment = self.books.find(DISBURSEMENT, str(body.get("OriginalConversationID", "")))
        asked, id = self.books.new_id(), f"AG_{self.books.new_id()[:20]}"
        if payment is not None:
            words = {PaymentState.PAID: "Completed", PaymentState.PENDING: "Pending"}
            pairs = {
                "ReceiptNo": payment.provider_id,
                "Amount": payment.amount,
                "TransactionStatus": words.get(payment.state, "Failed"),
                "OriginatorConversationID": payment.reference,
                "ConversationID": payment.id,
            }
            listed = [{"Key": key, "Value": value} for key, value in pairs.items()]
            told = {"ResultType": 0, "ResultCode": 0, "ResultDesc": _WORDS["0"]}
            told |= {"OriginatorConversationID": asked, "ConversationID": id}
            told |= {"ResultParameters": {"ResultParameter": listed}}
            url = str(body.get("ResultURL", ""))
            self._later.after(0.0, partial(self._tell, url, encoded({"Result": told})))
        return self._taken(id, asked)

    # --- payments by hand -----------------------------------------------------------------------

    def _register(self, body: Mapping[str, Any]) -> Response:
        urls = (str(body.get("ConfirmationURL", "")), str(body.get("ValidationURL", "")))
        if body.get("ResponseType") not in ("Completed", "Cancelled") or not all(urls):
            return self.error(400, "400.003.02", "Bad Request - Invalid ResponseType")
        self.urls[str(body.get("ShortCode", ""))] = urls
        told = {"OriginatorCoversationID": self.books.new_id(), "ResponseCode": "0"}  # so spelt
        return as_json(200, told | {"ResponseDescription": "Success"})

    def pay_by_hand(self, shortcode: str, amount: str, typed: str, phone: str) -> str:
        """A person pays: the validation, then the confirmation, both with a masked number. Returns
        the receipt that their phone shows; '' where the validation said no. Nobody's answer is
        waited for long, and then the payment is taken (Completed)."""
        receipt = DarajaBooks.receipt(self.books) if isinstance(self.books, DarajaBooks) else ""
        told = {
            "TransactionType": "Pay Bill",
            "TransID": receipt,
            "TransTime": self._stamp(),
            "TransAmount": amount,
            "BusinessShortCode": shortcode,
            "BillRefNumber": typed,
            "MSISDN": f"{phone[:5]}****{phone[-3:]}",
            "FirstName": "Wanjiku",
        }
        confirmation, validation = self.urls[shortcode]
        answer = self._post_to(validation, encoded(told))
        said = read_object(answer.body) if isinstance(answer, Answer) else None
        if said is not None and str(said.get("ResultCode", "0")).strip("0"):
            return ""
        self._tell(confirmation, encoded(told))
        return receipt

    def _tell(self, url: str, body: bytes) -> None:
        self._post_to(url, body)

    def _post_to(self, url: str, body: bytes) -> object:
        return self._send("POST", url, body, {"Content-Type": JSON}, CALLBACK_WITHIN_S)
