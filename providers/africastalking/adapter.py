"""Africa's Talking, as the registry knows it: its callbacks, its acknowledgement, its sender."""

from __future__ import annotations

from providers.africastalking import NAME
from providers.africastalking.airtime import (
    AirtimeOrders,
    parse_status,
    parse_validation,
    validation_reply,
)
from providers.africastalking.balance import AccountBalance
from providers.africastalking.send import SmsSender
from providers.africastalking.sms import (
    parse_opt_out,
    parse_sms_in,
    parse_sms_report,
    parse_subscription,
)
from providers.africastalking.ussd import PLAIN, parse_ussd, parse_ussd_end, ussd_reply
from providers.contracts.webhooks import HttpReply, Kind
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    kinds={
        "ussd": Kind("ussd", parse_ussd, ussd_reply),
        "ussd-end": Kind("ussd", parse_ussd_end),
        "sms-in": Kind("sms", parse_sms_in),
        "sms-report": Kind("sms", parse_sms_report),
        "sms-optout": Kind("sms", parse_opt_out),
        "sms-subscription": Kind("sms", parse_subscription),
        "airtime-validation": Kind("sms", parse_validation, answer=validation_reply),
        "airtime-status": Kind("sms", parse_status),
    },
    ack=HttpReply(200, PLAIN, b""),
    sender=SmsSender,
    airtime_sender=AirtimeOrders,
    balances=AccountBalance,
)
