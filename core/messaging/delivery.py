"""What became of a text: its state has a rank and never goes back, in whatever order reports come.

    queued < sending < unknown < accepted < failed < delivered

A report names the provider's id of a text. It may come before our own request was answered, or that
answer may have been lost: then it is kept, and taken for a text whose outcome is unknown only when
it can belong to no other.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.outbox import outbox
from core.people.people import USSD
from values import clock
from values.ids import floor_of, uuid7

SEND_TEXT = "send_text"
# Among a text's values: the service that it goes out of where it reaches nobody by its own.
INSTEAD = "$instead"
STATES = ("queued", "sending", "unknown", "accepted", "failed", "delivered")
# Up to a state from any below it.
_RISES: list[list[str | list[str]]] = [
    [state, [*STATES[:rank]], state] for rank, state in enumerate(STATES) if rank >= 2
]
MESSAGE = Lifecycle(
    "message",
    initial="queued",
    transitions=[
        ["send", "queued", "sending"],
        ["give_back", "sending", "queued"],  # provably nothing has left
        *_RISES,
    ],
)
REPORTED = ("accepted", "failed", "delivered")

# A network tries for days to reach a phone that is off; after that a report fits nothing any more.
REPORT_WINDOW_DAYS = 3
# A text may wait this long before it is sent; with the window it bounds how far back we look.
SEND_WINDOW_DAYS = 2
REASON_CHARS_MAXIMUM = 120
PROVIDER_ID_CHARS_MAXIMUM = 128


def rank(state: str) -> str:
    """The rank of a state, in SQL: `state` is an expression."""
    return f"array_position('{{{','.join(STATES)}}}'::text[], {state})"


_RAISE_STATUS = {
    state: MESSAGE.advance(
        state,
        sets="reason = %(reason)s,"
        " accepted_at = coalesce(accepted_at, CASE WHEN %(taken)s THEN now() END),"
        f" ended_at = {'now()' if state in ('failed', 'delivered') else 'NULL'}",
        where="id = %(id)s",
        returning="id",
    )
    for state in STATES[2:]
}
# The same text once more, by the other service, unless it is too late.
_GO_INSTEAD = (
    "WITH was AS (SELECT subscriber_id, template, params FROM message"
    "  WHERE tenant_id = current_tenant() AND id = %(id)s AND params ? %(instead)s FOR UPDATE),"
    " once AS (UPDATE message SET params = params - %(instead)s"
    "  WHERE tenant_id = current_tenant() AND id = %(id)s AND EXISTS (SELECT FROM was)),"
    " m AS (INSERT INTO message (tenant_id, id, subscriber_id, service_id, template, params)"
    "  SELECT current_tenant(), %(new_id)s, subscriber_id, (params->>%(instead)s)::uuid, template,"
    "  params - %(instead)s FROM was"
    "  WHERE coalesce((params->>'$until')::timestamptz > now(), true) RETURNING id)"
    " INSERT INTO outbox (tenant_id, id, kind, priority, subject_id)"
    f" SELECT current_tenant(), m.id, '{SEND_TEXT}', o.priority, m.id FROM m JOIN outbox o"
    "  ON o.tenant_id = current_tenant() AND o.id = %(id)s"
)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(current_tenant()::text || %s, 0))"


def raise_status(
    tx: Tx, message_id: uuid.UUID, state: str, *, reason: str | None = None, taken: bool
) -> bool:
    """Move a text up to `state`; False where it is there already, or further.

    `taken` says that the provider has taken it. A text that has another way to go then goes it.
    """
    params = {"id": message_id, "reason": reason, "taken": taken}
    is_news = tx.one(_RAISE_STATUS[state], params) is not None
    if is_news and state in ("unknown", "failed"):
        tx.execute(_GO_INSTEAD, {"id": message_id, "instead": INSTEAD, "new_id": uuid7()})
    return is_news


_RECORD_ID = (
    "INSERT INTO message_receipt (tenant_id, provider, provider_message_id, message_id, created_at)"
    " VALUES (current_tenant(), %(provider)s, %(name)s, %(id)s, clock_timestamp())"
    " ON CONFLICT DO NOTHING"
)
_TAKE_EARLY = (
    "DELETE FROM early_report WHERE tenant_id = current_tenant() AND provider = %(provider)s"
    " AND provider_message_id = %(name)s RETURNING state, reason"
)
_RAISE_TAKEN = MESSAGE.advance(
    "accepted",
    sets="reason = %(reason)s, accepted_at = coalesce(accepted_at, now()), ended_at = NULL",
    # The row of the outbox first, as everybody takes the two.
    where="id = %(id)s AND (SELECT count(*) FROM ended) >= 0",
    returning="id",
)
_LOCK_BOTH = (
    "SELECT pg_advisory_xact_lock(hashtextextended(current_tenant()::text || k, 0))"
    " FROM unnest(%s::text[]) k"
)
# One statement for what a reply's end needs: of most messages it is the end.
_TAKEN = (
    f"WITH ended AS ({outbox.DONE.replace('%s', '%(outbox_id)s')} RETURNING id),"
    f" raised AS ({_RAISE_TAKEN}), named AS ({_RECORD_ID}), early AS ({_TAKE_EARLY})"
    " SELECT EXISTS (SELECT FROM raised), early.state, early.reason, EXISTS (SELECT"
    " FROM early_report e WHERE e.tenant_id = current_tenant() AND e.address_lookup = %(lookup)s"
    " AND (e.provider, e.provider_message_id) <> (%(provider)s, %(name)s))"
    " FROM (SELECT) one LEFT JOIN early ON true"
)


def record_taken(
    tx: Tx,
    message_id: uuid.UUID,
    *,
    outbox_id: uuid.UUID,
    provider: str,
    provider_message_id: str,
    address_lookup: bytes | None,
    reason: str | None = None,
) -> bool:
    """The provider took a text under its id, and the text's row is done: one round trip. False
    where that is no news.

    Applies the report that came before the id was known; and that which is left over, where now
    only one text to that number can be meant by it.
    """
    keys = [f"id:{provider}:{provider_message_id}"]
    if address_lookup is not None:
        keys.insert(0, _number_key(address_lookup))
    named = {"provider": provider, "name": provider_message_id, "id": message_id}
    more = {"outbox_id": outbox_id, "lookup": address_lookup, "reason": reason}
    _, taken = tx.pipeline((_LOCK_BOTH, (keys,)), (_TAKEN, named | more))
    found = taken.fetchone()
    assert found is not None, "it has one row, whatever there is"
    is_news, early_state, early_reason, is_left_over = found
    if early_state is not None:
        _apply(tx, message_id, True, early_state, early_reason)
    if is_left_over and address_lookup is not None:
        match_report(tx, address_lookup)
    return bool(is_news)


def lock_number(tx: Tx, address_lookup: bytes) -> None:
    """One at a time decides which text to a number a report belongs to. Before `lock_id`."""
    tx.execute(_LOCK, (_number_key(address_lookup),))


def _number_key(address_lookup: bytes) -> str:
    return f"number:{address_lookup.hex()}"


def lock_id(tx: Tx, provider: str, provider_message_id: str) -> None:
    """A report and the answer that names its id may come at the same time: one after the other."""
    tx.execute(_LOCK, (f"id:{provider}:{provider_message_id}",))


def apply_report(
    tx: Tx,
    *,
    provider: str,
    provider_message_id: str,
    state: str | None,
    reason: str | None = None,
    address_lookup: bytes | None = None,
    is_shared: bool = False,
    message_id: uuid.UUID | None = None,
) -> str:
    """Take a delivery report of a text of the transaction's tenant; the same again, or an older
    one, changes nothing.

    `state` is accepted, failed or delivered, or None for a word nobody knows; `address_lookup` is
    the keyed hash of the number where the report names it. `is_shared`: it may belong to a text of
    another tenant as well, so that it is kept by its id alone and no number resolves it.
    `message_id` is our own id of the text, where the report brings it back: then it may come before
    the answer to the request, or in place of one that was lost.

    Answers what came of it: `advanced`, `old` (nothing new in it), `kept` (until we know its id),
    `foreign` (no text of ours can be meant) or `unreadable`.
    """
    if state is None or not 0 < len(provider_message_id) <= PROVIDER_ID_CHARS_MAXIMUM:
        return "unreadable"
    if state not in REPORTED:
        raise ValueError(f"not a state that is reported: {state}")
    if address_lookup is not None:
        lock_number(tx, address_lookup)
    lock_id(tx, provider, provider_message_id)
    reason = reason[:REASON_CHARS_MAXIMUM] if reason else None
    known = tx.one(
        "SELECT r.message_id, NOT EXISTS (SELECT 1 FROM message_receipt n"
        " WHERE n.tenant_id = r.tenant_id AND n.message_id = r.message_id"
        " AND n.created_at > r.created_at)"
        " FROM message_receipt r WHERE r.tenant_id = current_tenant() AND r.provider = %s"
        " AND r.provider_message_id = %s",
        (provider, provider_message_id),
    )
    if known is not None:
        return "advanced" if _apply(tx, known[0], known[1], state, reason) else "old"
    if message_id is not None and _may_be(tx, message_id):
        record_provider_id(
            tx, message_id, provider=provider, provider_message_id=provider_message_id
        )
        return "advanced" if _apply(tx, message_id, True, state, reason) else "old"
    if not is_awaited(tx, address_lookup):
        return "foreign"
    higher = f"{rank('excluded.state')} > {rank('e.state')}"
    tx.execute(
        "INSERT INTO early_report AS e (tenant_id, provider, provider_message_id, state, reason,"
        " address_lookup) VALUES (current_tenant(), %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, provider, provider_message_id) DO UPDATE"
        f" SET state = CASE WHEN {higher} THEN excluded.state ELSE e.state END,"
        f" reason = CASE WHEN {higher} THEN excluded.reason ELSE e.reason END,"
        " address_lookup = coalesce(excluded.address_lookup, e.address_lookup)",
        (provider, provider_message_id, state, reason, None if is_shared else address_lookup),
    )
    if address_lookup is not None and not is_shared and match_report(tx, address_lookup):
        return "advanced"
    return "kept"


def _may_be(tx: Tx, message_id: uuid.UUID) -> bool:
    """Whether a text has left and the provider's id of it is not known yet."""
    row = tx.one(
        "SELECT 1 FROM message m WHERE m.tenant_id = current_tenant() AND m.id = %s"
        " AND m.state IN ('sending', 'unknown') AND NOT EXISTS (SELECT 1 FROM message_receipt r"
        " WHERE r.tenant_id = m.tenant_id AND r.message_id = m.id)",
        (message_id,),
    )
    return row is not None


