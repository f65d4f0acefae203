"""Requests to Hubtel: money asked for, paid out, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import requests

from providers.contracts.messages import Account, Refused, Scope
from providers.contracts.payments import (
    Collection,
    Disbursement,
    PaymentAccepted,
    PaymentKind,
    PaymentStatus,
    Refund,
)
from providers.hubtel_money import CURRENCY
from providers.hubtel_money.account import (
    HOSTS,
    PEOPLE,
    RECEIVE,
    RECEIVED,
    SEND,
    SENT,
    HubtelAccount,
    channel,
    msisdn,
)
from providers.hubtel_money.answers import accepted, active_of, folded, refused, status_of
from providers.mobile_money.reading import object_of
from providers.mobile_money.wire import Wire, encoded, needed_callback, note, payable

NOTE_MAX_CHARS: Final = 100
_PATHS: Final = {
    RECEIVE: "merchantaccount/merchants/{}/receive/mobilemoney",
    SEND: "api/merchants/{}/send/mobilemoney",
    RECEIVED: "transactions/{}/status",
    SENT: "api/merchants/{}/transactions/status",
    PEOPLE: "v2/merchantaccount/merchants/{}/mobilemoney/verify",
}


class HubtelPayments:
    """Payments of one account. Holds no connection. Raises Refused (code bad_account) when the
    account's settings cannot be used."""

    def __init__(self, account: Account) -> None:
        self._account = HubtelAccount.read(account)
        self._wire = Wire(account, self._account.base_url or HOSTS[RECEIVE])

    def collect(self, asked: Collection) -> PaymentAccepted:
        """The payer's phone is to ask for their PIN. Raises NotSent, Refused or OutcomeUnknown."""
        body = {
            "CustomerName": "",
            "CustomerMsisdn": msisdn(asked.payer),
            "Channel": channel(asked.payer, asked.network),
            "PrimaryCallbackUrl": needed_callback(asked.callback_url),
        }
        return self._ask(PaymentKind.COLLECTION, RECEIVE, asked, body)

    def disburse(self, asked: Disbursement) -> PaymentAccepted:
        """Money of ours to a person, out of the prepaid deposit. Raises NotSent, Refused or
        OutcomeUnknown."""
        number = msisdn(asked.payee)
        body = {
            # The number stands for a name that nobody knows.
            "RecipientName": number,
            "RecipientMsisdn": number,
            "Channel": channel(asked.payee, asked.network),
            "PrimaryCallbackURL": needed_callback(asked.callback_url),
        }
        return self._ask(PaymentKind.DISBURSEMENT, SEND, asked, body)

    def refund(self, asked: Refund) -> PaymentAccepted:
        """Raises Refused: Hubtel documents no such request. A payout to the payer is another
        way."""
        payable(asked.amount, CURRENCY)
        raise Refused("not_offered", never_left=True, scope=Scope.TEXT)

    def status(self, kind: PaymentKind, reference: UUID, provider_id: str = "") -> PaymentStatus:
        """What Hubtel says of it, by our reference alone. Raises NotSent, Refused or
        OutcomeUnknown, of the question alone."""
        if kind is PaymentKind.REFUND:
            raise Refused("not_offered", never_left=True, scope=Scope.TEXT)
        what = RECEIVED if kind is PaymentKind.COLLECTION else SENT
        query = f"?clientReference={reference.hex}"
        answer = self._call("GET", what, query, message_id=str(reference))
        return status_of(kind, reference, answer.status_code, answer.content)

    def is_active(self, phone: str) -> bool:
        """Raises NotSent, Refused or OutcomeUnknown."""
        query = f"?channel={channel(phone, '')}&customerMsisdn={msisdn(phone)}"
        answer = self._call("GET", PEOPLE, query)
        active = active_of(answer.status_code, answer.content)
        if active is None:
            said = folded(object_of(answer.content)) or {}
            raise refused(PaymentKind.COLLECTION, answer.status_code, said, None)
        return active

    def _ask(
        self,
        kind: PaymentKind,
        what: str,
        asked: Collection | Disbursement,
        body: Mapping[str, Any],
    ) -> PaymentAccepted:
        shown = {
            "Amount": payable(asked.amount, CURRENCY),
            "Description": note(asked.purpose, NOTE_MAX_CHARS),
            # Letters and digits only.
            "ClientReference": asked.reference.hex,
        }
        sent = encoded(dict(body) | shown)
        answer = self._call("POST", what, "", sent, message_id=str(asked.reference))
        return accepted(kind, asked.reference, answer.status_code, answer.content)

    def _call(
        self,
        method: str,
        what: str,
        query: str = "",
        body: bytes | None = None,
        *,
        message_id: str | None = None,
    ) -> requests.Response:
        path = _PATHS[what].format(self._account.wallet(what)) + query
        headers = {"Authorization": self._account.basic, "Accept": "application/json"}
        host = self._account.host(what)
        return self._wire.ask(method, path, headers, body, url=host, message_id=message_id)
