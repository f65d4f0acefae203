"""Who is told: a tenant's subscriptions, each with a place to post to and the kinds it wants.

    on ──► off      unsubscribed, or the receiver answered 410 Gone

The secret is shown once, when it is made. Another may be made beside it: for a while both sign.
"""

import ipaddress
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from core.audit.trail import record
from core.db.database import Tx
from core.events import signing
from core.events.errors import NoSuchSubscription, WrongSubscription
from core.events.kinds import KINDS
from core.lifecycle import Lifecycle
from core.security.keyring import Keyring
from values.ids import uuid7

SUBSCRIPTION: Final = Lifecycle(
    "event_subscription", initial="on", transitions=[["end", "on", "off"]]
)
URL_CHARS_MAXIMUM: Final = 2_048
SUBSCRIPTIONS_MAXIMUM: Final = 10
OLD_SECRET_HOURS: Final = 24
OLD_SECRET_HOURS_MAXIMUM: Final = 24 * 14


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription, as staff see it: no secret."""

    id: uuid.UUID
    url: str = field(repr=False)
    kinds: tuple[str, ...]
    with_numbers: bool
    state: str
    reason: str
    failures: int
    paused_until: datetime | None


def subscribe(
    tx: Tx,
    keys: Keyring,
    url: str,
    kinds: Sequence[str],
    *,
    actor: str,
    with_numbers: bool = False,
    is_demo: bool = False,
) -> tuple[uuid.UUID, str]:
    """Subscribe a place to kinds of event; answers the id and the secret, which is shown only now.
    `is_demo`: it may be on this machine, without TLS. Raises WrongSubscription."""
    check_url(url, is_demo=is_demo)
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds:
        said = unknown[0] if unknown else "no kind"
        raise WrongSubscription(f"{said}: there are {', '.join(KINDS)}.")
    row = tx.one(
        "SELECT count(*) FROM event_subscription WHERE tenant_id = current_tenant()"
        " AND state = 'on'"
    )
    if row is not None and row[0] >= SUBSCRIPTIONS_MAXIMUM:
        raise WrongSubscription(f"A tenant has at most {SUBSCRIPTIONS_MAXIMUM} subscriptions.")
    id, secret = uuid7(), signing.new_secret()
    tx.execute(
        "INSERT INTO event_subscription (tenant_id, id, url_sealed, secret_sealed, kinds,"
        " with_numbers, created_by) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s)",
        (
            *(id, keys.seal(url, id.bytes), keys.seal(secret, id.bytes)),
            *(list(dict.fromkeys(kinds)), with_numbers, actor),
        ),
    )
    detail = {"kinds": list(kinds), "with_numbers": with_numbers}
    record(tx, actor, "subscribe to events", id, detail)
    return id, secret


def unsubscribe(
    tx: Tx, subscription_id: uuid.UUID, *, actor: str, reason: str = "unsubscribed"
) -> int:
    """End a subscription; what waits for it is dropped. Answers how many events. Raises
    NoSuchSubscription."""
    ended = tx.one(
        SUBSCRIPTION.advance(
            "end", sets="ended_at = now(), reason = %s", where="id = %s", returning="id"
        ),
        (reason, subscription_id),
    )
    if ended is None:
        raise NoSuchSubscription
    dropped = tx.execute(
        "UPDATE event SET state = 'dropped', reason = %s, ended_at = now()"
        " WHERE tenant_id = current_tenant() AND subscription_id = %s AND state = 'waiting'",
        (reason, subscription_id),
    ).rowcount
    record(tx, actor, "end subscription", subscription_id, {"reason": reason, "dropped": dropped})
    return dropped


def rotate(
    tx: Tx, keys: Keyring, subscription_id: uuid.UUID, *, actor: str, hours: int = OLD_SECRET_HOURS
) -> str:
    """Make another secret, which is shown only now; the one before signs too for so many hours.
    Raises NoSuchSubscription, WrongSubscription."""
    if not 0 <= hours <= OLD_SECRET_HOURS_MAXIMUM:
        raise WrongSubscription(f"The old secret is valid for 0 to {OLD_SECRET_HOURS_MAXIMUM} h.")
    secret = signing.new_secret()
    row = tx.one(
        "UPDATE event_subscription SET old_secret_sealed = secret_sealed,"
        " old_secret_until = now() + make_interval(hours => %s), secret_sealed = %s"
        " WHERE tenant_id = current_tenant() AND id = %s AND state = 'on' RETURNING id",
        (hours, keys.seal(secret, subscription_id.bytes), subscription_id),
    )
    if row is None:
        raise NoSuchSubscription
    record(tx, actor, "rotate secret of events", subscription_id, {"hours": hours})
    return secret


def all_of_tenant(tx: Tx, keys: Keyring) -> list[Subscription]:
    """The tenant's subscriptions, those that have ended too, the newest first."""
    rows = tx.all(
        "SELECT id, url_sealed, kinds, with_numbers, state, coalesce(reason, ''), failures,"
        " paused_until FROM event_subscription WHERE tenant_id = current_tenant()"
        " ORDER BY created_at DESC, id DESC"
    )
    return [
        Subscription(id, keys.open(sealed, id.bytes), tuple(kinds), *rest)
        for id, sealed, kinds, *rest in rows
    ]


def check_url(url: str, *, is_demo: bool) -> None:
    """Refuse what cannot be posted to. Whether its name leads into a private network is looked at
    each time, as it connects. Raises WrongSubscription."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise WrongSubscription("That is no URL.") from None
    if len(url) > URL_CHARS_MAXIMUM or not url.isascii() or not url.isprintable() or " " in url:
        raise WrongSubscription(f"A URL has at most {URL_CHARS_MAXIMUM} letters, in ASCII.")
    if parts.scheme != "https" and not (is_demo and parts.scheme == "http"):
        raise WrongSubscription("A URL begins with https://.")
    if not host or parts.username is not None or parts.fragment:
        raise WrongSubscription("A URL has a host, and no user name and no fragment.")
    if not is_demo and not _may_be_public(host):
        raise WrongSubscription(f"{host} is not on the public internet.")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet: no loopback, no private or link-local
    network, none of the cloud's own, and none of those behind another notation."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None and not is_public(str(inner)):
            return False
    return ip.is_global and not ip.is_multicast


_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def _may_be_public(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return False
    try:
        return is_public(host)
    except ValueError:  # a name
        return True
