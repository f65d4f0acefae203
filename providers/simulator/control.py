"""The JSON by which the fakes' phone is driven and looked at: what comes in, and what goes out."""

from __future__ import annotations

import uuid
from collections.abc import Container, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from werkzeug.wrappers import Request, Response

from providers.simulator.hooks import Hook
from providers.simulator.inbox import Text
from providers.simulator.sessions import Exchange, Shown


def reply(status: int, body: object) -> Response:
    return Response(orjson.dumps(body), status, content_type="application/json")


def json_of(request: Request) -> Mapping[str, Any]:
    """What was posted. Raises ValueError, as all that reads does."""
    # A form of another site's page could be posted here; JSON could not, without asking first.
    if request.mimetype != "application/json":
        raise ValueError("application/json, please")
    try:
        body = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        raise ValueError("this is not JSON") from None
    if not isinstance(body, dict):
        raise ValueError("an object, please")
    return body


def string(wanted: Mapping[str, Any], name: str) -> str:
    value = wanted.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name}: text, please")
    return value


def session(wanted: Mapping[str, Any]) -> str:
    return string(wanted, "session")


def mapping(wanted: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = wanted.get(name, {})
    if not isinstance(value, dict):
        raise ValueError(f"{name}: an object, please")
    return value


def list_of_mappings(wanted: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = wanted.get(name, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ValueError(f"{name}: a list of objects, please")
    return value


def shown(shown: Shown) -> dict[str, Any]:
    """What the handset shows."""
    return {
        "session": shown.session,
        "screen": shown.screen,
        "state": shown.state,
        "error": shown.error,
        "hop": shown.hop,
        "took_ms": shown.took_ms,
    }


def replies(shown: Shown) -> dict[str, Any]:
    """What the copies of a hop were answered with."""
    replies = [reply.decode("utf-8", "replace") for reply in shown.replies]
    return {"replies": replies, "same": shown.same}


def text(text: Text) -> dict[str, Any]:
    """A text in the inbox."""
    return {
        "at": text.at,
        "from": text.sender,
        "text": text.text,
        "status": text.status,
        "id": text.id,
    }


def thread(received: Sequence[Text], written: Sequence[Text]) -> list[dict[str, Any]]:
    """The texts of one handset, both ways, oldest first: `by` is "us" or "them"."""
    both = [("us", one) for one in received] + [("them", one) for one in written]
    return [
        {**text(one), "by": by, "to": one.to}
        for by, one in sorted(both, key=lambda pair: pair[1].at)
    ]


def written(hooks: Sequence[Hook], sender: str, to: str, words: str) -> Text:
    """A text that a handset wrote, to be kept as its tenant's."""
    tenants = (
        hook["tenant"] for hook in hooks if (hook["kind"], hook["service"]) == ("sms-in", to)
    )
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Text(str(uuid.uuid4()), at, next(tenants, ""), sender, to, words, code=200)


def exchanged(exchange: Exchange) -> dict[str, Any]:
    """An exchange without what it carried."""
    request, answer = exchange.request, exchange.answer
    return {
        "kind": request.kind,
        "session": request.session,
        "hop": request.hop,
        "status": answer.status if answer else None,
        "sent_bytes": len(request.body),
        "received_bytes": len(answer.body) if answer else 0,
        "took_ms": round(exchange.took_ms, 3),
        "note": exchange.note,
    }


def carried(exchange: Exchange, codes: Container[str]) -> dict[str, Any]:
    """An exchange with its form fields, as ordered on the wire, and its answer.

    What was typed may be a PIN and the gateway cannot tell: `text` and `input` are None, and so is
    a `serviceCode` with digits behind the code of a service.
    """
    request, answer = exchange.request, exchange.answer
    fields = parse_qsl(request.body.decode(), keep_blank_values=True)

    def hidden(name: str, value: str) -> bool:
        return name in ("text", "input") or (name == "serviceCode" and value not in codes)

    path = urlsplit(request.url).path
    return exchanged(exchange) | {
        "path": path.rpartition("/")[0] + "/...",
        "fields": [[name, None if hidden(name, value) else value] for name, value in fields],
        "content_type": answer.headers.get("content-type", "") if answer else "",
        "answer": answer.body.decode("utf-8", "replace") if answer else "",
    }


_CHANNELS = {"ussd": "ussd", "sms-in": "sms", "whatsapp": "whatsapp"}


def addresses(hooks: Sequence[Hook]) -> list[dict[str, str]]:
    """What can be dialled or written to: each with its channel, its tenant and its provider."""
    return [
        {
            "tenant": hook["tenant"],
            "channel": _CHANNELS[hook["kind"]],
            "service": hook["service"],
            "provider": hook["provider"],
        }
        for hook in hooks
        if hook["kind"] in _CHANNELS
    ]


def dialled(hooks: Sequence[Hook]) -> list[dict[str, str]]:
    """The codes that can be dialled, each with its tenant."""
    return [
        {"tenant": hook["tenant"], "service": hook["service"]}
        for hook in hooks
        if hook["kind"] == "ussd"
    ]
