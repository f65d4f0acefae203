"""Whose callback it is: the signature over the public address and every field.

The signatures are literals, made with openssl from the description of what is signed.
"""

from __future__ import annotations

import hashlib

import pytest

from providers.contracts.messages import Account
from providers.contracts.webhooks import SignedRequest
from providers.twilio.callbacks import sign
from providers.twilio.forms import FORM
from providers.twilio.signature import HEADER, SETTINGS_HEADER, verify

URL = "https://piga.example.org/hooks/twilio/sms-in/s3cr3t"
TOKEN, SECONDARY = "auth-token-of-moto", "a-token-to-come"
KEY = "webhooks_sharedkey_01"
ACCOUNT = Account("AC1", "token", signing_secrets=(SECONDARY, TOKEN))
BODY = b"To=%2B250788000210&MessageSid=SM1&From=%2B250788000301&FromCity=&Body=Muraho+neza"
SIGNATURE = "BVDrjJStZDd3afAw7HZPcuYNZ4g="
WITH_443 = "UGBP+tT4KJsiLwljeqxOYgsVPio="
WITH_8443 = "HNvX7Pk6UKtV40aG/N8bgUHXdZo="
JSON = b'{"a": 1}'


def refused(
    signature: str,
    body: bytes = BODY,
    url: str = URL,
    *,
    content_type: str = FORM,
    account: Account = ACCOUNT,
    settings: str = "",
) -> str:
    headers = {HEADER: signature, SETTINGS_HEADER: settings}
    return verify(SignedRequest(url, lambda n: headers.get(n, ""), content_type, body), account)


SIGNED: dict[str, tuple[str, bytes, str]] = {
    "a text, its fields in any order, one of them empty": (SIGNATURE, BODY, URL),
    "with the usual port, seen without": (WITH_443, BODY, URL),
    "without a port, seen with the usual one": (
        *(SIGNATURE, BODY, URL.replace(".org", ".org:443")),
    ),
    "without a port, seen with another": (SIGNATURE, BODY, URL.replace(".org", ".org:8443")),
    "with another port, seen with it": (WITH_8443, BODY, URL.replace(".org", ".org:8443")),
    "with a query": (
        "FGOKQJLaAyaMZk67VjNrPrvvMhA=",
        b"MessageSid=SM1&MessageStatus=sent",
        URL + "?piga=7&x=a",
    ),
    "a name twice": ("L1PU0LXWTDNq6jsicXYo6yH4Ug8=", b"Body=b&From=x&Body=a&Body=b", URL),
    "blanks and letters, as they were": (
        "MmFGp9Avig8CEa3ff8nOfELvb7s=",
        b"Body=+R%C3%ADos+%F0%9F%8C%B1+",
        URL,
    ),
    "nothing but the address": ("i8gNcsM+Gd06n5Dn+qlSIpvnRZc=", b"", URL),
}


@pytest.mark.parametrize(("signature", "body", "url"), SIGNED.values(), ids=SIGNED)
def test_what_is_signed_is_taken(signature: str, body: bytes, url: str) -> None:
    assert not refused(signature, body, url)
    assert not refused(signature, body, url, content_type=f"{FORM}; charset=UTF-8")


WRONG: dict[str, tuple[str, bytes, str]] = {
    "another port": (WITH_8443, BODY, URL),
    "plain http": (SIGNATURE, BODY, URL.replace("https", "http")),
    "the address inside": (SIGNATURE, BODY, "http://127.0.0.1:8000/hooks/twilio/sms-in/s3cr3t"),
    "another host": (SIGNATURE, BODY, URL.replace("piga", "pigb")),
    "a field more": (SIGNATURE, BODY + b"&More=1", URL),
    "an empty field less": (SIGNATURE, BODY.replace(b"&FromCity=", b""), URL),
    "another value": (SIGNATURE, BODY.replace(b"neza", b"nabi"), URL),
    "a query more": (SIGNATURE, BODY, URL + "?piga=8"),
    "an address that is none": (SIGNATURE, BODY, "https://piga.example.org:x/hooks"),
}


@pytest.mark.parametrize(("signature", "body", "url"), WRONG.values(), ids=WRONG)
def test_anything_else_is_not(signature: str, body: bytes, url: str) -> None:
    assert refused(signature, body, url) == "wrong_signature"


@pytest.mark.parametrize("token", [TOKEN, SECONDARY])
def test_both_tokens_are_good_while_one_is_changed(token: str) -> None:
    assert not refused(sign(URL, [("Body", "x")], token), b"Body=x")
    another = Account("AC1", "token", signing_secrets=("another",))
    assert refused(sign(URL, [("Body", "x")], token), b"Body=x", account=another)


def test_json_is_signed_by_its_hash() -> None:
    url = f"{URL}?bodySHA256={hashlib.sha256(JSON).hexdigest()}"
    signature = sign(url, [], TOKEN)
    assert signature == "EW4pcU34CatLTxIx9OzhuqbiEWE="
    for content_type in ("application/json", "", "text/plain"):
        assert not refused(signature, JSON, url, content_type=content_type)
    for body in (JSON + b" ", b"{}", b"\xff"):
        why = refused(signature, body, url, content_type="application/json")
        assert why == "body_not_signed"


def test_a_body_that_nothing_signs_is_refused() -> None:
    """The package itself passes it: it reads the fields of a form, and here are none."""
    signature = sign(URL, [], TOKEN)
    assert refused(signature, JSON, URL, content_type="application/json") == "body_not_signed"


@pytest.mark.parametrize(
    ("signature", "why"),
    [
        ("", "no_signature"),
        (SIGNATURE[:-1], "unreadable_signature"),
        (SIGNATURE + "A", "unreadable_signature"),
        ("é" * 27 + "=", "unreadable_signature"),
        (SIGNATURE.swapcase(), "wrong_signature"),
    ],
)
def test_another_form_is_refused(signature: str, why: str) -> None:
    assert refused(signature) == why


def test_a_missing_secret_is_no_reason_to_skip_the_check() -> None:
    unset = Account("AC1", "token", signing_secrets=("",))
    assert refused(sign(URL, [], ""), b"", account=unset) == "no_signing_secret"


SHARED = "pEuuiKF+Mihl/c3dgS50lORYeSqUs1oPQKGjOryVz8E="
SETTINGS = f"key={KEY},algorithm=HMAC_SHA256"


@pytest.mark.parametrize(
    ("settings", "shared_keys", "why"),
    [
        (SETTINGS, f"{KEY}:shared-secret", ""),
        (SETTINGS, f"older:x {KEY}:shared-secret", ""),
        (SETTINGS, f"{KEY}:another", "wrong_signature"),
        (SETTINGS, "older:shared-secret", "unknown_signing_key"),
        (SETTINGS, "", "unknown_signing_key"),
        (f"key={KEY},algorithm=HMAC_MD5", f"{KEY}:shared-secret", "unknown_signing_key"),
        ("", f"{KEY}:shared-secret", "wrong_signature"),
    ],
)
def test_a_shared_key_is_taken_where_the_account_names_it(
    settings: str, shared_keys: str, why: str
) -> None:
    account = Account(
        "AC1", "token", signing_secrets=(TOKEN,), options=(("shared_keys", shared_keys),)
    )
    assert refused(SHARED, b"Body=hi&From=x", account=account, settings=settings) == why
