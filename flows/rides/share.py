"""A customer lets somebody know which ride they are on."""

from core.rides import booking, sharing
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus.answers import Phone
from menus.screens import Ask, End
from menus.texts import _


class ShareRide(Flow):
    """whose number -> they are texted."""

    name = "share_ride"
    initial = "number"
    transitions = [{"trigger": "answer", "source": "number", "dest": "shared", "before": "share"}]

    class Answers:
        is_texted: bool = False

    answers: Answers

    def number(self) -> Ask:
        self.read(booking.require_active, self.caller_id)
        return Ask(_("Who should know about your ride? Their number."), Phone(self.tenant.country))

    @changes_what_no_intent_shows
    def share(self) -> None:
        ride = self.read(booking.require_active, self.caller_id)
        self.answers.is_texted = self.write(
            sharing.share,
            self.context.keys,
            ride_id=ride.id,
            customer_id=self.caller_id,
            number=self.given,
        )

    def shared(self) -> End:
        if self.answers.is_texted:
            return End(_("They are texted who drives you where."))
        return End(_("We cannot text that number. You get the text: send it on."))
