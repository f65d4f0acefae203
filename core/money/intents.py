"""What a Confirm showed, written down before it is answered, and claimed once.

The intent's id is the idempotency key of everything that follows; a gateway's session id never is.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.money import spending
from core.money.errors import IntentExpired, IntentVoid, LimitReached, SessionSpent
from values.money import Money

INTENT = Lifecycle(
    "intent",
    initial="open",
    transitions=[
        ["claim", "open", "done"],
        ["hold", "open", "pending"],
        ["cancel", "open", "void"],
        ["approve", "pending", "done"],
        ["refuse", "pending", "void"],
    ],
)

INTENT_LIFE_S = 10 * 60
SAME_AGAIN_S = 10 * 60
HOLD_S = 10 * 60  # how long what is pending may wait
# What was asked for earlier did not end within SAME_AGAIN_S: it was open, and then perhaps held.
SAME_AGAIN_ASKED_S = INTENT_LIFE_S + HOLD_S + SAME_AGAIN_S
SESSION_S = 30 * 60  # longer than any session
# A session ends with its payment, and lasts three minutes: a confirmation that it showed so long
# ago was another run of it.
SESSION_OLD_S = 10 * 60


@dataclass(frozen=True, slots=True)
class Opened:
    """A new intent; `duplicate_age_s` says how long ago the same payee got the same amount, or was
    to get what still waits (`duplicate_waits`)."""

    id: uuid.UUID
    duplicate_age_s: int | None
    duplicate_waits: bool = False


# Each is a statement of its own, and so sees what was committed while the one before waited: for
# another session of the same person that opens one, and for a turn that is claiming an open one.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(%(lock)s)"
_LATELY_OF_PERSON = "subscriber_id = %(who)s AND created_at > now() - interval '1 day'"
_OPEN = (
    f"WITH old AS ({INTENT.advance('cancel', sets='ended_at = now()', where=_LATELY_OF_PERSON)})"
    " INSERT INTO intent (tenant_id, id, subscriber_id, session, operation, payee_id,"
    "  amount_minor, fee_minor, currency, quote, expires_at) VALUES (current_tenant(), %(id)s,"
    "  %(who)s, %(session)s, %(operation)s, %(payee)s, %(amount)s, %(fee)s, %(currency)s,"
    "  %(quote)s, now() + make_interval(secs => %(life_s)s))"
)
_SAME = (
    # What was waited for may have begun after this transaction.
    "SELECT greatest(0, extract(epoch FROM now() - coalesce(ended_at, created_at)))::integer"
    "  AS age_s, state = 'pending' AS waits"
    " FROM intent WHERE tenant_id = current_tenant() AND subscriber_id = %(who)s"
    "  AND operation = %(operation)s AND payee_id = %(payee)s AND amount_minor = %(amount)s"
    "  AND created_at > now() - make_interval(secs => %(asked_s)s)"
    "  AND (state = 'pending' OR (state = 'done'"
    "   AND coalesce(ended_at, created_at) > now() - make_interval(secs => %(same_s)s)))"
    " ORDER BY coalesce(ended_at, created_at) DESC LIMIT 1"
)


def _spent(but: str) -> str:
    """Whether a session has paid anything but one intent, as far as the books know: for as long as
    they are kept. One that showed a confirmation long ago is known for a week."""
    return (
        "SELECT EXISTS (SELECT 1 FROM intent WHERE tenant_id = current_tenant()"
        f"  AND session = %(session)s AND session <> '' AND id <> {but}"
        "  AND (state IN ('done', 'pending')"
        f"   OR created_at < now() - interval '{SESSION_OLD_S} seconds'))"
        " OR EXISTS (SELECT 1 FROM approval WHERE tenant_id = current_tenant()"
        "  AND ended_session = %(session)s AND ended_session <> ''"
        f"  AND state = 'approved' AND intent_id <> {but})"
    )


_SPENT_AND_SAME = (
    f"SELECT ({_spent('%(id)s')}), same.age_s, same.waits"
    f" FROM (VALUES (1)) AS one LEFT JOIN ({_SAME}) AS same ON true"
)
_SPENT_BUT_ON_SALE = _spent(
    "(SELECT intent_id FROM approval WHERE tenant_id = current_tenant() AND id = %(approval)s)"
)


def spent_but_on_sale(session: str, approval_id: uuid.UUID) -> tuple[str, dict[str, Any]]:
    """The statement that reads whether a session has paid anything but that held sale."""
    return _SPENT_BUT_ON_SALE, {"session": session, "approval": approval_id}


def open_intent(
    tx: Tx,
    *,
    id: uuid.UUID,
    subscriber_id: uuid.UUID,
    session: str,
    operation: str,
    payee_id: uuid.UUID,
    amount_minor: int,
    fee_minor: int,
    currency: str,
    quote: dict[str, Any],
) -> Opened:
    """Write an intent, void the person's earlier open ones, and look for the same that waits, or
    was done within ten minutes. One round trip.

    Raises SessionSpent where that very `session` has paid before: a recorded one, posted again.
    """
    params = {
        "id": id,
        "who": subscriber_id,
        "session": session,
        "operation": operation,
        "payee": payee_id,
        "amount": amount_minor,
        "fee": fee_minor,
        "currency": currency,
        "quote": orjson.dumps(quote).decode(),
        "life_s": INTENT_LIFE_S,
        "same_s": SAME_AGAIN_S,
        "asked_s": SAME_AGAIN_ASKED_S,
        "lock": int.from_bytes(subscriber_id.bytes[8:], signed=True),
    }
    *_, found = tx.pipeline((_ONE_AT_A_TIME, params), (_OPEN, params), (_SPENT_AND_SAME, params))
    row = found.fetchone()
    assert row is not None
    is_spent, age_s, waits = row
    if is_spent:
        raise SessionSpent
    return Opened(id, age_s, waits) if age_s is not None else Opened(id, None)


@dataclass(frozen=True, slots=True)
class Intent:
    """An intent as written; `entry_id` once it is done; `session` is a keyed hash, of the session
    that showed it."""

    id: uuid.UUID
    subscriber_id: uuid.UUID
    operation: str
    payee_id: uuid.UUID
    amount_minor: int
    fee_minor: int
    currency: str
    quote: dict[str, Any]
    state: str
    entry_id: uuid.UUID | None
    session: str


COLUMNS = (
    "id, subscriber_id, operation, payee_id, amount_minor, fee_minor, currency, quote, state,"
    " entry_id, session"
)


def get(tx: Tx, intent_id: uuid.UUID, subscriber_id: uuid.UUID) -> Intent | None:
    row = tx.one(_GET, (intent_id, subscriber_id))
    return Intent(*row) if row else None


_GET = (
    f"SELECT {COLUMNS} FROM intent"
    " WHERE tenant_id = current_tenant() AND id = %s AND subscriber_id = %s"
)
_ENDS = "entry_id = %s, ended_at = now()"
_MINE = "id = %s AND subscriber_id = %s"
_IN_TIME = f"{_MINE} AND expires_at > now()"
# With it, whether the payer is limited beside: looked at in the same round trip.
_CLAIMED = f"{COLUMNS}, {spending.IS_LIMITED.format(who='intent.subscriber_id')}"
_CLAIM = INTENT.advance("claim", sets=_ENDS, where=_IN_TIME, returning=_CLAIMED)
_HOLD = INTENT.advance("hold", sets=_ENDS, where=_IN_TIME, returning=_CLAIMED)
_APPROVE = INTENT.advance("approve", sets=_ENDS, where="id = %s")
_REFUSE = INTENT.advance("refuse", sets=_ENDS, where="id = %s")
_VOID = INTENT.advance("cancel", sets="ended_at = now()", where=_MINE)


def of_payment(tx: Tx, intent_id: uuid.UUID) -> Intent | None:
    """The intent that waits for a payment by mobile money; None where it came to nothing before:
    then it is void, and is forgotten in time."""
    row = tx.one(
        f"SELECT {COLUMNS} FROM intent WHERE tenant_id = current_tenant() AND id = %s"
        " AND state = 'pending'",
        (intent_id,),
    )
    return Intent(*row) if row else None


def service_of(tx: Tx, intent_id: uuid.UUID) -> uuid.UUID | None:
    """The service in which an intent was opened; None once one that came to nothing is forgotten:
    its payment may still be told of, late."""
    row = tx.one(
        "SELECT quote ->> 'service' FROM intent WHERE tenant_id = current_tenant() AND id = %s",
        (intent_id,),
    )
    return uuid.UUID(row[0]) if row and row[0] else None


def claim(
    tx: Tx,
    intent_id: uuid.UUID,
    subscriber_id: uuid.UUID,
    *,
    entry_id: uuid.UUID | None,
) -> tuple[Intent, bool]:
    """Take an open intent, once: done with `entry_id`, or pending without.

    Answers the intent and whether this call took it; one found done or pending is answered as it
    is, so that its receipt can be shown again. Raises IntentExpired, IntentVoid, and
    SpendingLimited where the payer may pay less for some time.
    """
    step = _HOLD if entry_id is None else _CLAIM
    row = tx.one(step, (entry_id, intent_id, subscriber_id))
    if row is not None:
        *columns, is_limited = row
        intent = Intent(*columns)
        if is_limited:
            spending.count(tx, subscriber_id, Money(intent.amount_minor, intent.currency))
        return intent, True
    found = get(tx, intent_id, subscriber_id)
    if found is None or found.state == "void":
        raise IntentVoid
    if found.state == "open":
        raise IntentExpired
    return found, False


def finish(tx: Tx, intent_id: uuid.UUID, entry_id: uuid.UUID | None) -> None:
    """End a pending intent: done with its entry, or void without. With the COMMIT."""
    tx.defer(_REFUSE if entry_id is None else _APPROVE, (entry_id, intent_id))


def void(tx: Tx, intent_id: uuid.UUID, subscriber_id: uuid.UUID) -> None:
    """The person said No. With the COMMIT."""
    tx.defer(_VOID, (intent_id, subscriber_id))


def end(tx: Tx, intent_id: uuid.UUID, subscriber_id: uuid.UUID) -> Intent | None:
    """Void an open intent, and answer what has become of it: one that is claiming it is waited for,
    and may have been first. One round trip. Raises Unavailable."""
    params = (intent_id, subscriber_id)
    # Two statements: the second sees what the first has waited for.
    _, found = tx.pipeline((_VOID, params), (_GET, params))
    row = found.fetchone()
    return Intent(*row) if row else None


def of_sale(tx: Tx, approval_id: uuid.UUID, subscriber_id: uuid.UUID) -> Intent | None:
    """The intent of a sale that is, or was, held; for its customer and its agent alone."""
    row = tx.one(_OF_HELD_SALE, (approval_id, subscriber_id))
    return Intent(*row) if row else None


_OF_HELD_SALE = (
    f"SELECT {COLUMNS} FROM intent WHERE tenant_id = current_tenant() AND id ="
    " (SELECT intent_id FROM approval WHERE tenant_id = current_tenant() AND id = %s"
    "  AND %s IN (approver_id, requester_id))"
)


def of_approval(approval_id: uuid.UUID) -> tuple[str, tuple[uuid.UUID]]:
    """The statement that reads the intent that an approval is about."""
    return (
        f"SELECT {COLUMNS} FROM intent WHERE tenant_id = current_tenant() AND id ="
        " (SELECT intent_id FROM approval WHERE tenant_id = current_tenant() AND id = %s)",
        (approval_id,),
    )


@dataclass(frozen=True, slots=True)
class Usage:
    """An amount to be counted towards a day's limit of a person and an operation."""

    subscriber_id: uuid.UUID
    operation: str
    day: date
    amount_minor: int
    limit_minor: int


