"""Kannel, as the registry knows it: its callbacks, its acknowledgement, its sender."""

from __future__ import annotations

from providers.contracts.webhooks import HttpReply, Kind
from providers.kannel import NAME
from providers.kannel.send import SmsSender
from providers.kannel.sms import QUERY_IN, parse_report, parse_sms_in
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    kinds={
        "sms-in": Kind("sms", parse_sms_in, methods=("GET",), query=QUERY_IN),
        "sms-report": Kind("sms", parse_report, methods=("GET",), told=True),
    },
    # Of an answer that is not empty, Kannel makes a text to whoever wrote.
    ack=HttpReply(200, "text/plain; charset=utf-8", b""),
    sender=SmsSender,
)
