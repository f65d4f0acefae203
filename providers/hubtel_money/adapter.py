"""Hubtel, as the registry knows it."""

from __future__ import annotations

from providers.contracts.webhooks import HttpReply, Kind
from providers.hubtel_money import NAME
from providers.hubtel_money.answers import parse_callback
from providers.hubtel_money.pay import HubtelPayments
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    kinds={"payment": Kind("payments", parse_callback, told=True)},
    ack=HttpReply(200, "text/plain; charset=utf-8", b""),
    payments=HubtelPayments,
)
