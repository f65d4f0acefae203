"""Requests to MTN MoMo: money asked for, paid out, paid back, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

import requests

from providers.contracts.balances import BalanceLeft
from providers.contracts.messages import Account, Refused, Scope
from providers.contracts.payments import (
    Collection,
    Disbursement,
    PaymentAccepted,
    PaymentKind,
    PaymentStatus,
    Refund,
)
from providers.mobile_money.tokens import SHARED, Tokens
from providers.mobile_money.wire import (
    Wire,
    checked_callback,
    digits,
    encoded,
    note,
    payable,
    with_token,
)
from providers.mtn_momo.account import PLACES, MomoAccount, Product
from providers.mtn_momo.answers import accepted, active_of, balance_of, code_of, refused, status_of
from values.money import Money

NOTE_MAX_CHARS: Final = 128


@dataclass(frozen=True, slots=True)
class _Call:
    """A request that shows a token. `message_id` is what it is about, for an error to say."""

    product: Product
    method: str
    path: str
    message_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


class MomoPayments:
    """Payments of one account. Holds no connection; tokens are shared by all who have the account.

    Raises Refused (code bad_account) when the account's settings cannot be used.
    """

    def __init__(self, account: Account, tokens: Tokens = SHARED) -> None:
        self._account = MomoAccount.read(account)
        self._tokens = tokens
        self._wire = Wire(account, self._account.url)

    # --- what the contract has ------------------------------------------------------------------

    def collect(self, asked: Collection) -> PaymentAccepted:
        """The payer's phone is to ask for their PIN. Raises NotSent, Refused or OutcomeUnknown."""
        body = self._body(asked) | {"payer": _party(asked.payer)}
        return self._ask(PaymentKind.COLLECTION, asked, body)

    def disburse(self, asked: Disbursement) -> PaymentAccepted:
        """Money of ours to a person. Raises NotSent, Refused or OutcomeUnknown."""
        body = self._body(asked) | {"payee": _party(asked.payee)}
        return self._ask(PaymentKind.DISBURSEMENT, asked, body)

    def refund(self, asked: Refund) -> PaymentAccepted:
        """A collection is paid back out of the disbursement wallet. Raises NotSent, Refused or
        OutcomeUnknown."""
        body = self._body(asked) | {"referenceIdToRefund": str(asked.collection)}
        return self._ask(PaymentKind.REFUND, asked, body)

    def status(self, kind: PaymentKind, reference: UUID, provider_id: str = "") -> PaymentStatus:
        """What MTN says of it, by our reference alone. Raises NotSent, Refused or OutcomeUnknown,
        of the question alone."""
        product, path = PLACES[kind]
        answer = self._call(_Call(product, "GET", f"v1_0/{path}/{reference}", str(reference)))
        return status_of(kind, reference, answer.status_code, answer.content)

    def is_active(self, phone: str) -> bool:
        """Raises NotSent, Refused or OutcomeUnknown."""
        # Either product answers; a number that no plan has is no account of theirs.
        party = _party(phone)["partyId"]
        product = next(iter(self._account.credentials))
        answer = self._call(_Call(product, "GET", f"v1_0/accountholder/msisdn/{party}/active"))
        active = active_of(answer.status_code, answer.content)
        if active is None:
            code = code_of(answer.content)
            raise refused(PaymentKind.COLLECTION, answer.status_code, code, "")
        return active

    def balances(self) -> list[BalanceLeft]:
        """What each product's wallet has left. Raises NotSent, Refused or OutcomeUnknown."""
        return [self._balance(product) for product in self._account.credentials]

    def _balance(self, product: Product) -> BalanceLeft:
        answer = self._call(_Call(product, "GET", "v1_0/account/balance"))
        left = balance_of(answer.status_code, answer.content)
        if left is None:
            code = code_of(answer.content)
            raise refused(PaymentKind.COLLECTION, answer.status_code, code, "")
        return replace(left, product=product.value)

    # --- requests -------------------------------------------------------------------------------

    def _body(self, asked: Collection | Disbursement | Refund) -> dict[str, Any]:
        return {
            "amount": amount_on_wire(asked.amount, self._account.currency),
            "currency": asked.amount.currency,
            # A callback has no X-Reference-Id: this is what it names.
            "externalId": str(asked.reference),
            "payerMessage": note(asked.purpose, NOTE_MAX_CHARS),
            "payeeNote": note(asked.memo or asked.purpose, NOTE_MAX_CHARS),
        }

    def _ask(
        self,
        kind: PaymentKind,
        asked: Collection | Disbursement | Refund,
        body: Mapping[str, Any],
    ) -> PaymentAccepted:
        if asked.reference.version != 4:
            raise Refused("invalid_reference", never_left=True, scope=Scope.TEXT)
        headers = {"X-Reference-Id": str(asked.reference)}
        if asked.callback_url:  # an empty header is an error of its own
            headers["X-Callback-Url"] = checked_callback(asked.callback_url)
        product, path = PLACES[kind]
        call = _Call(product, "POST", f"v1_0/{path}", str(asked.reference), headers, body)
        answer = self._call(call)
        return accepted(kind, asked.reference, answer.status_code, answer.content)

    def _call(self, call: _Call) -> requests.Response:
        credential = self._account.credential(call.product)
        key = (self._account.url, self._account.environment, call.product, credential.digest)

        def fetch() -> requests.Response:
            """A POST without a body; MTN answers 400 to one with."""
            headers = self._headers(call.product) | {"Authorization": credential.basic}
            return self._wire.ask("POST", f"{call.product.value}/token/", headers, token=True)

        def ask(token: str) -> requests.Response:
            headers = self._headers(call.product) | {"Authorization": f"Bearer {token}"}
            return self._wire.ask(
                *(call.method, f"{call.product.value}/{call.path}", headers | dict(call.headers)),
                encoded(call.body) if call.body is not None else None,
                message_id=call.message_id,
            )

        return with_token(self._tokens, key, fetch, ask)

    def _headers(self, product: Product) -> dict[str, str]:
        return {
            "Ocp-Apim-Subscription-Key": self._account.credential(product).subscription_key,
            "X-Target-Environment": self._account.environment,
        }


def _party(phone: str) -> dict[str, str]:
    return {"partyIdType": "MSISDN", "partyId": digits(phone)}


def amount_on_wire(amount: Money, currency: str) -> str:
    """Whole units, with decimals only where there are any: "1500", "12.50". Raises Refused."""
    return f"{payable(amount, currency):f}"
