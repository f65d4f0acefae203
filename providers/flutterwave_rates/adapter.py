"""Flutterwave's rates as the registry sees them: no hooks, and a source of rates."""

from providers.contracts.webhooks import HttpReply
from providers.flutterwave_rates import NAME
from providers.flutterwave_rates.ask import FlutterwaveRates
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    kinds={},
    ack=HttpReply(200, "text/plain; charset=utf-8", b""),
    rates=FlutterwaveRates,
)