_COUNT = (
    "INSERT INTO usage_day AS u (tenant_id, subscriber_id, operation, day, count, amount_minor)"
    " SELECT current_tenant(), %(who)s, %(operation)s, %(day)s, 1, %(amount)s"
    " WHERE %(amount)s::bigint <= %(limit)s::bigint"
    " ON CONFLICT (tenant_id, subscriber_id, operation, day) DO UPDATE"
    " SET count = u.count + 1, amount_minor = u.amount_minor + %(amount)s"
    " WHERE u.amount_minor + %(amount)s <= %(limit)s RETURNING 1"
)


def count_usage(tx: Tx, *usages: Usage, currency: str) -> None:
    """Count amounts towards their limits, all in one round trip.

    Raises LimitReached (params: limit_minor); the transaction is then to be rolled back.
    """
    if not usages:
        return
    cursors = tx.pipeline(
        *(
            (
                _COUNT,
                {
                    "who": usage.subscriber_id,
                    "operation": usage.operation,
                    "day": usage.day,
                    "amount": usage.amount_minor,
                    "limit": usage.limit_minor,
                },
            )
            for usage in usages
        )
    )
    for usage, cursor in zip(usages, cursors, strict=True):
        if cursor.fetchone() is None:
            raise LimitReached(limit_minor=usage.limit_minor, currency=currency)


