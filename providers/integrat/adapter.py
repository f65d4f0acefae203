"""Integrat, as the registry knows it: its events, and the screens that are requests of ours."""

from providers.contracts.webhooks import HttpReply, Kind
from providers.integrat import NAME
from providers.integrat.events import parse
from providers.integrat.reply import reply
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    kinds={"ussd": Kind("ussd", parse, push=reply)},
    ack=HttpReply(200, "text/plain; charset=utf-8", b""),
)
