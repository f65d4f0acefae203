"""Rides, for the programs of the company that runs them: where drivers are."""

import uuid
from typing import Final

from pydantic import AwareDatetime, BaseModel, Field

from app.api.call import Call, Endpoint
from core.rides import positions
from core.rides.fares import Place
from values.refusals import BusinessError

DRIVE: Final = "rides:drive"
POSITIONS_MAXIMUM: Final = 200


class DriverPosition(BaseModel, extra="forbid"):
    """Where a driver was at a time, in degrees (WGS 84)."""

    driver_id: uuid.UUID
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    accuracy_m: float = Field(0, ge=0, description="Worse than 50 m is refused.")
    at: AwareDatetime = Field(description="Older than 60 s, or yet to come, is refused.")


class PositionsSaid(BaseModel, extra="forbid"):
    """Positions, of one driver or of many."""

    positions: list[DriverPosition] = Field(min_length=1, max_length=POSITIONS_MAXIMUM)


class PositionRefused(BaseModel):
    """A position that was not taken: its place in the list, from 0 on, and why."""

    index: int
    reason: str


class PositionsTaken(BaseModel):
    """How many were taken; each of the others says why."""

    taken: int
    refused: list[PositionRefused]


def say_positions(call: Call, body: PositionsSaid) -> PositionsTaken:
    """Say where drivers are. A position holds for 60 s; then a driver is at the stop of their duty.
    The same again changes nothing."""
    refused = []
    for index, one in enumerate(body.positions):
        try:
            positions.report(
                call.tx,
                one.driver_id,
                Place.of_degrees(one.latitude, one.longitude),
                at_s=one.at.timestamp(),
                accuracy_m=one.accuracy_m,
            )
        except BusinessError as error:
            refused.append(PositionRefused(index=index, reason=error.code))
    return PositionsTaken(taken=len(body.positions) - len(refused), refused=refused)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/rides/positions",
        view=say_positions,
        scope=DRIVE,
        answer=PositionsTaken,
        body_model=PositionsSaid,
        only_asks=True,
        tags=("rides",),
    ),
)