_OF_SESSION = (
    "subscriber_id = ANY (%s) AND session = %s"
    f" AND created_at > now() - interval '{SESSION_S} seconds'"
)
_TOLD_OF_SESSION = (
    f"SELECT {COLUMNS} FROM intent WHERE tenant_id = current_tenant() AND {_OF_SESSION}"
    " AND state IN ('done', 'pending')"
    " ORDER BY created_at DESC LIMIT 1"
)
_VOID_OF_SESSION = INTENT.advance("cancel", sets="ended_at = now()", where=_OF_SESSION)


def of_session(tx: Tx, subscriber_ids: list[uuid.UUID], session: str) -> Intent | None:
    """What a session of one of these people has done last, or what of it waits; if anything."""
    row = tx.one(_TOLD_OF_SESSION, (subscriber_ids, session))
    return Intent(*row) if row else None


def of_sale_ended_by(tx: Tx, people_ids: list[uuid.UUID], session: str) -> Intent | None:
    """A held sale that a session of one of these people had posted, as its customer or agent."""
    row = tx.one(_OF_SALE, {"who": people_ids, "session": session})
    return Intent(*row) if row else None


_OF_SALE = (
    f"SELECT {COLUMNS} FROM intent WHERE tenant_id = current_tenant() AND state <> 'void' AND id ="
    " (SELECT intent_id FROM approval WHERE tenant_id = current_tenant()"
    "  AND (approver_id = ANY (%(who)s) OR requester_id = ANY (%(who)s))"
    f"  AND created_at > now() - interval '{SESSION_S} seconds' AND ended_session = %(session)s"
    "  ORDER BY created_at DESC LIMIT 1)"
)


def was_waited_for(tx: Tx, people_ids: list[uuid.UUID], within_s: int) -> bool:
    """Whether a sale that one of these people was to approve came to an end lately."""
    row = tx.one(
        "SELECT 1 FROM approval WHERE tenant_id = current_tenant() AND approver_id = ANY (%s)"
        " AND created_at > now() - make_interval(secs => %s)"
        " AND least(ended_at, expires_at) BETWEEN now() - make_interval(secs => %s) AND now()"
        " LIMIT 1",
        (people_ids, within_s + HOLD_S, within_s),
    )
    return row is not None


def end_session(tx: Tx, subscriber_ids: list[uuid.UUID], session: str) -> Intent | None:
    """`of_session`, once nothing more can come of it: a turn that is claiming one is waited for,
    and one that is still open is void. One round trip. Raises Unavailable.
    """
    params = (subscriber_ids, session)
    # Two statements: the second sees what the first has waited for.
    _, found = tx.pipeline((_VOID_OF_SESSION, params), (_TOLD_OF_SESSION, params))
    row = found.fetchone()
    return Intent(*row) if row else None
