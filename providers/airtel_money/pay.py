"""Requests to Airtel Money: money asked for, paid out, paid back, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from providers.airtel_money.account import AirtelAccount
from providers.airtel_money.answers import accepted, active_of, codes_of, refused, status_of
from providers.airtel_money.seals import encrypted_pin, read_key, signed
from providers.contracts.messages import Account, NotSent, Refused, Scope
from providers.contracts.payments import (
    Collection,
    Disbursement,
    PaymentAccepted,
    PaymentKind,
    PaymentStatus,
    Refund,
)
from providers.mobile_money.reading import object_of, within
from providers.mobile_money.tokens import SHARED, Tokens
from providers.mobile_money.wire import (
    Wire,
    bad_account,
    encoded,
    first,
    national,
    note,
    payable,
    with_token,
)

NOTE_MAX_CHARS: Final = 64
# Without a seal, and with one.
_COLLECTIONS: Final = ("merchant/v1/payments/", "merchant/v2/payments/")
_PAYOUTS: Final = ("standard/v2/disbursements/", "standard/v3/disbursements/")
_ENQUIRIES: Final = {
    PaymentKind.COLLECTION: "standard/v1/payments/",
    PaymentKind.DISBURSEMENT: "standard/v1/disbursements/",
}


class AirtelPayments:
    """Payments of one account. Holds no connection; tokens are shared by all who have the account.

    Raises Refused (code bad_account) when the account's settings cannot be used.
    """

    def __init__(self, account: Account, tokens: Tokens = SHARED) -> None:
        self._account = AirtelAccount.read(account)
        self._tokens = tokens
        self._wire = Wire(account, self._account.url)

    # --- what the contract has ------------------------------------------------------------------

    def collect(self, asked: Collection) -> PaymentAccepted:
        """The payer's phone is to ask for their PIN. Raises NotSent, Refused or OutcomeUnknown.
        Where callbacks go is a setting at Airtel, so `callback_url` is passed over."""
        here = {"country": self._account.country, "currency": self._account.currency}
        transaction = {"amount": payable(asked.amount, self._account.currency)} | here
        body = {
            "reference": note(asked.purpose, NOTE_MAX_CHARS),
            "subscriber": here | {"msisdn": self._msisdn(asked.payer)},
            "transaction": transaction | {"id": str(asked.reference)},
        }
        return self._ask(_COLLECTIONS, asked.reference, body)

    def disburse(self, asked: Disbursement) -> PaymentAccepted:
        """Money of ours to a person, with the account's PIN. Raises NotSent, Refused or
        OutcomeUnknown."""
        if not self._account.pin:
            raise bad_account()
        amount = payable(asked.amount, self._account.currency)
        payee = {"msisdn": self._msisdn(asked.payee), "currency": self._account.currency}
        if self._account.signs:
            payee["wallet_type"] = "NORMAL"
        body = {
            "payee": payee,
            "reference": note(asked.memo or asked.purpose, NOTE_MAX_CHARS),
            "pin": encrypted_pin(self._account.pin, self._key(), self._account.padding),
            "transaction": {"amount": amount, "id": str(asked.reference), "type": "B2C"},
        }
        return self._ask(_PAYOUTS, asked.reference, body)

    def refund(self, asked: Refund) -> PaymentAccepted:
        """A collection is paid back, all of it: Airtel knows no part, and no reference of ours, so
        that a refund without an answer cannot be asked about. Raises NotSent, Refused or
        OutcomeUnknown."""
        payable(asked.amount, self._account.currency)
        if not asked.is_whole:
            raise Refused("part_not_offered", never_left=True, scope=Scope.TEXT)
        if not asked.collection_id:
            raise Refused("needs_collection_id", never_left=True, scope=Scope.TEXT)
        body = {"transaction": {"airtel_money_id": asked.collection_id}}
        sent, named = encoded(body), str(asked.reference)
        answer = self._call("POST", "standard/v1/payments/refund", sent, message_id=named)
        return accepted(asked.reference, answer.status_code, answer.content)

    def status(self, kind: PaymentKind, reference: UUID, provider_id: str = "") -> PaymentStatus:
        """What Airtel says of it, by our reference alone; of a refund it says nothing. Raises
        NotSent, Refused or OutcomeUnknown, of the question alone."""
        if kind not in _ENQUIRIES:
            raise Refused("not_told", never_left=True, scope=Scope.TEXT)
        answer = self._call("GET", f"{_ENQUIRIES[kind]}{reference}", message_id=str(reference))
        return status_of(kind, reference, answer.status_code, answer.content)

    def is_active(self, phone: str) -> bool:
        """Raises NotSent, Refused or OutcomeUnknown."""
        answer = self._call("GET", f"standard/v1/users/{self._msisdn(phone)}")
        active = active_of(answer.status_code, answer.content)
        if active is None:
            codes = codes_of(object_of(answer.content) or {})
            raise refused(answer.status_code, codes, None)
        return active

    # --- requests -------------------------------------------------------------------------------

    def _msisdn(self, phone: str) -> str:
        return national(phone, self._account.calling_code, trunk=self._account.trunk)

    def _ask(
        self, paths: tuple[str, str], reference: UUID, body: Mapping[str, Any]
    ) -> PaymentAccepted:
        """The second of two paths wants a seal on the body."""
        sent = encoded(body)
        seals = signed(sent, self._key()) if self._account.signs else {}
        path = paths[1 if self._account.signs else 0]
        answer = self._call("POST", path, sent, seals, message_id=str(reference))
        return accepted(reference, answer.status_code, answer.content)

    def _call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        seals: Mapping[str, str] | None = None,
        *,
        message_id: str | None = None,
    ) -> requests.Response:
        account = self._account

        def fetch() -> requests.Response:
            shown = {"client_id": account.client_id, "client_secret": account.secret}
            wanted = encoded(shown | {"grant_type": "client_credentials"})
            return self._wire.ask("POST", "auth/oauth2/token", _ANY, wanted, token=True)

        def ask(token: str) -> requests.Response:
            headers = {"X-Country": account.country, "X-Currency": account.currency}
            headers |= _ANY | {"Authorization": f"Bearer {token}"}
            headers |= dict(seals or {})
            return self._wire.ask(method, path, headers, body, message_id=message_id)

        return with_token(self._tokens, (account.url, account.digest), fetch, ask)

    # --- what is sealed -------------------------------------------------------------------------

    def _key(self) -> RSAPublicKey:
        """Airtel's public key. Raises Refused or NotSent: without it the payment's request has not
        left."""
        key = read_key(self._account.public_key or self._fetched_key())
        if key is None:
            raise bad_account()
        return key

    def _fetched_key(self) -> str:
        answer = first("no_token", lambda: self._call("GET", "v1/rsa/encryption-keys"))
        said = object_of(answer.content) or {}
        # One host has the key beside the status, the others within the data.
        key = within(said, "data").get("key") or said.get("key")
        if answer.status_code == 200 and isinstance(key, str):
            return key
        if answer.status_code in (401, 403):
            raise Refused("unauthorized", never_left=True, alarm=True)
        raise NotSent("no_token", detail=f"http_{answer.status_code}")


_ANY: Final = {"Accept": "*/*"}
