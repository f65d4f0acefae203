"""Help now: somebody on a ride calls for a human, with the ride's facts."""

import uuid
from typing import Final

from core.alarms import alarms
from core.audit.trail import record
from core.db.database import Tx
from core.rides import rides

SOS: Final = "ride_sos"


def call(tx: Tx, *, ride_id: uuid.UUID, actor_id: uuid.UUID) -> None:
    """Raise the alarm of a ride: staff see it first. The same again counts up."""
    ride = rides.get(tx, ride_id)
    sentence = f"Help is asked for on ride {ride.reference}, {ride.state}."
    alarms.record(tx, kind=SOS, subject=ride.reference, sentence=sentence, count=1)
    rides.note(tx, ride_id, "help", actor_id)
    record(tx, f"subscriber {actor_id}", "call for help", ride_id, {"state": ride.state})
