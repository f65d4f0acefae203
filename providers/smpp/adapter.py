"""SMPP, as the registry knows it: its sender. Nothing comes by HTTP: a bind is a process."""

from __future__ import annotations

from providers.contracts.webhooks import HttpReply
from providers.registry import Provider
from providers.smpp import NAME
from providers.smpp.send import SmppSender

PROVIDER = Provider(
    name=NAME,
    kinds={},
    ack=HttpReply(200, "text/plain", b""),
    sender=SmppSender,
    # A screen's budget is the network's, and what carries the data coding carries UCS-2.
    service_settings={"ucs2": True},
    takes_by_process=True,
)