def record_provider_id(
    tx: Tx, message_id: uuid.UUID, *, provider: str, provider_message_id: str
) -> None:
    """Record the provider's id of a text, and apply the report that came before we knew it."""
    lock_id(tx, provider, provider_message_id)
    named = {"provider": provider, "name": provider_message_id, "id": message_id}
    _, early = tx.pipeline((_RECORD_ID, named), (_TAKE_EARLY, named))
    report = early.fetchone()
    if report is not None:
        _apply(tx, message_id, True, *report)


def match_report(tx: Tx, address_lookup: bytes) -> bool:
    """Resolve the one text to a number whose outcome is unknown by the one report that is left
    over for it. With two of either, or one still being sent, nothing is guessed.

    The caller holds `lock_number`.
    """
    waiting = _unidentified(tx, address_lookup)
    if len(waiting) != 1 or waiting[0].state == "sending":
        return False
    text = waiting[0]
    reports = tx.all(
        "SELECT provider, provider_message_id FROM early_report"
        " WHERE tenant_id = current_tenant() AND address_lookup = %s AND created_at >= %s",
        (address_lookup, text.sending_at),
    )
    if len(reports) != 1:
        return False
    record_provider_id(tx, text.id, provider=reports[0][0], provider_message_id=reports[0][1])
    return True


