"""Messages: what comes in, what is sent, and the ways a send can fail.

What a person typed, and whose number it is, stay out of every repr and every exception text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum
from typing import Protocol, runtime_checkable

from providers.contracts.cost import Cost, Pricing
from providers.contracts.errors import ProviderError


@dataclass(frozen=True, slots=True)
class SmsInbound:
    """A text from a handset. `event_id` is the provider's: the same text may arrive for hours.

    `address` is E.164, or the sender's name as the wire gave it (`sender_is_phone` False).
    """

    provider: str
    event_id: str
    address: str = field(repr=False)
    sender_is_phone: bool
    to: str
    text: str = field(repr=False)
    network: str
    link_id: str
    at: datetime | None
    text_too_long: bool = False


@dataclass(frozen=True, slots=True)
class SmsPart:
    """A part of a long text, the `number`th of `total`; `text.text` is its own words.

    `reference` tells the text apart from others of the same person.
    """

    text: SmsInbound
    reference: str
    total: int
    number: int


@dataclass(frozen=True, slots=True)
class SmsOptOut:
    """A person wants no more texts from this sender id; other sender ids are not meant."""

    provider: str
    sender: str
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SmsSubscription:
    """A person has subscribed to a keyword of a short code (`is_added`), or left it."""

    provider: str
    short_code: str
    keyword: str
    is_added: bool
    address: str = field(repr=False)


class DeliveryStatus(IntEnum):
    """Where a message is; the value is its rank, and a message's rank never goes down.

    A provider's word that we do not know is UNKNOWN: it outranks nothing, delivers nothing.
    """

    UNKNOWN = 0
    QUEUED = 10
    SENT = 20
    FAILED = 40
    DELIVERED = 50
    READ = 60

    @property
    def final(self) -> bool:
        return self >= DeliveryStatus.FAILED


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of a message that we sent. `raw_status` is the provider's own word, kept as is.
    `pricing` is what the provider says of its bill, where it does. `sender` is the address of ours
    that the message left from, as the wire names it, and `reference` what we gave along with it; ''
    where the wire brings neither back."""

    provider: str
    message_id: str
    status: DeliveryStatus
    raw_status: str
    address: str | None = field(repr=False)
    network: str
    failure: str
    retries: int | None
    pricing: Pricing | None = None
    sender: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Sms:
    """A text to one handset. `to` is E.164 with a plus; `sender` None lets the provider choose.

    `reference` is our own id of it, and `report_url` where reports on it go: for wires whose answer
    gives no id, and which learn with each text where to report. `link_id` is what the wire gave
    along with the text that this one answers, and `keyword` ours on a code that businesses share.
    Others pass over them.
    """

    to: str = field(repr=False)
    text: str = field(repr=False)
    sender: str | None = None
    reference: str = ""
    report_url: str = field(default="", repr=False)
    link_id: str = ""
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A credential at a provider. `base_url` None means the provider's own hosts.

    `secret` is what we show; `signing_secrets` are what callbacks are signed with, the newest
    first. `options` are the provider's own, by name.
    """

    username: str
    secret: str = field(repr=False)
    base_url: str | None = None
    connect_timeout_s: float | None = None
    read_timeout_s: float | None = None
    signing_secrets: tuple[str, ...] = field(default=(), repr=False)
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def option(self, name: str, default: str = "") -> str:
        """One of the provider's own settings."""
        return dict(self.options).get(name, default)


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took the message. Without a `message_id` no report will ever fit it."""

    message_id: str | None
    cost: Cost | None
    raw_status: str


class Sender(Protocol):
    """Sends one message, once; raises NotSent, Refused or OutcomeUnknown."""

    def send(self, sms: Sms) -> Sent: ...


@runtime_checkable
class BulkSender(Protocol):
    """Sends one text to many handsets in one request.

    Answers for each of `recipients`, in their order and each once, what became of its text: Sent,
    or the error that `Sender.send` would have raised. Raises NotSent, Refused or OutcomeUnknown
    where that is true of all of them. A recipient of whom the answer says nothing is an
    OutcomeUnknown.
    """

    recipients_maximum: int

    def send_many(
        self, recipients: Sequence[str], text: str, sender: str | None
    ) -> list[Sent | SendError]: ...


class Scope(Enum):
    """Whom an answer to a text is about."""

    ACCOUNT = "account"
    SENDER = "sender"
    TEXT = "text"


class SendError(ProviderError):
    """A send that did not end in Sent.

    `retryable`: sending again cannot reach the handset twice, and may help.
    `never_left`: provably no byte of the message reached the provider.
    `alarm`: a person must act (credentials, balance) before anything of this `scope` will work.
    `scope`: whom the answer is about, and no more than it proves: the account, the sender id that
    was given with it, or this one text.
    `detail` is the provider's own word where it is a plain word; `message_id` its id, if any.
    """

    retryable = False
    never_left = False

    def __init__(
        self,
        code: str,
        *,
        detail: str = "",
        alarm: bool = False,
        message_id: str | None = None,
        scope: Scope = Scope.ACCOUNT,
    ) -> None:
        super().__init__(code)
        self.detail = detail
        self.alarm = alarm
        self.message_id = message_id
        self.scope = scope

    @property
    def sentence(self) -> str:
        """One sentence for staff, without personal data."""
        return SENTENCES.get(self.code) or SENTENCES[type(self).__name__]


class NotSent(SendError):
    """It never left this machine: refused connection, no such host, no connection in time."""

    retryable = True
    never_left = True


class Refused(SendError):
    """The provider, or a check before it, said no: nothing is on its way to the handset."""

    def __init__(
        self,
        code: str,
        *,
        retryable: bool = False,
        never_left: bool = False,
        detail: str = "",
        alarm: bool = False,
        message_id: str | None = None,
        scope: Scope = Scope.ACCOUNT,
    ) -> None:
        super().__init__(code, detail=detail, alarm=alarm, message_id=message_id, scope=scope)
        self.retryable = retryable
        self.never_left = never_left


class OutcomeUnknown(SendError):
    """The request left and no answer says what became of it. Never send again blindly."""


SENTENCES = {
    "NotSent": "The provider could not be reached; the message has not left.",
    "Refused": "The provider refused the message.",
    "OutcomeUnknown": "The message left, and the provider did not say what became of it.",
    "unauthorized": "The provider does not accept this account's credentials.",
    "insufficient_balance": "The account at the provider has no money left.",
    "bad_account": "This account's settings cannot be used.",
    "untrusted_certificate": "The provider's certificate cannot be trusted; nothing was sent.",
    "invalid_sender": "The provider does not know this sender id.",
    "invalid_number": "This is not a phone number that the provider can reach.",
    "unsupported_number": "The provider cannot text this type of number.",
    "blacklisted": "This person has asked the provider for no more texts.",
    "do_not_disturb": "This person's network holds texts back (do not disturb).",
    "no_route": "The provider has no route to this network.",
    "number_denied": "The gateway's own lists let no text to this number through.",
    "risk_hold": "The provider holds the message back as risky.",
    "throttled": "The provider wants fewer messages at a time.",
    "gateway_error": "The provider failed and took no message.",
    "duplicate_order": "The same airtime was ordered for this number less than five minutes ago.",
    "currency_mismatch": "Airtime is sold in the currency of the number's country.",
    "invalid_amount": "This is not an amount of airtime that the provider sells.",
    "invalid_key": "An order needs an id of its own that the wire can carry.",
    "empty_text": "A message needs a text.",
    "text_too_long": "The text is longer than its wire carries.",
    "pair_throttled": "The provider wants fewer messages at a time to this person.",
    "quality_limited": "The provider holds messages back, since too many people complained.",
    "account_blocked": "The provider has blocked this account.",
    "country_blocked": "The account may not write to people in this country.",
    "unreachable": "The provider cannot reach this person.",
    "window_closed": "The person wrote too long ago: only an approved template reaches them.",
    "too_many_for_person": "The provider lets this person have no more such messages for now.",
    "in_experiment": "The provider holds such messages back from this person.",
    "needs_number": "The provider sends this only to people whose number it gives.",
    "bad_request": "The provider cannot read this message.",
    "unsupported_message": "The provider does not know this sort of message.",
    "unsupported_media": "The provider takes no files of this type.",
    "media_too_large": "The file is larger than the provider takes.",
    "media_failed": "The provider could not take or fetch the file.",
    "marketing_only": "The provider sends this template by its way for marketing only.",
    "template_mismatch": "The values do not fit the template's places.",
    "template_unknown": "The provider has no such template in this language.",
    "template_refused": "The provider does not allow what the template says.",
    "template_paused": "The provider has paused this template.",
    "template_disabled": "The provider has disabled this template.",
    "form_blocked": "The provider has blocked this form.",
    "too_many_options": "There are more options than the wire can show.",
    "same_options": "Two options look alike.",
    "title_too_long": "An option is longer than the wire can show.",
    "header_too_long": "The line above is longer than the wire can show.",
    "footer_too_long": "The line below is longer than the wire can show.",
}
