"""Many texts of a tenant in one step each: marked as being sent, and taken by the provider.

What `messages.sending` and `messages.accepted` do for one, in as many statements for a hundred.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from core.analytics import costs
from core.analytics.costs import TextCost
from core.db.database import Tx
from core.messaging.delivery import MESSAGE, match_report, record_provider_id
from core.messaging.messages import Outgoing
from core.outbox import outbox

_SEND = MESSAGE.advance(
    "send",
    sets="sending_at = now(), reason = NULL,"
    " sent_to = (SELECT o.lookup FROM o WHERE o.subject_id = message.id),"
    " segments = (SELECT o.segments FROM o WHERE o.subject_id = message.id)",
    where="id = ANY (%(messages)s::uuid[]) AND id IN (SELECT subject_id FROM o)",
    returning="id",
)
_HELD = (
    "WITH o AS (SELECT h.subject_id, x.lookup, x.segments FROM outbox h"
    " JOIN unnest(%(ids)s::uuid[], %(leases)s::timestamptz[], %(lookups)s::bytea[],"
    "  %(segments)s::smallint[]) x (id, lease, lookup, segments) ON h.id = x.id"
    " WHERE h.tenant_id = current_tenant() AND h.id = ANY (%(ids)s::uuid[])"
    f" AND h.{outbox.IS_WORKING} AND h.lease_until = x.lease FOR UPDATE OF h)"
)
_ACCEPT = MESSAGE.advance(
    "accepted",
    sets="reason = NULL, accepted_at = coalesce(accepted_at, now()), ended_at = NULL",
    where="id = ANY (%s::uuid[])",
)
# As `delivery.lock_number` and `lock_id`: first the numbers, then the ids, each in one order.
_LOCK_ALL = (
    "SELECT pg_advisory_xact_lock(hashtextextended(current_tenant()::text || k, 0))"
    " FROM unnest(%s::text[]) k"
)


def sending_all(tx: Tx, texts: Sequence[Outgoing], *, segments: int) -> set[uuid.UUID]:
    """Mark texts as being sent, in so many segments each: commit, then send at once. Answers the
    ids of those that may be sent; another worker holds the others by now."""
    params = {
        "ids": [text.claim.outbox_id for text in texts],
        "messages": [text.id for text in texts],
        "leases": [text.claim.lease_until for text in texts],
        "lookups": [text.address_lookup for text in texts],
        "segments": [segments] * len(texts),
    }
    return {id for (id,) in tx.all(f"{_HELD} {_SEND}", params)}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A text that the provider took: with its id there, and what it cost, where it said so."""

    text: Outgoing
    provider_message_id: str | None
    cost: TextCost | None


def accepted_all(tx: Tx, found: Sequence[Accepted], *, provider: str, zone: str) -> None:
    """The provider took these. Said again, it changes nothing."""
    lookups = sorted({one.text.address_lookup for one in found if one.text.address_lookup})
    named = [(one.provider_message_id, one.text.id) for one in found if one.provider_message_id]
    tx.execute(_LOCK_ALL, ([f"number:{lookup.hex()}" for lookup in lookups],))
    tx.execute(_LOCK_ALL, (sorted(f"id:{provider}:{id}" for id, _ in named),))
    tx.execute(
        "UPDATE outbox SET state = 'done', done_at = now(), lease_until = NULL"
        " WHERE tenant_id = current_tenant() AND id = ANY (%s::uuid[]) AND state <> 'done'",
        ([one.text.claim.outbox_id for one in found],),
    )
    tx.execute(_ACCEPT, ([one.text.id for one in found],))
    tx.execute(
        "INSERT INTO message_receipt (tenant_id, provider, provider_message_id, message_id,"
        " created_at) SELECT current_tenant(), %s, p, m, clock_timestamp()"
        " FROM unnest(%s::text[], %s::uuid[]) x (p, m) ON CONFLICT DO NOTHING",
        (provider, [id for id, _ in named], [message_id for _, message_id in named]),
    )
    costs.record_texts(tx, [one.cost for one in found if one.cost is not None], zone=zone)
    _apply_early_ones(tx, provider, dict(named), lookups)


def _apply_early_ones(
    tx: Tx, provider: str, named: dict[str, uuid.UUID], lookups: Sequence[bytes]
) -> None:
    """Reports that came before the answer: seldom any."""
    early = tx.all(
        "SELECT provider_message_id, address_lookup FROM early_report"
        " WHERE tenant_id = current_tenant()"
        " AND (provider = %s AND provider_message_id = ANY (%s) OR address_lookup = ANY (%s))",
        (provider, list(named), list(lookups)),
    )
    for provider_message_id, _ in early:
        if provider_message_id in named:
            record_provider_id(
                tx,
                named[provider_message_id],
                provider=provider,
                provider_message_id=provider_message_id,
            )
    for lookup in sorted({lookup for _, lookup in early if lookup is not None}):
        match_report(tx, lookup)
