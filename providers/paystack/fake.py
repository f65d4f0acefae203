"""Paystack's side as a small WSGI application: charges, vouchers, transfers, refunds."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar, Final

from werkzeug.wrappers import Request, Response

from providers.contracts.payments import PaymentKind, PaymentState
from providers.mobile_money.books import ONGOING, Books, Options, Payment
from providers.mobile_money.fake import Callback, PaymentFake, as_json, object_of
from providers.mobile_money.reading import within
from providers.mobile_money.wire import JSON, encoded
from providers.paystack.account import MARKETS
from providers.paystack.signature import HEADER, sign
from providers.simulator.timers import Later

COLLECTION, DISBURSEMENT = PaymentKind.COLLECTION, PaymentKind.DISBURSEMENT
REFUND = PaymentKind.REFUND
# Every other code of six digits is right.
WRONG_CODE: Final = "000000"
_WORDS: Final = {
    COLLECTION: ("pending", "success", "failed", "failed"),
    DISBURSEMENT: ("pending", "success", "failed", "failed"),
    REFUND: ("pending", "processed", "failed", "failed"),
}
_STATES: Final = (
    *(PaymentState.PENDING, PaymentState.PAID, PaymentState.FAILED, PaymentState.EXPIRED),
)
_PATHS = re.compile(r"/(transaction/verify|transfer/verify|charge|refund)/([\w.=-]+)")


class PaystackBooks(Books):
    OWN_LACKS_FUNDS = "Your balance is not enough to fulfil this request"
    NOT_REFUNDABLE = "Refund amount cannot be more than transaction amount"
    NO_COLLECTION = "Transaction not found"


class PaystackFake(PaymentFake):
    """The application. `accounts` maps a name to its secret key, and any of them opens; None takes
    every key. A person's word is the sentence that their network says.

    Telecel's wallets want a voucher: nothing happens until a code comes.
    """

    FAULT: ClassVar = "api_error"

    def __init__(
        self,
        later: Later,
        send: Callable[..., object],
        prefix: str = "",
        *,
        accounts: Mapping[str, str] | None = None,
        country: str = "GH",
        callback_url: str = "",
        clock: Callable[[], float] = time.monotonic,
        seed: int | None = None,
    ) -> None:
        super().__init__(later, send, prefix, PaystackBooks(Options(), clock, seed))
        self.market = MARKETS[country]
        self.callback_url = callback_url
        self._accounts = accounts
        self._key = next(iter((accounts or {}).values()), "")
        self._people: dict[str, str] = {}

    # --- what it says ---------------------------------------------------------------------------

    def error(self, status: int, code: str) -> Response:
        known = code.replace("_", " ").capitalize()
        return as_json(
            status, {"status": False, "message": known, "type": "api_error", "code": code}
        )

    def _no(self, message: str, code: str = "validation_error", status: int = 400) -> Response:
        told = {"status": False, "message": message, "meta": {"nextStep": "Try again"}}
        return as_json(status, told | {"type": "validation_error", "code": code})

    def _yes(self, message: str, data: object, status: int = 200) -> Response:
        return as_json(status, {"status": True, "message": message, "data": data})

    def record(self, payment: Payment) -> dict[str, Any]:
        word = _WORDS[payment.kind][_STATES.index(payment.state)]
        told: dict[str, Any] = {
            "id": int(payment.id),
            "domain": "test",
            "status": word,
            "reference": payment.reference,
            "amount": int(payment.amount * 100),
            "currency": payment.currency,
            "message": None,
            "gateway_response": payment.reason or ("Approved" if word == "success" else ""),
        }
        if payment.kind is COLLECTION:
            told |= {"receipt_number": payment.provider_id or None, "fees": 153, "metadata": ""}
            told |= {"channel": "mobile_money", "authorization": {"channel": "mobile_money"}}
        elif payment.kind is DISBURSEMENT:
            told |= {"transfer_code": f"TRF_{payment.id}", "fee_charged": 100, "failures": None}
        else:
            told |= {"amount": str(told["amount"]), "merchant_note": payment.reference}
            told |= {"transaction_reference": payment.refunds, "refund_reference": None}
            del told["reference"]
        return told

    def callback(self, payment: Payment) -> Callback:
        lie, told = self.books.options.lie, self.record(payment)
        if lie == "state":
            told["status"] = "failed" if payment.state is PaymentState.PAID else "success"
        elif lie == "amount":
            told["amount"] = int(payment.amount * 1000)
        elif lie == "currency":
            told["currency"] = "USD"
        elif lie == "reference":
            told["reference"] = self.books.new_id()
        event = {COLLECTION: "charge", DISBURSEMENT: "transfer", REFUND: "refund"}[payment.kind]
        body = encoded({"event": f"{event}.{told['status']}", "data": told})
        key = self._key if lie != "signature" else "another"
        return Callback(body, {"Content-Type": JSON, HEADER: sign(body, key)})

    # --- requests -------------------------------------------------------------------------------

    def work(self, request: Request, path: str) -> Callable[[], Response] | None:
        done: Callable[[], Response] | None = None
        if request.method == "POST":
            asks = {"/charge": self._charge, "/transfer": self._transfer, "/refund": self._refund}
            if path in asks:
                done = self.faulty("pay", request, partial(self._asked, request, asks[path]))
            elif path == "/charge/submit_otp":
                done = self.faulty("pay", request, partial(self._asked, request, self._code))
            elif path == "/transferrecipient":
                done = partial(self._asked, request, self._recipient)
        elif request.method == "GET":
            if path == "/refund":
                done = self.faulty("status", request, self._refunds)
            elif found := _PATHS.fullmatch(path):
                done = self.faulty("status", request, partial(self._status, found[1], found[2]))
        return partial(self._guarded, request, done) if done else None

    def _guarded(self, request: Request, work: Callable[[], Response]) -> Response:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not shown or (self._accounts is not None and shown not in self._accounts.values()):
            return self._no("Invalid key", "invalid_Key", 401)
        return work()

    def _asked(self, request: Request, work: Callable[[Mapping[str, Any]], Response]) -> Response:
        return work(object_of(request) or {})

    # --- money ----------------------------------------------------------------------------------

    def _charge(self, body: Mapping[str, Any]) -> Response:
        wallet = within(dict(body), "mobile_money")
        phone, network = str(wallet.get("phone", "")), str(wallet.get("provider", "")).lower()
        amount, reference = body.get("amount"), str(body.get("reference", ""))
        # Without one it is the integration's own.
        currency = body.get("currency", self.market.currency)
        charged = {charge for charge, _ in self.market.networks.values()}
        wrong = (
            (type(amount) is not int or amount <= 0, "Invalid Amount Sent"),
            ("@" not in str(body.get("email", "")), "Invalid Email Address Passed"),
            (currency != self.market.currency, "Currency not supported by merchant"),
            (network not in charged, "Invalid mobile money provider"),
            (not re.fullmatch(r"0[0-9]{9}|\+?254[0-9]{9}", phone), "Invalid phone number"),
            (not re.fullmatch(r"[\w.=-]{0,100}", reference), "Invalid reference"),
        )
        for is_wrong, message in wrong:
            if is_wrong:
                return self._no(message)
        payment = self._new(COLLECTION, reference, Decimal(str(amount)) / 100, phone)
        waits = network == "vod"
        self.books.plan(payment, ONGOING if waits else self._word(phone))
        if not self.books.add(payment):
            return self._no("Duplicate Transaction Reference", "duplicate_reference")
        told = {"reference": payment.reference, "status": "pay_offline"}
        told["display_text"] = "Please complete authorization process on your mobile phone"
        if waits:
            told |= {"status": "send_otp", "display_text": "Please dial *110# for a voucher code"}
        else:
            self.call_back(payment)
        return self._yes("Charge attempted", told)

    def _code(self, body: Mapping[str, Any]) -> Response:
        payment = self.books.find(COLLECTION, str(body.get("reference", "")))
        if payment is None or payment.state is not PaymentState.PENDING:
            return self._no("Transaction not found", "transaction_not_found", 404)
        code = str(body.get("otp", ""))
        if not re.fullmatch(r"[0-9]{6}", code) or code == WRONG_CODE:
            return self._no("The code is not correct", "invalid_otp")
        self.books.plan(payment, self._word(payment.party))
        self.call_back(payment)
        return self._yes("Charge attempted", {"reference": payment.reference, "status": "pending"})

    def _recipient(self, body: Mapping[str, Any]) -> Response:
        phone, bank = str(body.get("account_number", "")), str(body.get("bank_code", ""))
        banks = {each for _, each in self.market.networks.values()}
        if body.get("type") != "mobile_money" or bank not in banks or not body.get("name"):
            return self._no("Account details are invalid")
        code = next((c for c, known in self._people.items() if known == phone), None)
        if code is None:
            code = f"RCP_{len(self._people):012d}"
            self._people[code] = phone
        told = {"recipient_code": code, "type": "mobile_money", "currency": body.get("currency")}
        return self._yes("Transfer recipient created successfully", told, 201)

    def _transfer(self, body: Mapping[str, Any]) -> Response:
        amount, reference = body.get("amount"), str(body.get("reference", ""))
        phone = self._people.get(str(body.get("recipient", "")))
        if type(amount) is not int or amount <= 0 or body.get("source") != "balance":
            return self._no("Invalid Amount Sent")
        if phone is None:
            return self._no("Recipient specified is invalid")
        if not re.fullmatch(r"[a-z0-9_-]{16,50}", reference):
            return self._no("Reference must be 16 to 50 characters")
        payment = self._new(DISBURSEMENT, reference, Decimal(amount) / 100, phone)
        self.books.plan(payment, self._word(phone))
        if self.books.find(DISBURSEMENT, reference) is not None or not self.books.add(payment):
            return self._no("Please provide a unique reference. Reference already exists")
        self.call_back(payment)
        told = self.record(payment) | {"source": "balance", "recipient": 1}
        return self._yes("Transfer has been queued", told)

    def _refund(self, body: Mapping[str, Any]) -> Response:
        paid = self.books.find(COLLECTION, str(body.get("transaction", "")))
        amount = body.get("amount", int(paid.amount * 100) if paid else 0)
        if paid is None or paid.state is not PaymentState.PAID:
            return self._no("Transaction not found", "transaction_not_found", 404)
        if type(amount) is not int or amount <= 0 or amount > paid.amount * 100:
            return self._no("Refund amount cannot be more than transaction amount")
        # It knows no reference of a refund: the note is no key, so that twice is twice.
        note = str(body.get("merchant_note", ""))
        back = self._new(REFUND, note, Decimal(amount) / 100, paid.party)
        back.refunds = paid.reference
        self.books.plan(back, "")
        if not self.books.add(back):
            back = replace(back, reference=f"{note} again {back.id}")
            self.books.add(back)
        self.call_back(back)
        told = self.record(back) | {"merchant_note": note, "transaction": {"id": int(paid.id)}}
        return self._yes("Refund has been queued for processing", told)

    def _new(self, kind: PaymentKind, reference: str, amount: Decimal, party: str) -> Payment:
        payment = Payment(
            *(kind, reference, amount, self.market.currency, party, self.callback_url)
        )
        payment.id = str(self.books.rng.randrange(10**9, 10**10))
        payment.reference = reference or f"t{payment.id}"
        return payment

    def _word(self, phone: str) -> str:
        whole = self.market.calling_code + phone.removeprefix("0").removeprefix("+254")
        return self.books.numbers.get(whole) or self.books.numbers.get(phone, "")

    # --- what became of it ----------------------------------------------------------------------

    def _status(self, path: str, wanted: str) -> Response:
        if path == "refund":
            payment = self.books.find_by(id=wanted)
            if payment is None or payment.kind is not REFUND:
                return self._no("Refund not found", "not_found", 404)
            return self._yes("Refund retrieved", self.record(payment))
        kind = DISBURSEMENT if path.startswith("transfer") else COLLECTION
        payment = self.books.find(kind, wanted)
        if payment is None:
            missing = (
                "Transfer not found" if kind is DISBURSEMENT else "Transaction reference not found."
            )
            return self._no(missing, "transaction_not_found", 404 if kind is DISBURSEMENT else 400)
        return self._yes("Verification successful", self.record(payment))

    def _refunds(self) -> Response:
        found = [each for each in self.books.all() if each.kind is REFUND]
        return self._yes("Refunds retrieved", [self.record(each) for each in reversed(found)])
