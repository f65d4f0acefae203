"""The code of the hour: a dealer reads it out at the station, and who types it is there."""

import hmac
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from core.db.database import Tx
from core.fuel.errors import StationCodeLocked
from core.security.keyring import Keyring
from values import clock

CODE_DIGITS: Final = 4
WRONG_CODES_MAXIMUM: Final = 5
_HOUR_S: Final = 3_600


def _hour() -> int:
    """Hours since 1970."""
    return int(clock.epoch_s()) // _HOUR_S


def digits_of(keys: Keyring, station_id: uuid.UUID) -> str:
    """A station's code of this hour; stored nowhere."""
    return keys.approval_code(station_id, _hour())[-CODE_DIGITS:]


def valid_until() -> datetime:
    """When the code of this hour ends."""
    return datetime.fromtimestamp(_hour() * _HOUR_S, UTC) + timedelta(seconds=_HOUR_S)


_TRIED: Final = (
    "SELECT station_id, CASE WHEN wrong_hour = %s THEN wrong_codes ELSE 0 END FROM fuel_attendant"
    " WHERE tenant_id = current_tenant() AND subscriber_id = %s FOR UPDATE"
)


def check(tx: Tx, keys: Keyring, *, attendant_id: uuid.UUID, code: str) -> bool:
    """Whether it is the code of the attendant's station. A wrong one is counted, so this is a
    transaction of its own, and is committed. Raises StationCodeLocked until the hour ends."""
    hour = _hour()
    row = tx.one(_TRIED, (hour, attendant_id))
    assert row is not None, "who is asked is an attendant"
    station_id, wrong = row
    if wrong >= WRONG_CODES_MAXIMUM:
        raise StationCodeLocked
    if hmac.compare_digest(code, digits_of(keys, station_id)):
        return True
    tx.execute(
        "UPDATE fuel_attendant SET wrong_codes = %s, wrong_hour = %s"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s",
        (wrong + 1, hour, attendant_id),
    )
    return False
