"""What customers and drivers are texted about a ride. On the phone a driver is a rider."""

from dataclasses import dataclass
from typing import ClassVar, Final

from values.messages import Message, OneTimeCode, Priority
from values.money import Money
from values.refusals import N_


@dataclass(frozen=True, slots=True)
class RideOffered(Message):
    """To a driver, who has so many seconds."""

    name = "ride_offered"
    priority: ClassVar[Priority] = Priority.CODE
    sentence = N_(
        "Ride: {pickup} to {destination}, {distance_km} km, {fare} in cash. Dial to take it within"
        " {seconds} s."
    )

    pickup: str
    destination: str
    distance_km: str
    fare: Money
    seconds: int


@dataclass(frozen=True, slots=True)
class WalletRideOffered(Message):
    """The same, where the fare is set aside in the customer's wallet."""

    name = "wallet_ride_offered"
    priority: ClassVar[Priority] = Priority.CODE
    sentence = N_(
        "Ride: {pickup} to {destination}, {distance_km} km, {fare} from the wallet. Dial to take it"
        " within {seconds} s."
    )

    pickup: str
    destination: str
    distance_km: str
    fare: Money
    seconds: int


@dataclass(frozen=True, slots=True)
class RideTaken(Message):
    """To the driver: who waits where."""

    name = "ride_taken"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_("{customer} waits at {pickup} for {destination}. Ref {reference}.")

    customer: str
    pickup: str
    destination: str
    reference: str


@dataclass(frozen=True, slots=True)
class RiderComes(Message):
    """To the customer. The code shows that the right person got on."""

    name = "rider_comes"
    priority: ClassVar[Priority] = Priority.CODE
    sentence = N_(
        "{rider}, plate {plate}, comes to {pickup}. Your code: {code}. Say it when you get on."
        " Ref {reference}."
    )

    rider: str
    plate: str
    pickup: str
    code: OneTimeCode
    reference: str


@dataclass(frozen=True, slots=True)
class RiderHere(Message):
    name = "rider_here"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_("{rider}, plate {plate}, is at {pickup}. Check the plate before you get on.")

    rider: str
    plate: str
    pickup: str


@dataclass(frozen=True, slots=True)
class RideBegun(Message):
    name = "ride_begun"
    sentence = N_("Your ride to {destination} with {rider}, plate {plate}, has begun.")

    destination: str
    rider: str
    plate: str


@dataclass(frozen=True, slots=True)
class RidePaid(Message):
    """To the customer, of a ride that was paid from the wallet."""

    name = "ride_paid"
    sentence = N_(
        "{fare} paid from your wallet for {pickup} to {destination}. Balance {balance}."
        " Ref {reference}."
    )

    fare: Money
    pickup: str
    destination: str
    balance: Money
    reference: str


@dataclass(frozen=True, slots=True)
class RideInCash(Message):
    """To the customer, of a ride in cash."""

    name = "ride_in_cash"
    sentence = N_(
        "Your ride from {pickup} to {destination} costs {fare}: pay {rider} in cash."
        " Ref {reference}."
    )

    fare: Money
    pickup: str
    destination: str
    rider: str
    reference: str


@dataclass(frozen=True, slots=True)
class RideEarned(Message):
    """To the driver, of a ride that was paid from the wallet."""

    name = "ride_earned"
    sentence = N_(
        "You earned {earned}: fare {fare}, commission {commission}. Wallet {balance}."
        " Ref {reference}."
    )

    earned: Money
    fare: Money
    commission: Money
    balance: Money
    reference: str


@dataclass(frozen=True, slots=True)
class RiderCancelled(Message):
    """To the customer: somebody else is looked for."""

    name = "rider_cancelled"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_("{rider} cannot come. We are asking other riders.")

    rider: str


@dataclass(frozen=True, slots=True)
class CustomerCancelled(Message):
    """To the driver."""

    name = "customer_cancelled"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_("{customer} cancelled the ride from {pickup}. You get {fee}.")
    sentence_without_fee = N_("{customer} cancelled the ride from {pickup}.")

    customer: str
    pickup: str
    fee: Money


@dataclass(frozen=True, slots=True)
class CancellationPaid(Message):
    """To the customer who cancelled late."""

    name = "cancellation_paid"
    sentence = N_("{fee} paid from your wallet: you cancelled late. Ref {reference}.")

    fee: Money
    reference: str


