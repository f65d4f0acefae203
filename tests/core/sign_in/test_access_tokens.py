"""Access tokens: what is read back, and what nobody else could have signed."""

import json
import uuid
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.sign_in.tokens import ACCESS_S, Claims, Signer
from tests.support.tenants import KEYS
from values import clock

TENANT, SIGN_IN, PERSON = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
SIGNER = Signer(KEYS, "https://api.example")
NOW = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_to(NOW)
    return set_to


def claims(**changed: object) -> dict[str, Any]:
    now = int(NOW.timestamp())
    said = {"iss": SIGNER.issuer, "aud": str(TENANT), "sub": str(PERSON), "sid": str(SIGN_IN)}
    return said | {"scope": "me", "jti": "x", "iat": now, "exp": now + 60} | changed


def test_a_token_is_good_for_a_quarter_of_an_hour_and_over_the_end_of_a_month(at: Any) -> None:
    token = SIGNER.sign(TENANT, SIGN_IN, PERSON)
    assert jwt.get_unverified_header(token)["kid"] == "2026-11"
    assert SIGNER.read(token) == Claims(TENANT, SIGN_IN, PERSON)
    at(NOW + timedelta(seconds=ACCESS_S - 1))  # December by then
    assert SIGNER.read(token) == Claims(TENANT, SIGN_IN, PERSON)
    assert SIGNER.sign(TENANT, SIGN_IN, PERSON) != token
    at(NOW + timedelta(seconds=ACCESS_S))
    assert SIGNER.read(token) is None


def test_a_program_checks_one_by_the_public_keys(at: Any) -> None:
    published = {one["kid"]: one for one in SIGNER.public_keys()}
    assert sorted(published) == ["2026-11", "2026-12"]  # also that of a moment from now
    assert not any("d" in one for one in published.values())
    key = jwt.PyJWK(published["2026-11"])
    token = SIGNER.sign(TENANT, SIGN_IN, PERSON)
    read = jwt.decode(
        token,
        key,
        ["EdDSA"],
        audience=str(TENANT),
        options={"verify_exp": False, "verify_iat": False},
    )
    assert (read["sub"], read["scope"]) == (str(PERSON), "me")


def _none(said: dict[str, Any]) -> str:
    parts = ({"alg": "none", "typ": "JWT", "kid": "2026-11"}, said)
    return (
        ".".join(urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts)
        + "."
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://else.example"},
        {"exp": int(NOW.timestamp())},
        {"iat": int(NOW.timestamp()) + 3_600},
        {"scope": "people:read"},
        {"aud": "everybody"},
        {"sub": 7},
        {"exp": "never"},
    ],
)
def test_what_it_says_is_looked_at(at: Any, changed: dict[str, object]) -> None:
    key = Ed25519PrivateKey.from_private_bytes(KEYS.token_seed("2026-11"))
    headers = {"kid": "2026-11"}
    assert SIGNER.read(jwt.encode(claims(), key, "EdDSA", headers=headers)) is not None
    assert SIGNER.read(jwt.encode(claims(**changed), key, "EdDSA", headers=headers)) is None


def test_nobody_else_can_sign_one(at: Any) -> None:
    mine = Ed25519PrivateKey.from_private_bytes(KEYS.token_seed("2026-11"))
    public = mine.public_key().public_bytes_raw()
    forged = [
        "",
        "a.b.c",
        _none(claims()),
        jwt.encode(claims(), public, "HS256", headers={"kid": "2026-11"}),
        jwt.encode(claims(), Ed25519PrivateKey.generate(), "EdDSA", headers={"kid": "2026-11"}),
        jwt.encode(claims(), mine, "EdDSA", headers={"kid": "2026-12"}),
        jwt.encode(
            claims(),
            Ed25519PrivateKey.from_private_bytes(KEYS.token_seed("2026-09")),
            "EdDSA",
            headers={"kid": "2026-09"},
        ),
        jwt.encode(claims(), mine, "EdDSA"),
    ]
    assert [SIGNER.read(token) for token in forged] == [None] * len(forged)
    whole = SIGNER.sign(TENANT, SIGN_IN, PERSON)
    head, _, signature = whole.split(".")
    other = SIGNER.sign(TENANT, SIGN_IN, uuid.uuid4()).split(".")[1]
    assert SIGNER.read(f"{head}.{other}.{signature}") is None
