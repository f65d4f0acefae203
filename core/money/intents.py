"""What a Confirm showed, written down before it is answered, and claimed once.

The intent's id is the idempotency key of everything that follows; a gateway's session id never is.
"""

import uuid
from dataclasses import dataclass
from typing import Any

import orjson

from core.db.autocommit import Autocommit
from core.db.connection import BINARY, TEXT, Prepared
from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.money import spending
from core.money.day_limits import ADD_TO_DAY, DayLimit
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


def _spent(session: str, but: str) -> str:
    """Whether a session has paid anything but one intent, as far as the books know: for as long as
    they are kept. One that showed a confirmation long ago is known for a week."""
    return (
        "SELECT EXISTS (SELECT 1 FROM intent WHERE tenant_id = current_tenant()"
        f"  AND session = {session} AND session <> '' AND id <> {but}"
        "  AND (state IN ('done', 'pending')"
        f"   OR created_at < now() - interval '{SESSION_OLD_S} seconds'))"
        " OR EXISTS (SELECT 1 FROM approval WHERE tenant_id = current_tenant()"
        f"  AND ended_session = {session} AND ended_session <> ''"
        f"  AND state = 'approved' AND intent_id <> {but})"
    )


_SPENT_BUT_ON_SALE = _spent(
    "%(session)s",
    "(SELECT intent_id FROM approval WHERE tenant_id = current_tenant() AND id = %(approval)s)",
)


def spent_but_on_sale(session: str, approval_id: uuid.UUID) -> tuple[str, dict[str, Any]]:
    """The statement that reads whether a session has paid anything but that held sale."""
    return _SPENT_BUT_ON_SALE, {"session": session, "approval": approval_id}


# Each is a statement of its own, and so sees what was committed while the one before waited: for
# another session of the same person that opens one, and for a turn that is claiming an open one.
# Sent twice, they do what they do once.
_ONE_AT_A_TIME = Prepared(
    b"piga_one_intent_at_a_time", b"SELECT pg_advisory_xact_lock($1)", (TEXT,)
)
_VOID_OTHERS = Prepared(
    b"piga_void_other_intents",
    INTENT.advance(
        "cancel",
        sets="ended_at = now()",
        where="subscriber_id = $1 AND created_at > now() - interval '1 day' AND id <> $2"
        f" AND NOT ({_spent('$3', '$2')})",
    ).encode(),
    (BINARY, BINARY, TEXT),
)
_SAME = (
    # What was waited for may have begun after this transaction.
    "SELECT greatest(0, extract(epoch FROM now() - coalesce(ended_at, created_at)))::integer"
    "  AS age_s, state = 'pending' AS waits"
    " FROM intent WHERE tenant_id = current_tenant() AND subscriber_id = $2"
    "  AND operation = $4 AND payee_id = $5 AND amount_minor = $6"
    f"  AND created_at > now() - interval '{SAME_AGAIN_ASKED_S} seconds'"
    "  AND (state = 'pending' OR (state = 'done'"
    f"   AND coalesce(ended_at, created_at) > now() - interval '{SAME_AGAIN_S} seconds'))"
    " ORDER BY coalesce(ended_at, created_at) DESC LIMIT 1"
)
_OPEN = Prepared(
    b"piga_open_intent",
    (
        f"WITH spent AS MATERIALIZED (SELECT ({_spent('$3', '$1')}) AS is_so),"
        " new AS (INSERT INTO intent (tenant_id, id, subscriber_id, session, operation, payee_id,"
        "  amount_minor, fee_minor, currency, quote, expires_at) SELECT current_tenant(), $1::uuid,"
        "  $2::uuid, $3::text, $4::text, $5::uuid, $6::bigint, $7::bigint, $8::text, $9::jsonb,"
        f"  now() + interval '{INTENT_LIFE_S} seconds' FROM spent WHERE NOT is_so"
        "  ON CONFLICT DO NOTHING)"
        f" SELECT is_so, same.age_s, same.waits FROM spent LEFT JOIN ({_SAME}) AS same ON true"
    ).encode(),
    (BINARY, BINARY, TEXT, TEXT, BINARY, TEXT, TEXT, TEXT, TEXT),
)


def open_intent(
    tx: Tx | Autocommit,
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
    who, said = subscriber_id.bytes, session.encode()
    lock = b"%d" % int.from_bytes(who[8:], signed=True)
    *_, ((is_spent, age_s, waits),) = tx.run(
        (_ONE_AT_A_TIME, (lock,)),
        (_VOID_OTHERS, (who, id.bytes, said)),
        (
            _OPEN,
            (
                *(id.bytes, who, said, operation.encode(), payee_id.bytes),
                *(b"%d" % amount_minor, b"%d" % fee_minor, currency.encode()),
                orjson.dumps(quote),
            ),
        ),
    )
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
_APPROVE = INTENT.advance("approve", sets=_ENDS, where="id = %s")
_REFUSE = INTENT.advance("refuse", sets=_ENDS, where="id = %s")
_VOID = INTENT.advance("cancel", sets="ended_at = now()", where=_MINE)


def _claiming(name: bytes, trigger: str) -> Prepared:
    """Takes an intent that is still open, and counts it towards the payer's limit of a day: $5, of
    the day $4; NULL for none. Answers whether the payer is limited beside, and if it was counted.
    """
    take = INTENT.advance(
        trigger,
        sets="entry_id = $1, ended_at = now()",
        where="id = $2 AND subscriber_id = $3 AND expires_at > now()",
        returning=COLUMNS,
    )
    limit = "$5::bigint"
    count = (
        "INSERT INTO usage_day AS u (tenant_id, subscriber_id, operation, day, count, amount_minor)"
        " SELECT current_tenant(), subscriber_id, operation, $4::date, 1, amount_minor FROM taken"
        f" WHERE amount_minor <= {limit}{ADD_TO_DAY.format(limit=limit)}"
    )
    query = (
        f"WITH taken AS ({take}), counted AS ({count}) SELECT taken.*,"
        f" {spending.IS_LIMITED.format(who='$3')}, EXISTS (SELECT 1 FROM counted) FROM taken"
    )
    return Prepared(name, query.encode(), (BINARY, BINARY, BINARY, TEXT, TEXT))


_CLAIM = _claiming(b"piga_claim_intent", "claim")
_HOLD = _claiming(b"piga_hold_intent", "hold")


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
    within: DayLimit | None = None,
) -> tuple[Intent, bool]:
    """Take an open intent, once: done with `entry_id`, or pending without. Its amount is counted
    `within` a day's limit of its payer, where there is one. One round trip.

    Answers the intent and whether this call took it; one found done or pending is answered as it
    is, so that its receipt can be shown again. Raises IntentExpired, IntentVoid, and where the
    payer may pay less LimitReached (params: limit_minor) or SpendingLimited.
    """
    step = _HOLD if entry_id is None else _CLAIM
    day, limit_minor = (within.day, within.limit_minor) if within else (None, None)
    (rows,) = tx.run(
        (
            step,
            (
                entry_id.bytes if entry_id else None,
                *(intent_id.bytes, subscriber_id.bytes),
                day.isoformat().encode() if day else None,
                b"%d" % limit_minor if limit_minor is not None else None,
            ),
        )
    )
    if rows:
        *columns, is_limited, is_counted = rows[0]
        intent = Intent(*columns)
        if is_limited:
            spending.count(tx, subscriber_id, Money(intent.amount_minor, intent.currency))
        if limit_minor is not None and not is_counted:
            raise LimitReached(limit_minor=limit_minor, currency=intent.currency)
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
