"""Airtel's side as a small WSGI application: tokens, keys, payments, people."""

from __future__ import annotations

import base64
import re
import secrets
import time
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, ClassVar, Final

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from werkzeug.wrappers import Request, Response

from providers.airtel_money.account import MARKETS
from providers.airtel_money.seals import AES_BLOCK_BYTES, PADDINGS
from providers.airtel_money.signature import sign
from providers.contracts.payments import PaymentKind, PaymentState
from providers.mobile_money.books import Books, Options, Payment
from providers.mobile_money.fake import Callback, PaymentFake, as_json, object_of
from providers.mobile_money.reading import number_of, within
from providers.mobile_money.wire import encoded
from providers.simulator.timers import Later

COLLECTION, DISBURSEMENT = "DP0080000", "DP0090000"
KEY_BITS: Final = 2_048
_TAKEN: Final = ("ESB000010", "Success.")
_WORDS: Final = {
    PaymentState.PENDING: "TIP",
    PaymentState.PAID: "TS",
    PaymentState.FAILED: "TF",
    PaymentState.EXPIRED: "TE",
}
_PAY = re.compile(r"/(?:merchant/(v[12])/payments|standard/(v[123])/disbursements)/")
_ENQUIRY = re.compile(r"/standard/v1/(payments|disbursements)/([^/]+)")
_USER = re.compile(r"/standard/v1/users/([0-9]{6,15})")


