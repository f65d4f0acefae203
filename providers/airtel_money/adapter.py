"""Airtel Money, as the registry knows it."""

from __future__ import annotations

from providers.airtel_money import NAME
from providers.airtel_money.answers import parse_callback
from providers.airtel_money.pay import AirtelPayments
from providers.airtel_money.signature import verify
from providers.contracts.webhooks import HttpReply, Kind
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    # The address is written in the provider's own settings.
    kinds={"payment": Kind("payments", parse_callback, verify=verify)},
    ack=HttpReply(200, "text/plain; charset=utf-8", b""),
    payments=AirtelPayments,
)
