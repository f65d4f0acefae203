"""Passkeys (WebAuthn): kept when a link is used or by who is signed in, and signed in by.

A challenge is made of time, chance and a keyed hash, so that nothing is kept before somebody has
answered it; then it is, so that it is answered once. It belongs to one browser (`bound_to`).
"""

import hmac
import json
import os
import uuid
from dataclasses import dataclass
from typing import Any, Final

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from core.audit.trail import record
from core.db.database import Database, Tx
from core.security.keyring import Keyring
from core.staff import sessions, throttle
from core.staff.errors import SignInRefused
from core.staff.members import invited, use_link
from core.staff.passwords import SignedIn
from core.staff.roles import Member
from values import clock

CHALLENGE_S: Final = 300
PASSKEYS_MAXIMUM: Final = 10
_NONCE_BYTES: Final = 16
_TIME_BYTES: Final = 8
_VERIFIED: Final = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are for: a host's name, and the origin that a browser says."""

    host: str
    origin: str
    name: str = "Piga"


# --- keeping one ----------------------------------------------------------------------------------


def offer(keys: Keyring, site: Site, member: Member, *, bound_to: str) -> str:
    """What a browser needs to make a passkey, as JSON."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=_user_handle(member.tenant_id, member.id),
        user_name=member.handle,
        user_display_name=member.handle,
        challenge=_challenge(keys, "keep", bound_to),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=[],
    )
    return options_to_json(options)


def keep_by_link(
    database: Database,
    keys: Keyring,
    site: Site,
    *,
    tenant_id: uuid.UUID,
    link: str,
    answer: str,
) -> SignedIn:
    """Use a link to sign in by this passkey from now on. Raises LinkIsOver, SignInRefused; then the
    link goes on."""
    with database.transaction(tenant_id) as tx:
        member = use_link(tx, keys, link)
        _keep(tx, keys, site, member, answer, bound_to=link)
        return SignedIn(member, sessions.begin(tx, keys, member, "invitation"))


def keep_another(
    tx: Tx, keys: Keyring, site: Site, member: Member, answer: str, *, session: str
) -> None:
    """One more passkey for who is signed in. Raises SignInRefused."""
    row = tx.one(
        "SELECT count(*) FROM staff_passkey WHERE tenant_id = current_tenant() AND staff_id = %s",
        (member.id,),
    )
    if row is None or row[0] >= PASSKEYS_MAXIMUM:
        raise SignInRefused
    _keep(tx, keys, site, member, answer, bound_to=session)


def offer_by_link(tx: Tx, keys: Keyring, site: Site, link: str) -> str:
    """`offer` for the member whose link it is. Raises LinkIsOver."""
    return offer(keys, site, invited(tx, keys, link), bound_to=link)


def _keep(tx: Tx, keys: Keyring, site: Site, member: Member, answer: str, *, bound_to: str) -> None:
    given = _read(answer)
    challenge = _require_ours(tx, keys, given, "keep", bound_to)
    try:
        verified = verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise SignInRefused from None
    row = tx.one(
        "INSERT INTO staff_passkey (tenant_id, credential_id, staff_id, public_key, sign_count)"
        " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING 1",
        (
            *(verified.credential_id, member.id),
            *(verified.credential_public_key, verified.sign_count),
        ),
    )
    if row is None:
        raise SignInRefused
    record(tx, member.actor, "keep passkey", member.id, {})


# --- signing in -----------------------------------------------------------------------------------


def ask(keys: Keyring, site: Site, *, bound_to: str) -> str:
    """What a browser needs to show a passkey, as JSON: the same for everybody."""
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=_challenge(keys, "show", bound_to),
        user_verification=_VERIFIED,
        allow_credentials=list[PublicKeyCredentialDescriptor](),
    )
    return options_to_json(options)


def sign_in(
    database: Database, keys: Keyring, site: Site, answer: str, *, bound_to: str, place: str
) -> SignedIn:
    """Sign in by a passkey: it says itself whose it is. Raises SignInRefused, TooManyTries."""
    given = _read(answer)
    tenant_id, member_id = _read_user_handle(given)
    credential_id = _bytes_of(given.get("rawId"))
    with database.transaction(tenant_id) as tx:
        throttle.count(tx, keys, name=member_id.hex, place=place)
    with database.transaction(tenant_id) as tx:
        row = tx.one(
            "SELECT m.tenant_id, m.id, m.handle, p.public_key, p.sign_count FROM staff_passkey p"
            " JOIN staff_member m ON m.tenant_id = p.tenant_id AND m.id = p.staff_id"
            " WHERE p.tenant_id = current_tenant() AND p.credential_id = %s AND m.id = %s"
            " AND m.state = 'active' FOR UPDATE OF p",
            (credential_id, member_id),
        )
        challenge = _require_ours(tx, keys, given, "show", bound_to)
        if row is None:
            raise SignInRefused
        try:
            verified = verify_authentication_response(
                credential=given,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=bytes(row[3]),
                credential_current_sign_count=row[4],
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError):
            raise SignInRefused from None
        tx.execute(
            "UPDATE staff_passkey SET sign_count = %s, used_at = now()"
            " WHERE tenant_id = current_tenant() AND credential_id = %s",
            (verified.new_sign_count, credential_id),
        )
        member = Member(*row[:3])
        throttle.forget(tx, keys, name=member_id.hex)
        return SignedIn(member, sessions.begin(tx, keys, member, "passkey"))


# --- challenges -----------------------------------------------------------------------------------


def _challenge(keys: Keyring, use: str, bound_to: str) -> bytes:
    head = os.urandom(_NONCE_BYTES) + int(clock.epoch_s()).to_bytes(_TIME_BYTES)
    return head + _mac(keys, use, head, bound_to)


def _mac(keys: Keyring, use: str, head: bytes, bound_to: str) -> bytes:
    return keys.staff_token("challenge " + use, head, bound_to.encode())


def _require_ours(tx: Tx, keys: Keyring, given: dict[str, Any], use: str, bound_to: str) -> bytes:
    """The challenge that was answered, where it is one of ours for this browser, not too old, and
    was not answered before. Raises SignInRefused."""
    try:
        data = json.loads(_bytes_of(given.get("response", {}).get("clientDataJSON")))
        challenge = _bytes_of(data.get("challenge"))
    except (ValueError, AttributeError):
        raise SignInRefused from None
    head, mac = challenge[: _NONCE_BYTES + _TIME_BYTES], challenge[_NONCE_BYTES + _TIME_BYTES :]
    age_s = int(clock.epoch_s()) - int.from_bytes(head[_NONCE_BYTES:])
    is_ours = hmac.compare_digest(mac, _mac(keys, use, head, bound_to))
    if not is_ours or not 0 <= age_s <= CHALLENGE_S:
        raise SignInRefused
    row = tx.one(
        "INSERT INTO staff_challenge (tenant_id, challenge) VALUES (current_tenant(), %s)"
        " ON CONFLICT DO NOTHING RETURNING 1",
        (head,),
    )
    if row is None:
        raise SignInRefused
    return challenge


def _read(answer: str) -> dict[str, Any]:
    try:
        given = json.loads(answer)
    except ValueError:
        raise SignInRefused from None
    if not isinstance(given, dict) or not isinstance(given.get("response"), dict):
        raise SignInRefused
    return given


def _bytes_of(text: object) -> bytes:
    try:
        return base64url_to_bytes(text if isinstance(text, str) else "")
    except ValueError:
        raise SignInRefused from None


def _user_handle(tenant_id: uuid.UUID, member_id: uuid.UUID) -> bytes:
    return tenant_id.bytes + member_id.bytes


def _read_user_handle(given: dict[str, Any]) -> tuple[uuid.UUID, uuid.UUID]:
    raw = _bytes_of(given["response"].get("userHandle"))
    if len(raw) != 32:
        raise SignInRefused
    return uuid.UUID(bytes=raw[:16]), uuid.UUID(bytes=raw[16:])
