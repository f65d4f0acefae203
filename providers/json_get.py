"""A JSON answer to a GET, and what a failed one means for who asks for rates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from providers.contracts.messages import Account, NotSent
from providers.contracts.rates import RateError
from providers.limits import ANSWER_MAX_BYTES, CONNECT_TIMEOUT_S, RATE_READ_TIMEOUT_S
from providers.simulator.loopback import is_loopback_host
from providers.transport import failure, may_carry_secret, session

RETRY_AFTER_MAXIMUM_S = 3_600.0


def get_json(
    account: Account, base_url: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[int, Any]:
    """The status and the JSON of an answer; None for a body that is none. Numbers are Decimals.

    Raises RateError: no answer, too many questions (429), a server that cannot (5xx), a refused
    credential (401, 403).
    """
    if not may_carry_secret(base_url):
        raise RateError("bad_account", alarm=True)
    loopback = is_loopback_host(urlsplit(base_url).hostname or "")
    connect_s = account.connect_timeout_s or CONNECT_TIMEOUT_S
    read_s = account.read_timeout_s or RATE_READ_TIMEOUT_S
    failed: RateError
    try:
        with session(trust_env=not loopback) as client:
            answer = client.get(
                f"{base_url}{path}",
                params=dict(query),
                headers=dict(headers),
                timeout=(connect_s, read_s),
                allow_redirects=False,
            )
            body = answer.content[:ANSWER_MAX_BYTES]
    except requests.RequestException as error:
        found = failure(error)
        never_left = isinstance(found, NotSent)
        failed = RateError(
            found.code, retryable=never_left or found.code != "untrusted_certificate"
        )
    else:
        return _judge(answer.status_code, answer.headers, body)
    # Raised out here, so that no cause quotes the address or the key.
    raise failed


def _judge(status: int, headers: Mapping[str, str], body: bytes) -> tuple[int, Any]:
    if status == 429:
        wait_s = retry_after_s(headers.get("Retry-After", ""))
        raise RateError("too_many", retryable=True, retry_after_s=wait_s)
    if status in (401, 403):
        raise RateError("unauthorized", alarm=True)
    if status >= 500:
        raise RateError(f"http_{status}", retryable=True)
    try:
        return status, json.loads(body, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return status, None


def retry_after_s(said: str) -> float | None:
    """What a Retry-After header asks for: seconds, or a date. None where it says neither."""
    said = said.strip()
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), RETRY_AFTER_MAXIMUM_S)
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    wait_s = (until - datetime.now(UTC)).total_seconds()
    return min(max(wait_s, 0.0), RETRY_AFTER_MAXIMUM_S)


def amount_of(said: object) -> Decimal | None:
    """An amount above 0, whether it came as a number or as a word; else None."""
    if isinstance(said, str) and len(said) <= 64 and said.isascii():
        try:
            said = Decimal(said)
        except ArithmeticError:
            return None
    if not isinstance(said, Decimal) or not said.is_finite() or said <= 0:
        return None
    return said
