"""A driver takes the ride that is offered, or leaves it."""

import uuid

from core.rides import offers
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus.screens import End, Menu, Option
from menus.texts import Text, _

TAKE, LEAVE = "take", "leave"


class OfferedRide(Flow):
    """the ride -> take it, or not."""

    name = "offered_ride"
    initial = "offer"
    transitions = [
        {"trigger": "answer", "source": "offer", "dest": "taken", "conditions": "takes",
         "before": "accept"},
        {"trigger": "answer", "source": "offer", "dest": "left", "before": "refuse"},
    ]  # fmt: skip

    class Answers:
        ride_id: uuid.UUID | None = None
        pickup: str = ""

    answers: Answers

    def offer(self) -> Menu | End:
        found = self.read(offers.open_offer, self.caller_id)
        if found is None:
            return End(_("No ride is offered to you now."))
        self.answers.ride_id = found.ride_id
        way: Text = _("{fare} in cash", fare=found.fare)
        if not found.is_in_cash:
            way = _("{fare} from the wallet", fare=found.fare)
        title = _(
            "{pickup} to {destination}, {distance_km} km, {way}. {seconds} s left.",
            pickup=found.pickup,
            destination=found.destination,
            distance_km=found.distance_km,
            way=way,
            seconds=found.left_s,
        )
        return Menu(title, (Option(1, _("Take it"), TAKE), Option(2, _("Not this one"), LEAVE)))

    def takes(self) -> bool:
        return bool(self.given == TAKE)

    @changes_what_no_intent_shows
    def accept(self) -> None:
        assert self.answers.ride_id is not None, "it was shown"
        ride = self.write(
            offers.accept,
            self.context.keys,
            ride_id=self.answers.ride_id,
            driver_id=self.caller_id,
        )
        self.answers.pickup = ride.pickup

    def taken(self) -> End:
        return End(
            _(
                "It is yours. The customer waits at {stop}. We text you who.",
                stop=self.answers.pickup,
            )
        )

    @changes_what_no_intent_shows
    def refuse(self) -> None:
        assert self.answers.ride_id is not None, "it was shown"
        self.write(offers.refuse, ride_id=self.answers.ride_id, driver_id=self.caller_id)

    def left(self) -> End:
        return End(_("Left. It is offered to another rider."))
