"""Sending into a chat by the Graph API, and saying exactly what became of the message.

A connection for each message: on a kept-alive one that the other side has just closed, nobody can
tell whether the message left. No client of others' is used. pywa, the best kept one, sends what
Meta refuses, raises by code without saying whether anything left, and has one time-out for all.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests

from providers.contracts.chat import ChatMessage, OutboundMedia
from providers.contracts.messages import Account, NotSent, OutcomeUnknown, Refused, SendError, Sent
from providers.limits import ANSWER_MAX_BYTES, CONNECT_TIMEOUT_S, EVENT_ID_MAX_CHARS, READ_TIMEOUT_S
from providers.meta.errors import refusal
from providers.meta.wire import number_id, request_of
from providers.simulator.loopback import is_loopback_host
from providers.transport import failure, may_carry_secret, session

BASE_URL = "https://graph.facebook.com"
API_VERSION = "v25.0"
UPLOAD_TIMEOUT_S = 60.0
_WORDS = re.compile(r"[A-Za-z][A-Za-z ]{0,59}")
_TOKEN = re.compile(r"[\x21-\x7e]{1,1024}")
_VERSION = re.compile(r"v[1-9][0-9]?\.[0-9]")


class Graph:
    """How an account reaches the Graph API. Raises Refused (code bad_account) when its settings
    cannot be used."""

    def __init__(self, account: Account) -> None:
        base_url = (account.base_url or BASE_URL).rstrip("/")
        version = account.option("api_version", API_VERSION)
        usable = _TOKEN.fullmatch(account.secret) and _VERSION.fullmatch(version)
        if not usable or not may_carry_secret(base_url):
            raise Refused("bad_account", never_left=True, alarm=True)
        self.url = f"{base_url}/{version}"
        self.trust_env = not is_loopback_host(urlsplit(base_url).hostname or "")
        self.headers = {"Authorization": f"Bearer {account.secret}"}
        self.timeout_s = (
            account.connect_timeout_s or CONNECT_TIMEOUT_S,
            account.read_timeout_s or READ_TIMEOUT_S,
        )


class ChatSender:
    """Sends for one account. Holds no connection and no state: threads may share it.

    Raises Refused (code bad_account) when the account's settings cannot be used.
    """

    def __init__(self, account: Account) -> None:
        self._graph = Graph(account)

    def send_chat(self, message: ChatMessage) -> Sent:
        """One message to one person, once. Raises NotSent, Refused or OutcomeUnknown."""
        number = number_id(message)
        media_id = ""
        body = request_of(message)  # looked at as a whole before a file is uploaded for it
        if message.media is not None and message.media.content:
            media_id = self._upload(number, message.media)
            body = request_of(message, media_id)
        headers = {"Content-Type": "application/json"}
        failed: SendError
        try:
            status, answer = self._post(
                f"{number}/messages",
                self._graph.timeout_s[1],
                data=orjson.dumps(body),
                headers=headers,
            )
        except requests.RequestException as error:
            failed = failure(error)
        else:
            found = outcome(status, answer)
            if isinstance(found, Sent):
                return found
            failed = found
        # Raised out here, so that no error drags along a cause that quotes the number or the text.
        raise failed

    def _upload(self, number: str, media: OutboundMedia) -> str:
        """The id of an uploaded file. Whatever goes wrong with it, the message has not left."""
        name = media.name.encode("ascii", "replace").decode() or media.kind
        files = {"file": (name, media.content, media.mime_type)}
        data = {"messaging_product": "whatsapp", "type": media.mime_type}
        failed: SendError
        try:
            status, answer = self._post(f"{number}/media", UPLOAD_TIMEOUT_S, data=data, files=files)
        except requests.RequestException as error:
            found = failure(error)
            failed = NotSent("media_failed") if isinstance(found, OutcomeUnknown) else found
        else:
            media_id = _json(answer).get("id")
            if status == 200 and isinstance(media_id, str) and media_id.isdigit():
                return media_id
            refused = outcome(status, answer)
            unclear = not isinstance(refused, Refused)
            failed = NotSent("media_failed") if unclear else _never_left(refused)
        raise failed

    def _post(
        self, path: str, read_s: float, *, headers: dict[str, str] | None = None, **request: Any
    ) -> tuple[int, bytes]:
        """The status and the answer, up to a limit. Raises requests.RequestException."""
        with (
            session(trust_env=self._graph.trust_env) as client,
            client.post(
                f"{self._graph.url}/{path}",
                headers=self._graph.headers | (headers or {}),
                timeout=(self._graph.timeout_s[0], read_s),
                allow_redirects=False,
                stream=True,
                **request,
            ) as response,
        ):
            body = b""
            for chunk in response.iter_content(16 * 1024):
                body += chunk
                if len(body) > ANSWER_MAX_BYTES:
                    break
            return response.status_code, body


def _never_left(refused: object) -> SendError:
    assert isinstance(refused, Refused)
    return Refused(
        refused.code,
        retryable=refused.retryable,
        never_left=True,
        detail=refused.detail,
        alarm=refused.alarm,
        scope=refused.scope,
    )


def outcome(status: int, answer: bytes) -> Sent | SendError:
    """Read an answer: 200 with an id says that it was taken, not that it was sent."""
    found = _json(answer)
    error = found.get("error")
    if isinstance(error, dict):
        number, subcode = error.get("code"), error.get("error_subcode")
        kind = error.get("type")
        return refusal(
            status,
            number if isinstance(number, int) else None,
            subcode if isinstance(subcode, int) else None,
            kind if isinstance(kind, str) and _WORDS.fullmatch(kind) else "",
        )
    if status != 200:
        return refusal(status, None, None, "")
    messages = found.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    message_id = first.get("id") if isinstance(first, dict) else None
    usable = isinstance(message_id, str) and 0 < len(message_id) <= EVENT_ID_MAX_CHARS
    if not isinstance(first, dict) or not usable:
        return OutcomeUnknown("unreadable_answer")
    state = first.get("message_status")
    known = isinstance(state, str) and state.replace("_", "").isalpha() and len(state) <= 40
    return Sent(message_id, None, str(state) if known else "accepted")


def _json(answer: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
