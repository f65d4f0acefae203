"""Hubtel, as the registry knows it."""

from __future__ import annotations

from providers.contracts.webhooks import HttpReply
from providers.hubtel_money import NAME
from providers.hubtel_money.pay import HubtelPayments
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    # Callbacks are read by `answers.parse_callback`; no hook serves them yet.
    kinds={},
    ack=HttpReply(200, "text/plain; charset=utf-8", b""),
    payments=HubtelPayments,
)
