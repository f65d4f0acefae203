"""Why a ride is refused. Nothing was booked, changed or taken where one of these is said."""

from values.refusals import N_, BusinessError


class RideError(BusinessError):
    code = "ride_refused"


class NoFares(RideError):
    """No tariff of fares is in force."""

    code = "no_fares"
    sentence = N_("Rides cannot be booked now: there is no fare. Nothing was taken.")


class NoStops(RideError):
    code = "no_stops"
    sentence = N_("Rides cannot be booked yet: there are no stops.")


class StopUnknown(RideError):
    code = "stop_unknown"
    sentence = N_("No stop has that name or number. Type a part of its name.")
    ends = False


class NothingNear(RideError):
    """A position that was shared is far from every stop, or is no place that is served."""

    code = "nothing_near"
    sentence = N_("No stop is near that place. Type the name of a stop.")
    ends = False


class SameStop(RideError):
    code = "same_stop"
    sentence = N_("That is where you start. Choose another stop.")
    ends = False


class TooFar(RideError):
    code = "ride_too_far"
    sentence = N_("{distance_km} km: too far, we ride {most_km} km. Choose another.")
    ends = False


class RideUnderWay(RideError):
    """A customer has one ride at a time."""

    code = "ride_under_way"
    sentence = N_("You have a ride already. See it under My ride.")


class CustomerHasRide(RideError):
    """The same, said to the agent who books for them."""

    code = "customer_has_ride"
    sentence = N_("This customer has a ride already. They see it under My ride.")


class NotYetTaken(RideError):
    """Nobody has taken the ride: there is nothing to tell yet."""

    code = "not_yet_taken"
    sentence = N_("No rider has taken your ride yet. Share it once one has.")


class SharedOften(RideError):
    code = "shared_often"
    sentence = N_("You have shared this ride 3 times: no more.")


class LostBefore(RideError):
    code = "lost_before"
    sentence = N_("We know of this ride already. Questions? {office}")


class FareExpired(RideError):
    """The fare that was shown is older than it is honoured for."""

    code = "fare_expired"
    sentence = N_("That fare is too old. Nothing was booked. Book again to see the new one.")


class RideOver(RideError):
    """The ride has moved on meanwhile: the other side, or the clock, was faster."""

    code = "ride_over"
    sentence = N_("This ride has changed meanwhile. Nothing was done.")


class OfferOver(RideError):
    """It was answered too late, or the customer cancelled."""

    code = "offer_over"
    sentence = N_("This ride is no longer offered to you.")


class NotARider(RideError):
    code = "not_a_rider"
    sentence = N_("You are not a rider here. Questions? {office}")


class PapersExpired(RideError):
    """The licence or the insurance has ended."""

    code = "papers_expired"
    sentence = N_("Your licence or insurance has ended. Bring the new one to the office: {office}")


class PlateTaken(RideError):
    """Another rider has that plate."""

    code = "plate_taken"
    sentence = N_("Another rider has that plate. Is it right? Questions? {office}")
    ends = False


class WrongPlate(RideError):
    code = "wrong_plate"
    sentence = N_("That is no plate. Type it as it stands there, such as RD 123 B.")
    ends = False


class RiderOffDuty(RideError):
    """Where somebody is who takes no rides is nobody's business."""

    code = "rider_off_duty"
    sentence = N_("You are off duty. Begin your duty first.")


class PositionAhead(RideError):
    """It is said to be of a time that has not come: the clock of what sent it is wrong."""

    code = "position_ahead"
    sentence = N_("That place is of a time to come. Check the clock of your phone.")


class PositionOld(RideError):
    code = "position_old"
    sentence = N_("That place is older than a minute. Share where you are now.")


class PositionVague(RideError):
    code = "position_vague"
    sentence = N_("That place is not known to within {metres} m. Go outside and share it again.")


class BusyRiding(RideError):
    code = "busy_riding"
    sentence = N_("Finish the ride that you have first.")


class WrongRideCode(RideError):
    code = "wrong_ride_code"
    sentence = N_("That is not the customer's code. Ask for it again.")
    ends = False


class RideCodeLocked(RideError):
    """Too many wrong codes: a rider does not guess."""

    code = "ride_code_locked"
    sentence = N_("Too many wrong codes. Questions? {office}")


class TooSoon(RideError):
    """A customer is waited for before it is said that nobody came."""

    code = "too_soon"
    sentence = N_("Wait {minutes} minutes for the customer first.")
    ends = False
