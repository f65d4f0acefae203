"""A guess at a PIN is counted and committed before it is checked, by one counter a person.

A right one is given back a moment later, with what it allowed. Until then it counts like a wrong
one: of several right PINs that are typed at once the third locks, for that moment. Whoever finds a
lock so new waits a little, since it may not last.
"""

import time
import uuid
from typing import Final

from core.db.connection import BINARY, TEXT, Prepared, Row
from core.db.database import Database, Deadline
from values import waiting

PIN_TRIES: Final = 3
PIN_LOCK_S: Final = 30 * 60
# Each lock lasts twice as long as the one before, until a right PIN: `pin_attempt` in the schema.
PIN_LOCK_LONGEST_S: Final = 8 * PIN_LOCK_S
_WHOLE_LOCKS_S: Final = frozenset(PIN_LOCK_S * 2**doubled for doubled in range(4))
# A lock of the last second still has its whole length. Its end is waited for so long, in such
# steps, and never beyond half of what is left of the deadline.
WAIT_S: Final = 0.5
STEP_S: Final = 0.05

_ATTEMPT: Final = Prepared(
    b"piga_pin_attempt",
    b"SELECT p.*, EXISTS (SELECT 1 FROM address WHERE tenant_id = current_tenant()"
    b" AND channel = $1 AND lookup = $2 AND subscriber_id = $3 AND detached_at IS NULL)"
    b" FROM pin_attempt($4, $3, %d::smallint, %d) p" % (PIN_TRIES, PIN_LOCK_S),
    (TEXT, BINARY, BINARY, BINARY),
)


def count(
    database: Database,
    deadline: Deadline,
    *,
    tenant_id: uuid.UUID,
    subscriber_id: uuid.UUID,
    channel: str,
    lookup: bytes,
) -> Row:
    """Count a guess: the PIN's hash, the tries that are left, for how long it is locked in seconds,
    and whether the address is that person's. No hash, and a time: it is locked, and was not
    counted; neither: there is no PIN. Raises Unavailable."""
    params = (channel.encode(), lookup, subscriber_id.bytes, tenant_id.bytes)
    until = time.monotonic() + min(WAIT_S, deadline.left_s / 2)
    while True:
        # Asked again where its answer was lost: it may then have counted twice, which is a try too
        # few.
        ((row,),) = database.autocommit(tenant_id, deadline).run((_ATTEMPT, params))
        is_new_lock = row[0] is None and row[2] in _WHOLE_LOCKS_S
        if not is_new_lock or time.monotonic() >= until:
            return row
        waiting.sleep(STEP_S)
