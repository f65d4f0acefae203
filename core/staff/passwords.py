"""A password and a second thing: six digits of an authenticator (TOTP, RFC 6238), a backup code, or
a browser that was trusted before.

Somebody who is not there, or whose password is wrong, costs the same time and gets the same answer.
"""

import base64
import os
import secrets
import uuid
from dataclasses import dataclass
from typing import Final

import pyotp

from core.audit.trail import record
from core.db.database import Database, Tx
from core.security.keyring import Keyring
from core.security.tokens import new_token
from core.staff import sessions, throttle
from core.staff.errors import SignInRefused, WeakPassword, WrongCode
from core.staff.members import use_link
from core.staff.roles import Member
from values import clock

PASSWORD_CHARS_MINIMUM: Final = 12
PASSWORD_CHARS_MAXIMUM: Final = 128
BACKUP_CODES: Final = 10
DEVICE_S: Final = 30 * 24 * 60 * 60
TOTP_SECRET_BYTES: Final = 20
TOTP_STEP_S: Final = 30
# Without I, L, O and U: read from paper, and typed.
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
# Long enough, and tried first by everybody.
_KNOWN: Final = ("password", "123456789", "qwertyuiop", "administrator", "letmein", "welcome")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that begins; `device` is a token for the browser where it was asked for."""

    member: Member
    session: str
    device: str = ""


# --- choosing it ----------------------------------------------------------------------------------


def totp_secret(keys: Keyring, link: str) -> str:
    """The authenticator's secret that a link offers, in base32: made of the link, so that none is
    kept before somebody has shown that they have it."""
    raw = keys.staff_token("totp", link.encode())[:TOTP_SECRET_BYTES]
    return base64.b32encode(raw).decode()


def totp_uri(secret: str, *, handle: str, business: str) -> str:
    """What an authenticator reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=handle, issuer_name=f"Piga {business}")


def require_strong(password: str, handle: str) -> None:
    """Raises WeakPassword. Length is what counts; no character is asked for (NIST SP 800-63B)."""
    plain = password.casefold()
    is_known = any(plain.replace(one, "", 1).strip("0123456789!.@ ") == "" for one in _KNOWN)
    if not PASSWORD_CHARS_MINIMUM <= len(password) <= PASSWORD_CHARS_MAXIMUM:
        raise WeakPassword
    if handle in plain or is_known or len(set(plain)) < 5:
        raise WeakPassword


def choose(
    database: Database, keys: Keyring, *, tenant_id: uuid.UUID, link: str, password: str, code: str
) -> tuple[SignedIn, list[str]]:
    """Use a link to sign in by password and authenticator from now on: the session that begins, and
    ten backup codes, which are shown now and never again.

    Raises LinkIsOver, WeakPassword, WrongCode; then the link goes on.
    """
    hashed = keys.hash_pin(password[:PASSWORD_CHARS_MAXIMUM])
    with database.transaction(tenant_id) as tx:
        member = use_link(tx, keys, link)
        require_strong(password, member.handle)
        secret = totp_secret(keys, link)
        step = _step_of(secret, code)
        if step is None:
            raise WrongCode
        tx.execute(
            "UPDATE staff_member SET password_hash = %s, totp_sealed = %s, totp_step = %s"
            " WHERE tenant_id = current_tenant() AND id = %s",
            (hashed, keys.seal(secret, member.id.bytes), step, member.id),
        )
        codes = _new_backup_codes(tx, keys, member)
        record(tx, member.actor, "choose password", member.id, {})
        return SignedIn(member, sessions.begin(tx, keys, member, "invitation")), codes


