"""Rides by motorcycle taxi."""

from app.domains.domain import Domain, Sections
from checks import rides as samples
from core.rides import checks, lifecycle, listing, messages, personal, positions, publishing
from core.rides.positions import Positions
from flows.rides.book import BookRide
from flows.rides.book_for import BookRideFor
from flows.rides.driving import DriveRide
from flows.rides.duty import Duty
from flows.rides.earnings import RideEarnings
from flows.rides.entries import ENTRIES
from flows.rides.lost import LostProperty
from flows.rides.my_ride import MyRide
from flows.rides.offered import OfferedRide
from flows.rides.papers import RiderPapers
from flows.rides.position import RiderPosition
from flows.rides.register_rider import RegisterRider
from flows.rides.share import ShareRide
from workers.schedule import rides as schedule


def _sections() -> Sections:
    from core.rides.manifest import RIDES

    return (RIDES,)


def _positions() -> Positions | None:
    from app.operations.rides import positions as kept

    return kept()


positions.kept_by(_positions)

DOMAIN = Domain(
    name="rides",
    flows=(
        *(BookRide, BookRideFor, MyRide, ShareRide, LostProperty),
        *(Duty, OfferedRide, DriveRide, RideEarnings, RiderPosition),
        *(RiderPapers, RegisterRider),
    ),
    entries=ENTRIES,
    messages=messages.MESSAGES,
    checks=checks.CHECKS,
    lifecycles=(lifecycle.RIDE, lifecycle.OFFER, lifecycle.PAPERS),
    approvals=(publishing.PUBLISH,),
    listings=listing.LISTINGS,
    personal=personal.PERSONAL,
    holds_back=personal.HOLDS_BACK,
    tasks=schedule.TASKS,
    pages=("app.console.rides.page",),
    endpoints=("app.api.resources.rides",),
    sections=_sections,
    samples=samples.SAMPLES,
)
