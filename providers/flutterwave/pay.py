"""Requests to Flutterwave: money asked for, paid out, paid back, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

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
from providers.flutterwave import NAME
from providers.flutterwave.account import FlutterwaveAccount
from providers.flutterwave.answers import accepted, status_id, status_of
from providers.mobile_money.keyed import KeyedWire
from providers.mobile_money.wire import checked_callback, first, note, payable

NOTE_MAX_CHARS: Final = 100


class FlutterwavePayments:
    """Payments of one account. Holds no connection. Raises Refused (code bad_account) when the
    account's settings cannot be used."""

    def __init__(self, account: Account) -> None:
        self._account = FlutterwaveAccount.read(account)
        self._wire = KeyedWire(account, self._account)

    def collect(self, asked: Collection) -> PaymentAccepted:
        """In Kenya the payer's phone is to ask for their PIN; elsewhere they open a page. Raises
        NotSent, Refused or OutcomeUnknown. Where events go is a setting at Flutterwave, so
        `callback_url` is passed over."""
        phone, market = self._account.phone(asked.payer), self._account.market
        network, _ = self._account.network(asked.payer, asked.network)
        body: dict[str, Any] = {
            "tx_ref": str(asked.reference),
            "amount": payable(asked.amount, market.currency),
            "currency": market.currency,
            "email": self._account.email_of(asked.payer),
            "phone_number": phone,
        }
        if market.currency == "RWF":
            body["order_id"] = str(asked.reference)  # asked for there
        if network:
            body["network"] = network
        path = f"v3/charges?type={market.charge}"
        return self._ask(PaymentKind.COLLECTION, asked.reference, path, body)

    def disburse(self, asked: Disbursement) -> PaymentAccepted:
        """Money of ours to a person. What is wrong with it may be found out later. Raises NotSent,
        Refused or OutcomeUnknown."""
        phone, currency = self._account.phone(asked.payee), self._account.market.currency
        _, bank = self._account.network(asked.payee, asked.network)
        body: dict[str, Any] = {
            "account_bank": bank,
            "account_number": phone,
            "amount": payable(asked.amount, currency),
            "currency": currency,
            "debit_currency": currency,
            "beneficiary_name": phone,  # the number stands for a name that nobody knows
            "narration": note(asked.purpose, NOTE_MAX_CHARS),
            "reference": str(asked.reference),
        }
        if asked.callback_url:
            body["callback_url"] = checked_callback(asked.callback_url)
        return self._ask(PaymentKind.DISBURSEMENT, asked.reference, "v3/transfers", body)

    def refund(self, asked: Refund) -> PaymentAccepted:
        """A collection is paid back, by Flutterwave's own id, which is asked for first. A refund
        has no reference of ours: it goes along as a comment. Raises NotSent, Refused or
        OutcomeUnknown."""
        amount = payable(asked.amount, self._account.market.currency)
        id = self._id_of(asked.collection)
        body = {"amount": amount, "comments": str(asked.reference)}
        path = f"v3/transactions/{id}/refund"
        return self._ask(PaymentKind.REFUND, asked.reference, path, body)

    def status(self, kind: PaymentKind, reference: UUID, provider_id: str = "") -> PaymentStatus:
        """What Flutterwave says of it: of a charge and a transfer by our reference, of a refund by
        its own id. Raises NotSent, Refused or OutcomeUnknown, of the question alone."""
        path = f"{_VERIFY}{reference}"
        if kind is PaymentKind.DISBURSEMENT:
            path = f"v3/transfers?reference={reference}"
        elif kind is PaymentKind.REFUND:
            if not provider_id.isdigit():
                return PaymentStatus(NAME, reference, PaymentState.UNKNOWN, "")
            path = f"v3/refunds/{provider_id}"
        answer = self._wire.call("GET", path, None, str(reference))
        return status_of(kind, reference, answer.status_code, answer.content)

    def is_active(self, phone: str) -> bool:
        """Raises Refused: Flutterwave does not tell it of a wallet."""
        self._account.phone(phone)
        raise Refused("not_offered", never_left=True, scope=Scope.TEXT)

    def _id_of(self, collection: UUID) -> str:
        """Flutterwave's id of a charge. Until it is there nothing of the refund has left. Raises
        Refused or NotSent."""

        def ask() -> str:
            answer = self._wire.call("GET", f"{_VERIFY}{collection}")
            return status_id(answer.status_code, answer.content)

        return first("no_collection", ask)

    def _ask(
        self, kind: PaymentKind, reference: UUID, path: str, body: Mapping[str, Any]
    ) -> PaymentAccepted:
        answer = self._wire.call("POST", path, body, str(reference))
        return accepted(kind, reference, answer.status_code, answer.content)


_VERIFY: Final = "v3/transactions/verify_by_reference?tx_ref="
