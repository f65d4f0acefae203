"""Frankfurter as the registry sees it: no hooks, and a source of rates."""

from providers.contracts.webhooks import HttpReply
from providers.frankfurter import NAME
from providers.frankfurter.ask import Frankfurter
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    kinds={},
    ack=HttpReply(200, "text/plain; charset=utf-8", b""),
    rates=Frankfurter,
)
