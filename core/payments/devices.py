"""Devices: phones with a wallet's SIM, which forward the network's texts to us.

    on ──► held ──► on       held: its balances do not continue, so nothing is credited by itself
    on, held ──► blocked     lost or replaced; what it posts is refused

The secret is shown once, when it is made. Another may be made beside it: for a day both sign.
"""

import base64
import binascii
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core.audit.trail import record
from core.db.connection import Row
from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.payments import signatures
from core.payments.evidence.networks import catalogue
from core.payments.text_errors import NoSuchDevice, WrongDevice
from core.payments.wallets import PAYMENTS
from core.security.keyring import Keyring
from values.ids import uuid7

DEVICE: Final = Lifecycle(
    "text_device",
    initial="on",
    transitions=[
        ["hold", "on", "held"],
        ["go_on", "held", "on"],
        ["block", ["on", "held"], "blocked"],
    ],
)
OLD_SECRET_HOURS: Final = 24
NAME_CHARS_MAXIMUM: Final = 40


@dataclass(frozen=True, slots=True)
class Device:
    """A device as the reader of its texts needs it. `is_polled`: an API tells of the wallet, too.
    `purpose` and `subject_id` are what the wallet's merchant code is for, if for one thing."""

    id: uuid.UUID
    name: str
    wallet: str
    network: str
    currency: str
    is_polled: bool
    purpose: str | None
    subject_id: uuid.UUID | None
    state: str
    balance_minor: int | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Added:
    """A new device: `address` is what it names itself by, `secret` is shown only now."""

    id: uuid.UUID
    address: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wallet:
    """What a device is of: a wallet of the tenant's, and what is known of it."""

    code: str
    network: str
    currency: str
    is_polled: bool = False
    purpose: str | None = None
    subject_id: uuid.UUID | None = None


# A wallet of the tenant's folder has a provider that tells of it.
_POLLED = (
    "is_polled OR EXISTS (SELECT 1 FROM service s WHERE s.tenant_id = text_device.tenant_id"
    f" AND s.channel = '{PAYMENTS}' AND s.code = text_device.wallet)"
)
_COLUMNS = (
    f"id, name, wallet, network, currency, {_POLLED}, purpose, subject_id, state, balance_minor,"
    " seen_at"
)
_SELECT = f"SELECT {_COLUMNS} FROM text_device WHERE tenant_id = current_tenant()"


def address_of(tenant_id: uuid.UUID, device_id: uuid.UUID) -> str:
    """How a device names itself in a request: its tenant's id and its own, in 43 characters."""
    return base64.urlsafe_b64encode(tenant_id.bytes + device_id.bytes).decode().rstrip("=")


def read_address(address: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The ids of tenant and device in an address; None where it is none."""
    try:
        raw = base64.b64decode(f"{address}=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 32:
        return None
    return uuid.UUID(bytes=raw[:16]), uuid.UUID(bytes=raw[16:])


def add(
    tx: Tx, keys: Keyring, tenant_id: uuid.UUID, name: str, wallet: Wallet, *, actor: str
) -> Added:
    """Add a device. Raises WrongDevice."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_CHARS_MAXIMUM:
        raise WrongDevice(f"A device's name has 1 to {NAME_CHARS_MAXIMUM} letters.")
    known = [network.name for network in catalogue().networks if not network.is_bank]
    if wallet.network not in known:
        raise WrongDevice(f"{wallet.network}: there are {', '.join(known)}.")
    id, secret = uuid7(), signatures.new_secret()
    row = tx.one(
        "INSERT INTO text_device (tenant_id, id, name, wallet, network, currency, is_polled,"
        " purpose, subject_id, secret_sealed, created_by) VALUES (current_tenant(), %s, %s, %s, %s,"
        " %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, name) DO NOTHING RETURNING id",
        (
            *(id, name, wallet.code, wallet.network, wallet.currency, wallet.is_polled),
            *(wallet.purpose, wallet.subject_id, keys.seal(secret, id.bytes), actor),
        ),
    )
    if row is None:
        raise WrongDevice(f"There is a device {name} already.")
    record(tx, actor, "add device", id, {"name": name, "wallet": wallet.code})
    return Added(id, address_of(tenant_id, id), secret)


def rotate(tx: Tx, keys: Keyring, name: str, *, actor: str) -> str:
    """Make another secret, shown only now; the one before signs too for a day. Raises
    NoSuchDevice."""
    device, secret = by_name(tx, name), signatures.new_secret()
    tx.execute(
        "UPDATE text_device SET old_secret_sealed = secret_sealed, old_secret_until ="
        " now() + make_interval(hours => %s), secret_sealed = %s"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (OLD_SECRET_HOURS, keys.seal(secret, device.id.bytes), device.id),
    )
    record(tx, actor, "rotate secret of device", device.id, {})
    return secret


def block(tx: Tx, name: str, *, actor: str, reason: str) -> None:
    """Refuse what it posts from now on. The same again is nothing. Raises NoSuchDevice."""
    device = by_name(tx, name)
    if tx.one(DEVICE.advance("block", where="id = %s", returning="id"), (device.id,)):
        record(tx, actor, "block device", device.id, {"reason": reason})


def go_on(tx: Tx, name: str, *, actor: str, reason: str) -> None:
    """Let a held device's texts be credited again: somebody has compared its balance. The next text
    begins a new chain. Raises NoSuchDevice."""
    device = by_name(tx, name)
    ended = DEVICE.advance("go_on", sets="balance_minor = NULL", where="id = %s", returning="id")
    if tx.one(ended, (device.id,)):
        record(tx, actor, "let device go on", device.id, {"reason": reason})


def hold(tx: Tx, device_id: uuid.UUID) -> bool:
    """Stop crediting by a device's texts. Whether this call did it."""
    return tx.one(DEVICE.advance("hold", where="id = %s", returning="id"), (device_id,)) is not None


def all_of_tenant(tx: Tx) -> list[Device]:
    """The tenant's devices by name, blocked ones too."""
    return [Device(*row) for row in tx.all(f"{_SELECT} ORDER BY name")]


def by_name(tx: Tx, name: str) -> Device:
    """Raises NoSuchDevice."""
    row = tx.one(f"{_SELECT} AND name = %s", (" ".join(name.split()),))
    if row is None:
        raise NoSuchDevice
    return Device(*row)


def lock(tx: Tx, device_id: uuid.UUID) -> Device:
    """The device, for as long as this transaction takes: its texts are worked one by one."""
    row = tx.one(f"{_SELECT} AND id = %s FOR UPDATE", (device_id,))
    assert row is not None, "a device is never deleted"
    return Device(*row)


def secrets_of(tx: Tx, keys: Keyring, device_id: uuid.UUID) -> tuple[str, ...]:
    """The secrets that may sign for a device; none where there is no such device, or it is
    blocked."""
    row: Row | None = tx.one(
        "SELECT secret_sealed, CASE WHEN old_secret_until > now() THEN old_secret_sealed END"
        " FROM text_device WHERE tenant_id = current_tenant() AND id = %s AND state <> 'blocked'",
        (device_id,),
    )
    sealed = [one for one in row or () if one is not None]
    return tuple(keys.open(one, device_id.bytes) for one in sealed)
