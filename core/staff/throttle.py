"""How often somebody may try to sign in: counted by name and by place before anything is looked
at, whether there is such a member or not."""

from typing import Final

from core.db.database import Tx
from core.security.keyring import Keyring
from core.staff.errors import TooManyTries

WINDOW_S: Final = 15 * 60
TRIES_OF_A_NAME: Final = 8
TRIES_OF_A_PLACE: Final = 60

_COUNT = (
    "INSERT INTO staff_try AS t (tenant_id, what, tries, until)"
    " VALUES (current_tenant(), %(what)s, 1, now() + make_interval(secs => %(window_s)s))"
    " ON CONFLICT (tenant_id, what) DO UPDATE SET"
    " tries = CASE WHEN t.until <= now() THEN 1 ELSE t.tries + 1 END,"
    " until = CASE WHEN t.until <= now() THEN excluded.until ELSE t.until END"
    " RETURNING tries"
)


def count(tx: Tx, keys: Keyring, *, name: str, place: str) -> None:
    """Count a try of a name, and of where it comes from ('' for a place that is not known). To be
    committed before the answer is looked at. Raises TooManyTries, and then has counted too."""
    limits = {"name " + name: TRIES_OF_A_NAME, "place " + place: TRIES_OF_A_PLACE}
    # In one order, so that two who try at once do not wait for each other.
    for what, most in sorted(limits.items()):
        hashed = keys.staff_token("try", what.encode("utf-8", "surrogatepass"))
        row = tx.one(_COUNT, {"what": hashed, "window_s": WINDOW_S})
        assert row is not None
        if row[0] > most:
            tx.commit()
            raise TooManyTries


def forget(tx: Tx, keys: Keyring, *, name: str) -> None:
    """Who was right begins again."""
    tx.execute(
        "UPDATE staff_try SET until = now() WHERE tenant_id = current_tenant() AND what = %s",
        (keys.staff_token("try", b"name " + name.encode("utf-8", "surrogatepass")),),
    )
