"""Flutterwave, as the registry knows it."""

from __future__ import annotations

from providers.contracts.webhooks import HttpReply, Kind
from providers.flutterwave import NAME
from providers.flutterwave.answers import parse_callback
from providers.flutterwave.pay import FlutterwavePayments
from providers.flutterwave.signature import verify
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    # The address is written in the provider's own settings.
    kinds={"payment": Kind("payments", parse_callback, verify=verify)},
    ack=HttpReply(200, "text/plain; charset=utf-8", b""),
    payments=FlutterwavePayments,
)
