"""A gateway's examples, carried out: what its file says of requests and answers is so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from providers.contracts.errors import BadPayload
from providers.contracts.ussd import UssdEnded, UssdHop
from providers.contracts.webhooks import HttpReply
from providers.ussd_http.adapter import Gateway
from providers.ussd_http.requests import read
from providers.ussd_http.schema import Example, ExpectedEnd, ExpectedHop, read_file
from providers.ussd_http.source import GatewayFaults


def check(path: Path) -> list[str]:
    """What is wrong with a gateway's file and its examples, a line each."""
    try:
        file, source = read_file(path)
    except GatewayFaults as wrong:
        return wrong.faults
    gateway = Gateway(path.stem, file)
    faults = [
        source.fault(("examples", at), f"{example.name}: {fault}")
        for at, example in enumerate(file.examples)
        for fault in _faults_of(gateway, example)
    ]
    return faults + [source.fault(way, text) for way, text in _without_example(gateway)]


def _faults_of(gateway: Gateway, example: Example) -> Iterator[str]:
    encoding = gateway.file.reply.encoding
    try:
        told = gateway.parse(example.request.encode(encoding))
    except BadPayload as refused:
        if str(refused) != example.refused:
            yield f"it is refused: {refused}"
        return
    if example.refused is not None:
        yield "it is not refused"
    elif isinstance(told, UssdEnded):
        if _as_expected(told) != example.ended:
            yield f"it is read as {_said(told)}"
    elif not isinstance(told, UssdHop) or _as_expected(told) != example.hop:
        yield f"it is read as {_said(told)}"
    else:
        for name, ends in (("continues", False), ("ends", True)):
            wanted = getattr(example, name)
            if wanted is not None:
                reply = gateway.screen(example.says, ends, told)
                given = written(reply, encoding)
                if given != wanted:
                    yield f"{name} is {given!r}"
                yield from _unreadable(gateway, name, reply.body)


def _unreadable(gateway: Gateway, name: str, body: bytes) -> Iterator[str]:
    """An answer that its own format does not allow."""
    form = gateway.file.reply.format
    try:
        if form != "text":
            read(form, body, ())
    except BadPayload as wrong:
        yield f"{name}: {wrong}"


def _as_expected(told: UssdHop | UssdEnded) -> ExpectedHop | ExpectedEnd:
    if isinstance(told, UssdEnded):
        return ExpectedEnd(status=told.status, session=told.session_id)
    last = told.last
    return ExpectedHop(
        first=last.is_first if last else None,
        session=told.session_id,
        msisdn=told.address,
        code=told.service_code,
        dialled=last.dialled if last else "",
        text=told.text,
        network=told.network,
        hop_id=last.hop_id if last else "",
    )


def written(reply: HttpReply, encoding: str) -> str:
    """An answer as examples write it: its headers, if it has any, an empty line, and its body."""
    body = reply.body.decode(encoding)
    head = "".join(f"{name}: {value}\n" for name, value in reply.headers)
    return f"{head}\n{body}" if head else body


def _said(told: UssdHop | UssdEnded) -> dict[str, object]:
    return _as_expected(told).model_dump(exclude_defaults=True)


def _without_example(gateway: Gateway) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What the file recognises and no example shows."""
    file = gateway.file
    hops = [example.hop for example in file.examples if example.hop]
    statuses = {example.ended.status for example in file.examples if example.ended}
    for name in ("continues", "ends"):
        if not any(getattr(example, name) is not None for example in file.examples):
            yield ("reply", name), "no example shows it"
    if file.session.first is not None:
        for name, is_first in (("a first hop", True), ("one that continues", False)):
            if not any(hop.first is is_first for hop in hops):
                yield ("session", "first"), f"no example shows {name}"
    for at, ending in enumerate(file.session.ended):
        if ending.status not in statuses:
            yield ("session", "ended", at), "no example shows it"