def _new_backup_codes(tx: Tx, keys: Keyring, member: Member) -> list[str]:
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(BACKUP_CODES)]
    tx.execute(
        "INSERT INTO staff_backup_code (tenant_id, code_hash, staff_id)"
        " SELECT current_tenant(), c, %s FROM unnest(%s::bytea[]) c",
        (member.id, [_code_hash(keys, member.id, code) for code in codes]),
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


# --- signing in -----------------------------------------------------------------------------------

_FIND = (
    "SELECT tenant_id, id, handle, password_hash, totp_sealed FROM staff_member"
    " WHERE tenant_id = current_tenant() AND handle = %s AND state = 'active'"
    " AND password_hash IS NOT NULL"
)


def sign_in(
    database: Database,
    keys: Keyring,
    *,
    tenant_id: uuid.UUID | None,
    handle: str,
    password: str,
    code: str,
    place: str,
    device: str = "",
    trust: bool = False,
) -> SignedIn:
    """Sign in by password and a second thing. `tenant_id` None is a business that there is not;
    `place` is where it is tried from. The try is counted, and that is committed, first.

    Raises SignInRefused, TooManyTries.
    """
    handle = handle.strip().lower()
    counted = tenant_id or uuid.UUID(int=0)
    with database.transaction(counted) as tx:
        throttle.count(tx, keys, name=handle, place=place)
    with database.transaction(counted) as tx:
        row = tx.one(_FIND, (handle,))
    known = row[3] if row else _nobodys_hash(keys)
    is_right = keys.verify_pin(password[:PASSWORD_CHARS_MAXIMUM], known)
    if row is None or not is_right:
        raise SignInRefused
    member = Member(*row[:3])
    with database.transaction(member.tenant_id) as tx:
        secret = keys.open(row[4], member.id.bytes)
        if not _second(tx, keys, member, secret, code=code, device=device):
            raise SignInRefused
        throttle.forget(tx, keys, name=handle)
        session = sessions.begin(tx, keys, member, "password")
        return SignedIn(member, session, _trust(tx, keys, member) if trust else "")


_hash_of_nobody: dict[int, str] = {}


def _nobodys_hash(keys: Keyring) -> str:
    """What the password of somebody who is not there is compared with: it costs as much."""
    if id(keys) not in _hash_of_nobody:
        _hash_of_nobody.clear()
        _hash_of_nobody[id(keys)] = keys.hash_pin(os.urandom(16).hex())
    return _hash_of_nobody[id(keys)]


def _second(tx: Tx, keys: Keyring, member: Member, secret: str, *, code: str, device: str) -> bool:
    """Whether the second thing is right too. What opens once is used up."""
    typed = "".join(code.split()).replace("-", "").lower()
    if not typed:
        return bool(device) and _is_trusted(tx, keys, member, device)
    if len(typed) == 6:
        step = _step_of(secret, typed)
        row = step and tx.one(
            "UPDATE staff_member SET totp_step = %s WHERE tenant_id = current_tenant()"
            " AND id = %s AND totp_step < %s RETURNING 1",
            (step, member.id, step),
        )
        return bool(row)
    row = tx.one(
        "UPDATE staff_backup_code SET used_at = now() WHERE tenant_id = current_tenant()"
        " AND code_hash = %s AND staff_id = %s AND used_at IS NULL RETURNING 1",
        (_code_hash(keys, member.id, typed), member.id),
    )
    if row:
        record(tx, member.actor, "use backup code", member.id, {})
    return bool(row)


def _step_of(secret: str, code: str) -> int | None:
    """The time step that a code is of: now's, or one beside it. None where it is of none."""
    digits = "".join(code.split()).encode("utf-8", "surrogatepass")
    now = int(clock.epoch_s()) // TOTP_STEP_S
    totp = pyotp.TOTP(secret)
    steps = (now - 1, now, now + 1)
    right = [secrets.compare_digest(totp.at(s * TOTP_STEP_S).encode(), digits) for s in steps]
    return max(
        (step for step, is_right in zip(steps, right, strict=True) if is_right), default=None
    )


def _trust(tx: Tx, keys: Keyring, member: Member) -> str:
    token = new_token(member.tenant_id)
    tx.execute(
        "INSERT INTO staff_device (tenant_id, token_hash, staff_id, expires_at)"
        " VALUES (current_tenant(), %s, %s, now() + make_interval(secs => %s))",
        (keys.staff_token("device", token.encode()), member.id, DEVICE_S),
    )
    record(tx, member.actor, "trust browser", member.id, {})
    return token


def _is_trusted(tx: Tx, keys: Keyring, member: Member, token: str) -> bool:
    row = tx.one(
        "SELECT 1 FROM staff_device WHERE tenant_id = current_tenant() AND token_hash = %s"
        " AND staff_id = %s AND expires_at > now()",
        (keys.staff_token("device", token.encode("utf-8", "surrogatepass")), member.id),
    )
    return row is not None


def _code_hash(keys: Keyring, member_id: uuid.UUID, code: str) -> bytes:
    return keys.staff_token("backup", member_id.bytes, code.encode("utf-8", "surrogatepass"))
