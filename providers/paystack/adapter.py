"""Paystack, as the registry knows it."""

from __future__ import annotations

from providers.contracts.webhooks import HttpReply
from providers.paystack import NAME
from providers.paystack.pay import PaystackPayments
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    # Events are read by `answers.parse_callback`; no hook serves them yet.
    kinds={},
    ack=HttpReply(200, "text/plain; charset=utf-8", b""),
    payments=PaystackPayments,
)
