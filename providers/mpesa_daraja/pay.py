"""Requests to Daraja: prompts, payouts, and what became of them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import requests

from providers.contracts.messages import Account, Refused, Scope
from providers.contracts.payments import (
    Collection,
    Disbursement,
    PaymentAccepted,
    PaymentKind,
    PaymentState,
    PaymentStatus,
    Refund,
)
from providers.mobile_money.reading import object_of, word_of
from providers.mobile_money.tokens import SHARED, Tokens
from providers.mobile_money.wire import (
    Wire,
    bad_account,
    encoded,
    national,
    needed_callback,
    note,
    payable,
    with_token,
)
from providers.mpesa_daraja import CALLING_CODE, CURRENCY, NAME, TIME, ZONE
from providers.mpesa_daraja.account import DarajaAccount
from providers.mpesa_daraja.answers import (
    accepted,
    refused,
    status_of,
    token_not_taken,
)
from values.money import Money

ACCOUNT_MAX_CHARS: Final = 12
PURPOSE_MAX_CHARS: Final = 13
REMARKS_MAX_CHARS: Final = 100


def _now() -> datetime:
    return datetime.now(ZONE)


class DarajaPayments:
    """Payments of one account. Holds no connection; tokens are shared by all who have the account.

    Raises Refused (code bad_account) when the account's settings cannot be used.
    """

    def __init__(
        self, account: Account, tokens: Tokens = SHARED, now: Callable[[], datetime] = _now
    ) -> None:
        self._account = DarajaAccount.read(account)
        self._tokens = tokens
        self._now = now
        self._wire = Wire(account, self._account.url)

    # --- what the contract has ------------------------------------------------------------------

    def collect(self, asked: Collection) -> PaymentAccepted:
        """The payer's phone is to ask for their PIN. Raises NotSent, Refused or OutcomeUnknown.

        Daraja knows no reference of ours: the same request again is a second prompt, and one
        without an answer cannot be asked about.
        """
        account, phone = self._account, _phone(asked.payer)
        kind = "CustomerBuyGoodsOnline" if account.till else "CustomerPayBillOnline"
        body = self._signed() | {
            "TransactionType": kind,
            "Amount": shillings(asked.amount),
            "PartyA": phone,
            "PartyB": account.till or account.shortcode,
            "PhoneNumber": phone,
            "CallBackURL": needed_callback(asked.callback_url),
            "AccountReference": note(asked.memo or asked.reference.hex, ACCOUNT_MAX_CHARS),
            "TransactionDesc": note(asked.purpose, PURPOSE_MAX_CHARS),
        }
        return self._ask("mpesa/stkpush/v1/processrequest", asked.reference, body)

    def disburse(self, asked: Disbursement) -> PaymentAccepted:
        """Money of ours to a person. Its result comes to `callback_url`. Raises NotSent, Refused or
        OutcomeUnknown."""
        url = needed_callback(asked.callback_url)
        body = self._initiated("BusinessPayment") | {
            "OriginatorConversationID": str(asked.reference),
            "Amount": shillings(asked.amount),
            "PartyA": self._account.payout_shortcode,
            "PartyB": _phone(asked.payee),
            "Remarks": note(asked.memo or asked.purpose, REMARKS_MAX_CHARS),
            "Occassion": "",  # so spelt
            "QueueTimeOutURL": url,
            "ResultURL": url,
        }
        body["InitiatorName"] = body.pop("Initiator")
        return self._ask("mpesa/b2c/v3/paymentrequest", asked.reference, body)

    def refund(self, asked: Refund) -> PaymentAccepted:
        """Raises Refused: a payout to the payer is another way."""
        payable(asked.amount, CURRENCY)
        raise Refused("not_offered", never_left=True, scope=Scope.TEXT)

    def status(self, kind: PaymentKind, reference: UUID, provider_id: str = "") -> PaymentStatus:
        """What Daraja says of a prompt, by the id that its answer gave. Of a payout it says nothing
        at once: `ask_about` has the word sent. Raises NotSent, Refused or OutcomeUnknown, of the
        question alone."""
        if kind is not PaymentKind.COLLECTION:
            return PaymentStatus(NAME, reference, PaymentState.UNKNOWN, "", by_callbacks=True)
        if not provider_id:
            # Not that there is no such payment: nobody can ask.
            return PaymentStatus(NAME, reference, PaymentState.UNKNOWN, "")
        body = self._signed() | {"CheckoutRequestID": provider_id}
        answer = self._call("mpesa/stkpushquery/v1/query", body, str(reference))
        return status_of(reference, answer.status_code, answer.content)

    def is_active(self, phone: str) -> bool:
        """Raises Refused: Daraja does not tell it."""
        _phone(phone)
        raise Refused("not_offered", never_left=True, scope=Scope.TEXT)

    # --- what only Daraja has -------------------------------------------------------------------

    def ask_about(self, payout: UUID, result_url: str) -> None:
        """Have what became of a payout sent to an address of ours, where `parse_callback` reads it.
        Raises NotSent, Refused or OutcomeUnknown, of the question alone."""
        url = needed_callback(result_url)
        body = self._initiated("TransactionStatusQuery") | {
            "OriginalConversationID": str(payout),
            "PartyA": self._account.payout_shortcode,
            "IdentifierType": "4",  # a shortcode
            "Remarks": "Status",
            "Occasion": "",
            "QueueTimeOutURL": url,
            "ResultURL": url,
        }
        self._ask("mpesa/transactionstatus/v1/query", payout, body)

    def receives(self, account: str) -> bool:
        """Whether it is the paybill's number, or the till's."""
        return account in (self._account.shortcode, self._account.till or self._account.shortcode)

    def register_urls(self, confirmation_url: str, validation_url: str) -> None:
        """Where payments by hand are told, and asked about before; a payment that nobody answers
        for is taken. Raises NotSent, Refused or OutcomeUnknown."""
        body = {
            "ShortCode": self._account.shortcode,
            "ResponseType": "Completed",
            "ConfirmationURL": needed_callback(confirmation_url),
            "ValidationURL": needed_callback(validation_url),
        }
        answer = self._call("mpesa/c2b/v2/registerurl", body)
        said = object_of(answer.content) or {}
        code = word_of(said.get("ResponseCode"))
        if answer.status_code != 200 or not code or code.strip("0"):
            raise refused(answer.status_code, said, None)

    # --- requests -------------------------------------------------------------------------------

    def _signed(self) -> dict[str, Any]:
        account = self._account
        if not account.passkey:
            raise bad_account()
        stamp = self._now().astimezone(ZONE).strftime(TIME)
        password = f"{account.shortcode}{account.passkey}{stamp}".encode()
        return {
            "BusinessShortCode": account.shortcode,
            "Password": base64.b64encode(password).decode(),
            "Timestamp": stamp,
        }

    def _initiated(self, command: str) -> dict[str, Any]:
        account = self._account
        if not account.initiator or not account.security_credential:
            raise bad_account()
        return {
            "Initiator": account.initiator,
            "SecurityCredential": account.security_credential,
            "CommandID": command,
        }

    def _ask(self, path: str, reference: UUID, body: Mapping[str, Any]) -> PaymentAccepted:
        answer = self._call(path, body, str(reference))
        return accepted(reference, answer.status_code, answer.content)

    def _call(
        self, path: str, body: Mapping[str, Any], message_id: str | None = None
    ) -> requests.Response:
        account = self._account

        def fetch() -> requests.Response:
            wanted = "oauth/v1/generate?grant_type=client_credentials"
            return self._wire.ask("GET", wanted, {"Authorization": account.basic}, token=True)

        def ask(token: str) -> requests.Response:
            headers = {"Authorization": f"Bearer {token}"}
            return self._wire.ask("POST", path, headers, encoded(body), message_id=message_id)

        return with_token(
            *(self._tokens, (account.url, account.digest), fetch, ask),
            lambda answer: token_not_taken(answer.status_code, answer.content),
        )


def shillings(amount: Money) -> int:
    """Whole ones: no wire of Daraja's takes cents. Raises Refused."""
    value = payable(amount, CURRENCY)
    if value != value.to_integral_value():
        raise Refused("not_payable", never_left=True, scope=Scope.TEXT)
    return int(value)


def _phone(number: str) -> str:
    return CALLING_CODE + national(number, CALLING_CODE)
