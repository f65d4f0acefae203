"""M-Pesa by Daraja, as the registry knows it."""

from __future__ import annotations

from providers.contracts.webhooks import HttpReply, Kind
from providers.mpesa_daraja import NAME
from providers.mpesa_daraja.answers import parse_callback
from providers.mpesa_daraja.pay import DarajaPayments
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    # Payments by hand are read by `c2b.parse_c2b`; no hook serves them yet.
    kinds={"payment": Kind("payments", parse_callback, told=True)},
    ack=HttpReply(200, "application/json", b'{"ResultCode":0,"ResultDesc":"Accepted"}'),
    payments=DarajaPayments,
)
