"""Tokens of somebody who signed in: an access token for a quarter of an hour, and a refresh token
that is good once and brings the next two.

An access token is a JWT (EdDSA). Its key derives from PIGA_KEY and the month, which is its `kid`;
a program may check it by the public keys, and we look the sign-in up at each request all the same,
so that one that ended opens nothing a moment later. A refresh token is random, and kept as a hash.
Where a used one comes again, it was copied: all tokens of its sign-in are void.
"""

import logging
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from core.audit.trail import record
from core.clients.keys import Client
from core.db.database import Tx
from core.people.people import USSD
from core.security import tokens
from core.security.keyring import Keyring
from core.sign_in.codes import Right
from core.sign_in.errors import TokenRefused
from values import clock
from values.alarms import raise_alarm
from values.ids import uuid7

ALGORITHM: Final = "EdDSA"
ACCESS_S: Final = 15 * 60
SIGN_IN_DAYS: Final = 30
LEEWAY_S: Final = 30
PREFIX: Final = "pigr_"
# What a person who signed in may do, whatever program they signed in by.
SCOPE: Final = "me"
_CLAIMS: Final = ["aud", "exp", "iat", "iss", "jti", "scope", "sid", "sub"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Issued:
    """Both tokens, which are seen once; the access token expires in ACCESS_S seconds."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    subscriber_id: uuid.UUID
    expires_at: datetime  # of the sign-in, and of every refresh token of it


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says that was signed here."""

    tenant_id: uuid.UUID
    sign_in_id: uuid.UUID
    subscriber_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and reads access tokens; `issuer` is where this installation is reached."""

    keys: Keyring
    issuer: str

    def sign(self, tenant_id: uuid.UUID, sign_in_id: uuid.UUID, subscriber_id: uuid.UUID) -> str:
        now = clock.now()
        kid = _kid(now)
        claims = {
            "iss": self.issuer,
            "aud": str(tenant_id),
            "sub": str(subscriber_id),
            "sid": str(sign_in_id),
            "scope": SCOPE,
            "jti": str(uuid7()),
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + ACCESS_S,
        }
        return jwt.encode(claims, self._key(kid), ALGORITHM, headers={"kid": kid})

    def read(self, token: str) -> Claims | None:
        """What a token says; None where it was not signed here, or is over. Asks nobody."""
        now = clock.now()
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            if kid not in _kids(now):
                return None
            claims = jwt.decode(
                token,
                self._key(kid).public_key(),
                [ALGORITHM],
                issuer=self.issuer,
                # Whose tenant it is of is asked of the token: it holds for that tenant's rows only.
                # Its times are looked at below, by the clock that set them.
                options={
                    "require": _CLAIMS,
                    "verify_aud": False,
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            live = now.timestamp() < claims["exp"] and claims["iat"] <= now.timestamp() + LEEWAY_S
            if not live or claims["scope"] != SCOPE:
                return None
            return Claims(*(uuid.UUID(claims[name]) for name in ("aud", "sid", "sub")))
        except (jwt.PyJWTError, TypeError, ValueError, AttributeError):
            return None

    def public_keys(self) -> list[dict[str, Any]]:
        """The keys that tokens of now are checked by, as RFC 8037 writes them."""
        return [
            OKPAlgorithm.to_jwk(self._key(kid).public_key(), as_dict=True)
            | {"kid": kid, "use": "sig", "alg": ALGORITHM}
            for kid in sorted(_kids(clock.now()))
        ]

    def _key(self, kid: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.keys.token_seed(kid))


def _kid(at: datetime) -> str:
    return f"{at:%Y-%m}"


def _kids(now: datetime) -> set[str]:
    """The months that a token of now may have been signed in, and that the next will be."""
    near = timedelta(seconds=ACCESS_S + LEEWAY_S)
    return {_kid(now - near), _kid(now), _kid(now + near)}


# A sign-in is over also when its number is no longer its person's.
_LIVE = (
    "s.tenant_id = current_tenant() AND s.ended_at IS NULL AND s.expires_at > now()"
    " AND EXISTS (SELECT 1 FROM address a WHERE a.tenant_id = s.tenant_id"
    f"  AND a.channel = '{USSD}' AND a.lookup = s.address_lookup"
    "  AND a.subscriber_id = s.subscriber_id AND a.detached_at IS NULL)"
)


def begin(tx: Tx, signer: Signer, client: Client, right: Right) -> Issued:
    """Sign somebody in whose code was right."""
    sign_in_id = uuid7()
    row = tx.one(
        "INSERT INTO sign_in (tenant_id, id, subscriber_id, address_lookup, client, expires_at)"
        " VALUES (current_tenant(), %s, %s, %s, %s, now() + make_interval(days => %s))"
        " RETURNING expires_at",
        (sign_in_id, right.subscriber_id, right.address_lookup, client.name, SIGN_IN_DAYS),
    )
    assert row is not None
    record(tx, client.actor, "sign in by code", right.subscriber_id, {"sign_in": str(sign_in_id)})
    person = _client(client.tenant_id, sign_in_id, right.subscriber_id)
    return _issue(tx, signer, person, right.subscriber_id, row[0])


def holder(tx: Tx, claims: Claims) -> Client | None:
    """Who asks by an access token; None where the sign-in is over."""
    row = tx.one(
        f"SELECT s.subscriber_id FROM sign_in s WHERE {_LIVE} AND s.id = %s", (claims.sign_in_id,)
    )
    if row is None or row[0] != claims.subscriber_id:
        return None
    return _client(claims.tenant_id, claims.sign_in_id, row[0])


def owner(tx: Tx, keys: Keyring, tenant_id: uuid.UUID, token: str) -> Client | None:
    """Whose refresh token it is, good or used; None where it is none, or was too long ago."""
    row = tx.one(
        "SELECT s.id, s.subscriber_id FROM refresh_token r JOIN sign_in s"
        " ON s.tenant_id = r.tenant_id AND s.id = r.sign_in_id"
        " WHERE r.tenant_id = current_tenant() AND r.token_hash = %s",
        (_hash(keys, token),),
    )
    return _client(tenant_id, *row) if row else None


def rotate(tx: Tx, signer: Signer, client: Client, token: str) -> Issued:
    """The next two tokens for a refresh token, which is used by that. Raises TokenRefused; where
    the token was used before, its sign-in has ended, and that is committed."""
    hashed = _hash(signer.keys, token)
    row = tx.one(
        "UPDATE refresh_token r SET used_at = now() FROM sign_in s"
        " WHERE r.tenant_id = s.tenant_id AND r.sign_in_id = s.id AND r.token_hash = %s"
        f" AND r.used_at IS NULL AND {_LIVE} RETURNING s.subscriber_id, s.expires_at",
        (hashed,),
    )
    if row is None:
        _end_if_reused(tx, client, hashed)
        raise TokenRefused
    return _issue(tx, signer, client, *row)


def _end_if_reused(tx: Tx, client: Client, hashed: bytes) -> None:
    row = tx.one(
        "SELECT used_at IS NOT NULL FROM refresh_token"
        " WHERE tenant_id = current_tenant() AND token_hash = %s",
        (hashed,),
    )
    if row is None or not row[0] or not _end(tx, client, "token_reused"):
        return
    tx.commit()
    raise_alarm(
        log,
        "refresh_token_reused",
        "sign-ins",
        f"sign-in {client.id}: a used refresh token came again, so somebody copied it; it has"
        " ended.",
        tenant_id=client.tenant_id,
    )


def end(tx: Tx, client: Client) -> bool:
    """Sign out: every token of the sign-in is void. False where it has ended before."""
    return _end(tx, client, "signed_out")


def _end(tx: Tx, client: Client, reason: str) -> bool:
    ended = tx.one(
        "UPDATE sign_in SET ended_at = now(), reason = %s WHERE tenant_id = current_tenant()"
        " AND id = %s AND ended_at IS NULL RETURNING 1",
        (reason, client.id),
    )
    if ended is not None:
        record(tx, client.actor, "end sign-in", client.person_id, {"reason": reason})
    return ended is not None


@dataclass(frozen=True, slots=True)
class Open:
    """A sign-in of somebody that opens their account by now; `client` is the program's name."""

    id: uuid.UUID
    client: str
    created_at: datetime
    expires_at: datetime


def open_of(tx: Tx, subscriber_id: uuid.UUID) -> list[Open]:
    """Where a person is signed in, the newest first."""
    rows = tx.all(
        f"SELECT s.id, s.client, s.created_at, s.expires_at FROM sign_in s WHERE {_LIVE}"
        " AND s.subscriber_id = %s ORDER BY s.created_at DESC",
        (subscriber_id,),
    )
    return [Open(*row) for row in rows]


def end_all(tx: Tx, subscriber_id: uuid.UUID, *, actor: str, reason: str) -> int:
    """Staff end a person's sign-ins: no token of theirs opens anything from now on. Answers how
    many there were."""
    ended = tx.execute(
        "UPDATE sign_in SET ended_at = now(), reason = 'staff'"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s AND ended_at IS NULL",
        (subscriber_id,),
    ).rowcount
    record(tx, actor, "end sign-ins", subscriber_id, {"count": ended, "reason": reason})
    return ended


def tenant_of(token: str) -> uuid.UUID | None:
    """The tenant that a refresh token names, whether it is any good or not."""
    return tokens.tenant_of(token, PREFIX)


def _client(tenant_id: uuid.UUID, sign_in_id: uuid.UUID, person_id: uuid.UUID) -> Client:
    name = f"sign-in {sign_in_id}"
    return Client(sign_in_id, tenant_id, name, frozenset({SCOPE}), person_id)


def _issue(
    tx: Tx, signer: Signer, client: Client, subscriber_id: uuid.UUID, expires_at: datetime
) -> Issued:
    token = tokens.new_token(client.tenant_id, PREFIX)
    tx.execute(
        "INSERT INTO refresh_token (tenant_id, token_hash, sign_in_id)"
        " VALUES (current_tenant(), %s, %s)",
        (_hash(signer.keys, token), client.id),
    )
    access = signer.sign(client.tenant_id, client.id, subscriber_id)
    return Issued(access, token, subscriber_id, expires_at)


def _hash(keys: Keyring, token: str) -> bytes:
    return keys.staff_token("refresh token", token.encode())
