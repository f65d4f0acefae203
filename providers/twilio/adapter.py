"""Twilio, as the registry knows it: its callbacks, its acknowledgement, its senders."""

from __future__ import annotations

from providers.contracts.webhooks import HttpReply, Kind
from providers.registry import Provider
from providers.twilio import NAME
from providers.twilio.balance import AccountBalance
from providers.twilio.chats import ChatSender
from providers.twilio.files import FileSource
from providers.twilio.inbound import parse_sms_in, parse_whatsapp_in
from providers.twilio.send import SmsSender
from providers.twilio.signature import verify
from providers.twilio.statuses import parse_report

# Of itself Twilio asks again after a lost connection only, once: an answer that is an error would
# lose the message. Part of the address in its settings, and never sent to us.
AGAIN = "rc=5&rp=all"

PROVIDER = Provider(
    name=NAME,
    kinds={
        "sms-in": Kind("sms", parse_sms_in, verify=verify, fragment=AGAIN),
        "sms-report": Kind("sms", parse_report, verify=verify, told=True, reads_query=True),
        "whatsapp-in": Kind("whatsapp", parse_whatsapp_in, verify=verify, fragment=AGAIN),
        "whatsapp-report": Kind(
            "whatsapp", parse_report, verify=verify, told=True, reads_query=True
        ),
    },
    # "Nothing to say": the reply is a message of its own, of which reports come.
    ack=HttpReply(200, "text/xml; charset=utf-8", b"<Response/>"),
    sender=SmsSender,
    chat_sender=ChatSender,
    files=FileSource,
    fetches_files=True,
    balances=AccountBalance,
)
