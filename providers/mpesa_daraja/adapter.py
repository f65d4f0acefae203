"""M-Pesa by Daraja, as the registry knows it."""

from __future__ import annotations

from providers.contracts.webhooks import HttpReply, Kind
from providers.mpesa_daraja import NAME
from providers.mpesa_daraja.answers import parse_callback
from providers.mpesa_daraja.c2b import parse_c2b, parse_validation, validation_reply
from providers.mpesa_daraja.pay import DarajaPayments
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    kinds={
        "payment": Kind("payments", parse_callback, told=True),
        "arrival": Kind("payments", parse_c2b),
        "arrival-check": Kind("payments", parse_validation, verdict=validation_reply),
    },
    ack=HttpReply(200, "application/json", b'{"ResultCode":0,"ResultDesc":"Accepted"}'),
    payments=DarajaPayments,
)
