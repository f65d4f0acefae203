"""MTN MoMo, as the registry knows it."""

from __future__ import annotations

from providers.contracts.webhooks import HttpReply, Kind
from providers.mtn_momo import NAME
from providers.mtn_momo.answers import parse_callback
from providers.mtn_momo.pay import MomoPayments
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    kinds={
        # Its pages say PUT and POST; it learns the address with each request.
        "payment": Kind("payments", parse_callback, methods=("PUT", "POST"), told=True),
    },
    ack=HttpReply(200, "text/plain; charset=utf-8", b""),
    payments=MomoPayments,
    payment_expires_s=300.0,
    balances=MomoPayments,
)
