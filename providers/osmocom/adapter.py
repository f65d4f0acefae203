"""Osmocom as the registry sees it: no hooks, since the wire is a connection that we make."""

from providers.contracts.webhooks import HttpReply
from providers.osmocom import NAME
from providers.osmocom.session import SEPTETS_MAXIMUM
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    kinds={},
    ack=HttpReply(200, "text/plain; charset=utf-8", b""),
    service_settings={"budget_septets": SEPTETS_MAXIMUM},
)
