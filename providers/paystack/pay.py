"""Requests to Paystack: money asked for, paid out, paid back, and what became of it."""

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
    PaymentStatus,
    Refund,
)
from providers.mobile_money.keyed import KeyedWire
from providers.mobile_money.wire import first, note, payable
from providers.paystack.account import PaystackAccount
from providers.paystack.answers import accepted, code_taken, recipient_code, refund_in, status_of
from values.money import Money

NOTE_MAX_CHARS: Final = 100
REFUNDS_LISTED: Final = 100
CODE_MAX_CHARS: Final = 16


class PaystackPayments:
    """Payments of one account. Holds no connection. Raises Refused (code bad_account) when the
    account's settings cannot be used."""

    def __init__(self, account: Account) -> None:
        self._account = PaystackAccount.read(account)
        self._wire = KeyedWire(account, self._account)

    # --- what the contract has ------------------------------------------------------------------

    def collect(self, asked: Collection) -> PaymentAccepted:
        """The payer's phone is to ask for their PIN; or they give us a code. Raises NotSent,
        Refused or OutcomeUnknown. Where events go is a setting at Paystack, so `callback_url` is
        passed over."""
        phone = self._account.phone(asked.payer)
        network, _ = self._account.network(asked.payer, asked.network)
        body = {
            "amount": self._amount(asked.amount),
            "currency": asked.amount.currency,
            "email": self._account.email_of(asked.payer),
            "reference": str(asked.reference),
            "mobile_money": {"phone": phone, "provider": network},
        }
        return self._ask(PaymentKind.COLLECTION, asked.reference, "charge", body)

    def submit_code(self, reference: UUID, code: str) -> PaymentAccepted:
        """The voucher that the payer's network gave them. Raises NotSent, Refused or
        OutcomeUnknown."""
        if not code.isalnum() or len(code) > CODE_MAX_CHARS:
            raise Refused("wrong_code", never_left=True, scope=Scope.TEXT)
        body = {"otp": code, "reference": str(reference)}
        answer = self._wire.call("POST", "charge/submit_otp", body, str(reference))
        return code_taken(reference, answer.status_code, answer.content)

    def disburse(self, asked: Disbursement) -> PaymentAccepted:
        """Money of ours to a person, who is taken down first. Raises NotSent, Refused or
        OutcomeUnknown."""
        amount = self._amount(asked.amount)
        body = {
            "source": "balance",
            "amount": amount,
            "currency": asked.amount.currency,
            "recipient": self._recipient(asked),
            "reason": note(asked.purpose, NOTE_MAX_CHARS),
            "reference": str(asked.reference),
        }
        return self._ask(PaymentKind.DISBURSEMENT, asked.reference, "transfer", body)

    def refund(self, asked: Refund) -> PaymentAccepted:
        """A collection is paid back. Paystack knows no reference of a refund: ours goes along as a
        note, by which the status finds it. Raises NotSent, Refused or OutcomeUnknown."""
        body = {
            "transaction": str(asked.collection),
            "amount": self._amount(asked.amount),
            "currency": asked.amount.currency,
            "customer_note": note(asked.purpose, NOTE_MAX_CHARS),
            "merchant_note": str(asked.reference),
        }
        return self._ask(PaymentKind.REFUND, asked.reference, "refund", body)

    def status(self, kind: PaymentKind, reference: UUID, provider_id: str = "") -> PaymentStatus:
        """What Paystack says of it. Raises NotSent, Refused or OutcomeUnknown, of the question
        alone."""
        path = f"{_VERIFY[kind]}{reference}"
        if kind is PaymentKind.REFUND:
            path = f"refund/{provider_id}" if provider_id else f"refund?perPage={REFUNDS_LISTED}"
        answer = self._wire.call("GET", path, None, str(reference))
        if kind is PaymentKind.REFUND and not provider_id:
            return refund_in(reference, answer.status_code, answer.content)
        return status_of(kind, reference, answer.status_code, answer.content)

    def is_active(self, phone: str) -> bool:
        """Raises Refused: Paystack does not tell it of a wallet."""
        self._account.phone(phone)
        raise Refused("not_offered", never_left=True, scope=Scope.TEXT)

    # --- requests -------------------------------------------------------------------------------

    def _amount(self, amount: Money) -> int:
        """In the smaller unit, a whole number."""
        payable(amount, self._account.market.currency)
        return amount.amount_minor

    def _recipient(self, asked: Disbursement) -> str:
        """Paystack's code for a person; the same again for one it knows. Until it is there nothing
        of the payout has left. Raises Refused or NotSent."""
        phone = self._account.phone(asked.payee)
        _, bank = self._account.network(asked.payee, asked.network)
        body = {"type": "mobile_money", "name": phone, "account_number": phone, "bank_code": bank}
        body["currency"] = self._account.market.currency

        def ask() -> str:
            answer = self._wire.call("POST", "transferrecipient", body)
            return recipient_code(answer.status_code, answer.content)

        return first("no_recipient", ask)

    def _ask(
        self, kind: PaymentKind, reference: UUID, path: str, body: Mapping[str, Any]
    ) -> PaymentAccepted:
        answer = self._wire.call("POST", path, body, str(reference))
        return accepted(kind, reference, answer.status_code, answer.content)


_VERIFY: Final = {
    PaymentKind.COLLECTION: "transaction/verify/",
    PaymentKind.DISBURSEMENT: "transfer/verify/",
    PaymentKind.REFUND: "",
}
