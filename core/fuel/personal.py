"""What of fuel is personal."""

from typing import Final

from core.lists.personal import Personal

_KEPT: Final = "what a station did stays provable, under an id that names nobody"

PERSONAL: Final = (
    Personal(
        "fuel_attendant",
        whose="subscriber_id = %(person)s",
        shown=("station_id",),
        kept=_KEPT,
    ),
    Personal(
        "fuel_station",
        whose="dealer_id = %(person)s",
        shown=("number", "name", "region", "latitude_e7", "longitude_e7"),
        kept="a station is the company's",
        emptied={"dealer_id": "NULL"},
    ),
    Personal(
        "fuel_acknowledgement",
        whose="subscriber_id = %(person)s",
        shown=("publication_id", "station_id", "at"),
        kept=_KEPT,
    ),
)
