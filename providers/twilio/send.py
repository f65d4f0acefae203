"""A text through Twilio."""

from __future__ import annotations

import re

from providers.contracts.messages import Account, Refused, Scope, Sent, Sms
from providers.limits import SMS_TEXT_MAX_CHARS
from providers.twilio.client import Messages
from providers.twilio.forms import E164

# A number, a short code, or a name of up to eleven letters and digits.
_SENDER = re.compile(
    r"\+[1-9][0-9]{6,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9 +_&-]{0,10}"
)


def no(code: str) -> Refused:
    """This one message cannot be sent as it is; nothing has left."""
    return Refused(code, never_left=True, scope=Scope.TEXT)


class SmsSender:
    """Sends texts for one account: `username` is its SID, `secret` its auth token, or with the
    option `api_key` that key's secret. With `messaging_service` its pool sends, from the sender
    that is named or one that Twilio chooses. Threads may share it.

    Raises Refused (code bad_account) when the account's settings cannot be used.
    """

    def __init__(self, account: Account) -> None:
        self._messages = Messages(account)

    def send(self, sms: Sms) -> Sent:
        """One text to one handset, once. Raises NotSent, Refused or OutcomeUnknown."""
        if not E164.fullmatch(sms.to):
            raise no("invalid_number")
        if not sms.text.strip():
            raise no("empty_text")
        if len(sms.text) > SMS_TEXT_MAX_CHARS:
            raise no("text_too_long")
        is_known = sms.sender is not None and _SENDER.fullmatch(sms.sender)
        if not is_known and (sms.sender is not None or not self._messages.has_pool):
            raise Refused("invalid_sender", never_left=True, alarm=True, scope=Scope.SENDER)
        fields = {"to": sms.to, "body": sms.text.encode("utf-8", "replace").decode("utf-8")}
        if sms.sender is not None:
            fields["from_"] = sms.sender
        return self._messages.send(fields, report_url=sms.report_url, reference=sms.reference)
