"""Whose webhook it is: the signature over the raw body, and the handshake."""

from __future__ import annotations

import pytest

from providers.contracts.messages import Account
from providers.contracts.webhooks import SignedRequest
from providers.meta.signature import HEADER, handshake, sign, verify

OLD, NEW = "an-old-app-secret", "a-new-app-secret"
# As on the wire: escapes, which a reader that writes the JSON again would not write so.
BODY = rb'{"object":"whatsapp_business_account","entry":[],"x":"\u00e9\/"}'
ROTATING = Account("app", "token", signing_secrets=(NEW, OLD), options=(("verify_token", "v-1"),))


def refused(header: str, body: bytes = BODY, account: Account = ROTATING) -> str:
    def of(name: str) -> str:
        return header if name == HEADER else ""

    return verify(SignedRequest("https://example.org/hooks", of, "application/json", body), account)


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_both_secrets_are_good_while_one_is_changed(secret: str) -> None:
    assert not refused(sign(BODY, secret))


def test_the_hex_may_be_in_capitals() -> None:
    assert not refused("sha256=" + sign(BODY, NEW)[7:].upper())


def test_one_byte_more_is_another_body() -> None:
    assert refused(sign(BODY, NEW), BODY + b" ") == "wrong_signature"
    assert refused(sign(BODY, "another")) == "wrong_signature"


@pytest.mark.parametrize(
    "header",
    [
        "",
        sign(BODY, NEW)[7:],
        "sha1=" + "0" * 40,
        "sha256=",
        sign(BODY, NEW) + "0",
        "sha256=" + "g" * 64,
    ],
)
def test_another_form_is_refused(header: str) -> None:
    assert refused(header) in ("no_signature", "unreadable_signature")


def test_a_missing_secret_is_no_reason_to_skip_the_check() -> None:
    unset = Account("app", "token", signing_secrets=("",))
    assert refused(sign(BODY, ""), account=unset) == "no_signing_secret"


ASKED = b"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=v-1"


def test_the_challenge_goes_back_bare() -> None:
    reply = handshake(ASKED, ROTATING)
    assert reply is not None
    assert (reply.status, reply.body) == (200, b"1158201444")
    assert reply.content_type.startswith("text/plain")


@pytest.mark.parametrize(
    "query",
    [
        ASKED.replace(b"v-1", b"v-2"),
        ASKED.replace(b"hub.verify_token=v-1", b""),
        ASKED.replace(b"subscribe", b"unsubscribe"),
        ASKED.replace(b"1158201444", b"1" * 300),
        ASKED.replace(b"1158201444", b"%0d%0aX"),
        b"\xff",
    ],
)
def test_anything_else_gets_no_challenge(query: bytes) -> None:
    assert handshake(query, ROTATING) is None


def test_without_a_token_there_is_no_handshake() -> None:
    assert handshake(ASKED.replace(b"v-1", b""), Account("app", "token")) is None