@dataclass(frozen=True, slots=True)
class NoRiderFound(Message):
    name = "no_rider_found"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_("No rider is free near {pickup} now. Nothing was taken. Try again soon.")

    pickup: str


@dataclass(frozen=True, slots=True)
class RiderLeft(Message):
    """To the customer who was not there."""

    name = "rider_left"
    sentence = N_("{rider} waited at {pickup} and did not find you. The ride has ended.")

    rider: str
    pickup: str


@dataclass(frozen=True, slots=True)
class RideMoved(Message):
    """To a driver from whom staff took a ride that had not begun."""

    name = "ride_moved"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_("The office gave the ride from {pickup} to another rider. Ref {reference}.")

    pickup: str
    reference: str


@dataclass(frozen=True, slots=True)
class RideBookedForYou(Message):
    """To a customer for whom an agent booked."""

    name = "ride_booked_for_you"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_(
        "{agent} booked you a ride: {pickup} to {destination}, {fare} in cash. Not you? Cancel"
        " under My ride. Ref {reference}."
    )

    agent: str
    pickup: str
    destination: str
    fare: Money
    reference: str


@dataclass(frozen=True, slots=True)
class TripShared(Message):
    """To whom a customer wants to know of the ride."""

    name = "trip_shared"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_(
        "{customer} rides with {rider}, plate {plate}, from {pickup} to {destination}. Ref"
        " {reference}."
    )

    customer: str
    rider: str
    plate: str
    pickup: str
    destination: str
    reference: str


@dataclass(frozen=True, slots=True)
class LeftOnRide(Message):
    """To the driver of a ride on which something was left."""

    name = "left_on_ride"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_(
        "Left on your ride {pickup} to {destination}: {thing}. Did you find it? Call {office}."
    )

    thing: str
    pickup: str
    destination: str


@dataclass(frozen=True, slots=True)
class PapersBrought(Message):
    """To whom an agent registers as a rider."""

    name = "papers_brought"
    sentence = N_(
        "{agent} registers you as a rider, plate {plate}. The office checks your papers. Not you?"
        " Call {office}."
    )

    agent: str
    plate: str


@dataclass(frozen=True, slots=True)
class PapersAccepted(Message):
    name = "papers_accepted"
    sentence = N_(
        "Your papers are accepted: plate {plate}, licence to {licence_day}, insurance to"
        " {insurance_day}. You can begin your duty."
    )

    plate: str
    licence_day: str
    insurance_day: str


@dataclass(frozen=True, slots=True)
class PapersRefused(Message):
    """`why` is what staff wrote."""

    name = "papers_refused"
    sentence = N_("Your papers are not accepted: {why}. Bring them again. Questions? {office}")

    why: str


@dataclass(frozen=True, slots=True)
class LicenceEnds(Message):
    name = "licence_ends"
    sentence = N_(
        "Your licence ends on {day}. Bring the new one in time under My papers: without it there"
        " are no rides."
    )

    day: str


@dataclass(frozen=True, slots=True)
class InsuranceEnds(Message):
    name = "insurance_ends"
    sentence = N_(
        "Your insurance ends on {day}. Bring the new one in time under My papers: without it there"
        " are no rides."
    )

    day: str


@dataclass(frozen=True, slots=True)
class OffDutyWithoutPapers(Message):
    """To a rider who was on duty when a paper ended."""

    name = "off_duty_without_papers"
    priority: ClassVar[Priority] = Priority.PROMPT
    sentence = N_(
        "Your licence or insurance has ended: you are off duty. Bring the new one under My papers."
        " Questions? {office}"
    )


MESSAGES: Final[tuple[type[Message], ...]] = (
    *(RideOffered, WalletRideOffered, RideTaken, RiderComes, RiderHere, RideBegun),
    *(RidePaid, RideInCash, RideEarned, RiderCancelled, CustomerCancelled, CancellationPaid),
    *(NoRiderFound, RiderLeft, RideMoved, RideBookedForYou, TripShared, LeftOnRide),
    *(PapersBrought, PapersAccepted, PapersRefused, LicenceEnds, InsuranceEnds),
    OffDutyWithoutPapers,
)