@dataclass(frozen=True, slots=True)
class _Unidentified:
    id: uuid.UUID
    state: str
    sending_at: datetime


# Texts to people with a number, and replies to a person who wrote from it, known or not.
_TO_NUMBER = (
    "address o JOIN message m ON m.tenant_id = o.tenant_id AND m.subscriber_id = o.subscriber_id"
    f" WHERE o.tenant_id = current_tenant() AND o.channel = '{USSD}' AND o.lookup = %(lookup)s",
    "conversation o JOIN message m ON m.tenant_id = o.tenant_id AND m.conversation_id = o.id"
    f" WHERE o.tenant_id = current_tenant() AND o.address_channel = '{USSD}'"
    " AND o.address_lookup = %(lookup)s",
)
_UNIDENTIFIED = " UNION ALL ".join(
    f"SELECT m.id, m.state, m.sending_at FROM {to_number} AND m.sent_to = %(lookup)s"
    " AND m.id >= %(earliest)s AND m.sending_at > now() - make_interval(days => %(days)s)"
    " AND m.state IN ('sending', 'unknown', 'accepted') AND NOT EXISTS"
    " (SELECT 1 FROM message_receipt r WHERE r.tenant_id = m.tenant_id"
    " AND r.message_id = m.id AND r.created_at >= m.sending_at)"
    for to_number in _TO_NUMBER
)


def _unidentified(tx: Tx, address_lookup: bytes) -> list[_Unidentified]:
    """The texts to a number that a report with an id new to us can be about."""
    rows = tx.all(
        _UNIDENTIFIED,
        {"lookup": address_lookup, "earliest": _earliest(), "days": REPORT_WINDOW_DAYS},
    )
    return [_Unidentified(*row) for row in rows]


def is_awaited(tx: Tx, address_lookup: bytes | None) -> bool:
    """Whether a report with an id new to us can be ours at all: then it is worth keeping. The
    account may be used by other systems too, and a path that leaked by anybody."""
    if address_lookup is not None:
        return bool(_unidentified(tx, address_lookup))
    # Only the answer to a request under way can still name the id.
    row = tx.one(
        "SELECT 1 FROM message WHERE tenant_id = current_tenant() AND state = 'sending'"
        " AND id >= %s LIMIT 1",
        (_earliest(),),
    )
    return row is not None


def _earliest() -> uuid.UUID:
    days = REPORT_WINDOW_DAYS + SEND_WINDOW_DAYS
    return floor_of(int((clock.epoch_s() - days * 86_400) * 1000))


def _apply(tx: Tx, message_id: uuid.UUID, newest: bool, state: str, reason: str | None) -> bool:
    if state == "failed":
        # What failed may have been sent again since, under another id: then it says nothing.
        sent_again = not newest or tx.one(
            "SELECT 1 FROM message WHERE tenant_id = current_tenant() AND id = %s"
            " AND state IN ('queued', 'sending')",
            (message_id,),
        )
        if sent_again:
            return False
    return raise_status(tx, message_id, state, reason=reason, taken=True)
