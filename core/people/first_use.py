"""The first use of what staff entered: the first who dials from a number is not yet its person.

A person of a tenant's folder shows who they are once, by a code that staff hand over or by their
birth year, before they choose their first PIN. Tries are counted, and that is committed, before an
answer is looked at.
"""

import hmac
import uuid
from dataclasses import dataclass, field
from typing import Literal, cast

from core.audit.trail import record
from core.db.database import Database, Deadline, Tx
from core.people.errors import FirstUseLocked
from core.security.keyring import Keyring

FIRST_USE_TRIES = 3
FIRST_USE_CODE_DIGITS = 8

Challenge = Literal["code", "birth_year"]


@dataclass(frozen=True, slots=True)
class FirstUseCheck:
    """What an answer came to. `tries_left` counts after it; `generation` tells what was asked for
    from what is asked for once staff have given a new code."""

    right: bool
    tries_left: int
    generation: int = field(default=0, compare=False)


def first_use_challenge(tx: Tx, subscriber_id: uuid.UUID) -> Challenge | None:
    """What somebody has to show before they choose their first PIN: "code", "birth_year", or None
    where nothing is asked (they did already, or their tenant asks for nothing).

    Raises FirstUseLocked where all tries are used up: staff gives a new code (`renew_first_use`).
    """
    row = tx.one(
        "SELECT kind, tries FROM first_use WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s AND done_at IS NULL",
        (subscriber_id,),
    )
    if row is None:
        return None
    kind, tries = row
    if tries >= FIRST_USE_TRIES:
        raise FirstUseLocked
    return cast(Challenge, kind)


def check_first_use(
    database: Database,
    keys: Keyring,
    deadline: Deadline,
    *,
    tenant_id: uuid.UUID,
    subscriber_id: uuid.UUID,
    answer: str,
) -> FirstUseCheck:
    """Compare an answer, the digits of a code or of a year, with what staff know.

    A wrong one uses up a try, a right one does not. It may be given again until `first_use_is_done`
    is part of the transaction that sets the first PIN. Where nothing is asked (any more) an answer
    is wrong.

    Raises FirstUseLocked, Unavailable.
    """
    with database.transaction(tenant_id, deadline) as tx:
        row = tx.one(
            "UPDATE first_use f SET tries = f.tries + 1 FROM subscriber s"
            " WHERE f.tenant_id = current_tenant() AND f.subscriber_id = %s"
            " AND f.done_at IS NULL AND f.tries < %s"
            " AND s.tenant_id = f.tenant_id AND s.id = f.subscriber_id"
            " RETURNING f.kind, f.generation, f.tries, s.birth_year",
            (subscriber_id, FIRST_USE_TRIES),
        )
    if row is None:
        raise FirstUseLocked
    kind, generation, tries, birth_year = row
    wanted = keys.first_use_code(subscriber_id, generation) if kind == "code" else str(birth_year)
    if not hmac.compare_digest(answer.encode(), wanted.encode()):
        return FirstUseCheck(False, FIRST_USE_TRIES - tries, generation)
    with database.transaction(tenant_id, deadline) as tx:
        tx.execute(
            "UPDATE first_use SET tries = tries - 1 WHERE tenant_id = current_tenant()"
            " AND subscriber_id = %s AND done_at IS NULL AND tries > 0",
            (subscriber_id,),
        )
    return FirstUseCheck(True, FIRST_USE_TRIES - tries + 1, generation)


def first_use_is_done(tx: Tx, subscriber_id: uuid.UUID) -> None:
    """Nothing is asked any more. With the COMMIT of the first PIN."""
    tx.defer(
        "UPDATE first_use SET done_at = now(), tries = 0 WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s AND done_at IS NULL",
        (subscriber_id,),
    )


def ask_first_use(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID, kind: Challenge) -> str:
    """From now on somebody new is asked at their first use. Gives the code to hand over, eight
    digits; "" for a birth year."""
    tx.execute(
        "INSERT INTO first_use (tenant_id, subscriber_id, kind) VALUES (current_tenant(), %s, %s)",
        (subscriber_id, kind),
    )
    return keys.first_use_code(subscriber_id, 1) if kind == "code" else ""


def ask_again(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID) -> str:
    """Somebody who may have used it before is asked for a new code, eight digits, which this gives.
    What was shown before counts no more."""
    row = tx.one(
        "INSERT INTO first_use AS f (tenant_id, subscriber_id, kind)"
        " VALUES (current_tenant(), %s, 'code') ON CONFLICT (tenant_id, subscriber_id)"
        " DO UPDATE SET kind = 'code', generation = f.generation + 1, tries = 0, done_at = NULL"
        " RETURNING generation",
        (subscriber_id,),
    )
    assert row is not None
    return keys.first_use_code(subscriber_id, row[0])


def renew_first_use(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID, *, actor: str) -> str | None:
    """A new code to hand over, eight digits, with all its tries; the one before is void. None for
    somebody who is not asked for anything (any more)."""
    row = tx.one(
        "UPDATE first_use SET kind = 'code', generation = generation + 1, tries = 0"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s AND done_at IS NULL"
        " RETURNING generation",
        (subscriber_id,),
    )
    if row is None:
        return None
    record(tx, actor, "renew first use", subscriber_id, {})
    return keys.first_use_code(subscriber_id, row[0])