@cache
def _key_pair() -> rsa.RSAPrivateKey:
    """One a process: to make one takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=KEY_BITS)


class AirtelBooks(Books):
    OWN_LACKS_FUNDS = f"{DISBURSEMENT}1007"
    NOT_REFUNDABLE = "ESB000011"
    NO_COLLECTION = "ESB000045"


class AirtelFake(PaymentFake):
    """The application. `accounts` maps a client's id to its secret; None takes any. `private_key`
    signs callbacks; '' leaves the hash out. A person's word is one of Airtel's codes; NOT_FOUND and
    BARRED are for who has no account, or one that may do nothing."""

    FAULT: ClassVar = "ESB000001"

    def __init__(
        self,
        later: Later,
        send: Callable[..., object],
        prefix: str = "",
        *,
        accounts: Mapping[str, str] | None = None,
        country: str = "RW",
        pin: str = "",
        private_key: str = "",
        callback_url: str = "",
        clock: Callable[[], float] = time.monotonic,
        seed: int | None = None,
    ) -> None:
        super().__init__(later, send, prefix, AirtelBooks(Options(token_life_s=180), clock, seed))
        self.country = country
        self.callback_url = callback_url
        self.key = _key_pair()
        self._accounts = accounts
        self._pin = pin
        self._private_key = private_key
        self._tokens: dict[str, float] = {}

    # --- what it says ---------------------------------------------------------------------------

    def error(self, status: int, code: str) -> Response:
        name = "result_code" if code.startswith("ESB") else "response_code"
        told = {"code": str(status), "success": False, name: code, "message": "Failed"}
        return as_json(status, {"status": told})

    def _told(self, transaction: Mapping[str, Any], code: str) -> Response:
        result, message = _TAKEN
        status = {"response_code": code, "code": "200", "success": True, "result_code": result}
        return as_json(
            200, {"data": {"transaction": transaction}, "status": status | {"message": message}}
        )

    def callback(self, payment: Payment) -> Callback:
        lie, state = self.books.options.lie, payment.state
        paid = state is PaymentState.PAID
        if lie == "state":
            paid = not paid
        told = {
            "id": payment.reference if lie != "reference" else self.books.new_id(),
            "message": f"Paid {payment.currency} {payment.amount:f}" if paid else "Failed",
            "status_code": "TS" if paid else _WORDS[state] if lie != "state" else "TF",
        }
        if paid:
            told["airtel_money_id"] = payment.provider_id or "0"
        body: dict[str, Any] = {"transaction": told}
        if self._private_key:
            key = self._private_key if lie != "signature" else "another"
            body["hash"] = sign(encoded(told), key)
        return Callback(encoded(body))

    # --- requests -------------------------------------------------------------------------------

    def work(self, request: Request, path: str) -> Callable[[], Response] | None:
        get, post = request.method == "GET", request.method == "POST"
        if path == "/auth/oauth2/token" and post:
            return self.faulty("token", request, partial(self._token, request))
        done: Callable[[], Response] | None = None
        if (found := _PAY.fullmatch(path)) and post:
            kind = PaymentKind.COLLECTION if found[1] else PaymentKind.DISBURSEMENT
            is_sealed = found[1] == "v2" or found[2] == "v3"
            pay = partial(self._pay, request, kind, is_sealed)
            done = self.faulty("pay", request, pay)
        elif path == "/standard/v1/payments/refund" and post:
            done = self.faulty("pay", request, partial(self._refund, request))
        elif (found := _ENQUIRY.fullmatch(path)) and get:
            kind = PaymentKind.COLLECTION if found[1] == "payments" else PaymentKind.DISBURSEMENT
            done = self.faulty("status", request, partial(self._enquiry, kind, found[2]))
        elif (found := _USER.fullmatch(path)) and get:
            done = partial(self._user, found[1])
        elif path == "/v1/rsa/encryption-keys" and get:
            done = self._keys
        return partial(self._guarded, request, done) if done else None

    def expire_tokens(self) -> None:
        self._tokens.clear()

    def _guarded(self, request: Request, work: Callable[[], Response]) -> Response:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.books.clock() >= self._tokens.get(shown, 0.0):
            told = {"error": "invalid_token", "error_description": "The access token is invalid"}
            return as_json(401, told)
        if request.headers.get("X-Country") != self.country:
            return self.error(400, "ROUTER006")
        if request.headers.get("X-Currency") != MARKETS[self.country].currency:
            return self.error(400, "ROUTER112")
        return work()

    def _token(self, request: Request) -> Response:
        shown = object_of(request) or {}
        client, secret = str(shown.get("client_id", "")), str(shown.get("client_secret", ""))
        known = self._accounts is None or self._accounts.get(client) == secret
        if shown.get("grant_type") != "client_credentials" or not client or not known:
            return as_json(401, {"error": "invalid_client", "error_description": "Unauthorized"})
        token, life_s = secrets.token_urlsafe(24), self.books.options.token_life_s
        self._tokens[token] = self.books.clock() + life_s
        # A word, not a number.
        told = {"access_token": token, "expires_in": str(int(life_s)), "token_type": "bearer"}
        return as_json(200, told)

    def _keys(self) -> Response:
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        key = {"key_id": 100, "key": base64.b64encode(der).decode()}
        status = {"response_code": "DP02010001001", "code": "200", "success": True}
        return as_json(200, {"data": key | {"valid_upto": "12-08-2099 21:29:26"}, "status": status})

    # --- money ----------------------------------------------------------------------------------

    def _pay(self, request: Request, kind: PaymentKind, is_sealed: bool) -> Response:
        family = COLLECTION if kind is PaymentKind.COLLECTION else DISBURSEMENT
        body = object_of(request) or {}
        who = "subscriber" if kind is PaymentKind.COLLECTION else "payee"
        asked = within(body, "transaction")
        amount, number = number_of(asked.get("amount")), str(within(body, who).get("msisdn", ""))
        reference = str(asked.get("id", ""))
        word = self.books.numbers.get(number) or self.books.numbers.get(self._whole(number), "")
        is_in = kind is PaymentKind.COLLECTION
        wrong = not amount or not reference or len(reference) > 64 or not body.get("reference")
        refusals = (
            (
                is_sealed and self._opened(request) != request.get_data(),
                "1026" if is_in else "1016",
            ),
            (wrong, "ESB000008"),
            (not re.fullmatch(r"[1-9][0-9]{7,9}", number), "ESB000033"),
            (not is_in and not self._is_pin(str(body.get("pin", ""))), "ROUTER115"),
            (word == "NOT_FOUND", "1005" if is_in else "1012"),
        )
        for refused, code in refusals:
            if refused:
                return self.error(400, code if code[0].isalpha() else family + code)
        assert amount is not None
        currency = MARKETS[self.country].currency
        payment = Payment(kind, reference, amount, currency, number, self.callback_url)
        self.books.plan(payment, word)
        if not self.books.add(payment):
            known = "ESB000041" if family == COLLECTION else f"{DISBURSEMENT}1017"
            return self.error(400 if family == COLLECTION else 200, known)
        self.call_back(payment)
        told = {"id": reference, "status": "Success." if family == COLLECTION else "TIP"}
        return self._told(told, f"{family}1006")

    def _refund(self, request: Request) -> Response:
        wanted = str(within(object_of(request) or {}, "transaction").get("airtel_money_id", ""))
        paid = self.books.find_by(provider_id=wanted) if wanted else None
        if paid is None or paid.kind is not PaymentKind.COLLECTION:
            return self.error(400, "ESB000045")
        # Once, and all of it.
        back = Payment(PaymentKind.REFUND, wanted, paid.amount, paid.currency, paid.party)
        back.refunds = paid.reference
        back.due_s = self.books.clock()
        if not self.books.add(back):
            return self.error(400, "ESB000011")
        self.books.all()  # what is due is settled
        if back.state is not PaymentState.PAID:
            return self.error(400, back.reason)
        return self._told({"airtel_money_id": wanted, "status": "Success."}, f"{COLLECTION}1006")

    def _enquiry(self, kind: PaymentKind, reference: str) -> Response:
        payment = self.books.find(kind, reference)
        if payment is None:
            return self.error(400, "ESB000045")
        state = payment.state
        told = {"id": reference, "message": "", "status": _WORDS[state]}
        if state is PaymentState.PAID:
            told["airtel_money_id"] = payment.provider_id
            if kind is PaymentKind.DISBURSEMENT:
                told["reference_id"] = payment.provider_id
                told["airtel_money_id"] = f"disburs-{reference}"
        family = COLLECTION if kind is PaymentKind.COLLECTION else DISBURSEMENT
        usual = {"TS": "1001", "TIP": "1006", "TE": "1029", "TF": "1005"}[_WORDS[state]]
        code = payment.reason if payment.reason.startswith("DP") else f"{family}{usual}"
        return self._told(told, code)

    def _user(self, number: str) -> Response:
        word = self.books.numbers.get(number) or self.books.numbers.get(self._whole(number), "")
        if word == "NOT_FOUND":
            return self.error(400, "DP02200000000")
        person: dict[str, Any] = {
            "first_name": "Wallet",
            "last_name": "Holder",
            "msisdn": number,
            "grade": "SUBS",
        }
        person |= {"is_barred": word == "BARRED", "is_pin_set": True}
        told = person | {"registration": {"status": "REGISTERED"}}
        status = {"response_code": "DP02200000001", "code": "200", "success": True}
        return as_json(200, {"data": told, "status": status})

    def _whole(self, number: str) -> str:
        return MARKETS[self.country].calling_code + number

    # --- what is sealed -------------------------------------------------------------------------

    def _is_pin(self, sealed: str) -> bool:
        """In any of the paddings; any PIN where none was set."""
        for each in PADDINGS.values():
            try:
                pin = self.key.decrypt(base64.b64decode(sealed), each).decode()
            except ValueError:
                continue
            if re.fullmatch(r"[0-9]{4,8}", pin) and self._pin in ("", pin):
                return True
        return False

    def _opened(self, request: Request) -> bytes | None:
        """The body that a seal is on; None where it cannot be opened."""
        try:
            both = base64.b64decode(request.headers.get("x-key", ""))
            key, start = self.key.decrypt(both, padding.PKCS1v15()).split(b":")
            cipher = Cipher(
                algorithms.AES(base64.b64decode(key)), modes.CBC(base64.b64decode(start))
            ).decryptor()
            sealed = base64.b64decode(request.headers.get("x-signature", ""))
            plain = cipher.update(sealed) + cipher.finalize()
        except ValueError:
            return None
        return plain[: -plain[-1]] if plain and 0 < plain[-1] <= AES_BLOCK_BYTES else None
