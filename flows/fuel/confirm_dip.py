"""A second person says that they saw a dip, or that they read another one."""

import uuid

from core.fuel import dips, meters
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus.screens import End, Menu, Option
from menus.texts import _

SEEN, OTHER, LATER = "seen", "other", "later"


class ConfirmDip(Flow):
    """the oldest dip of somebody else's -> seen; or another one was read; or later."""

    name = "confirm_dip"
    initial = "dip"
    transitions = [
        {"trigger": "answer", "source": "dip", "dest": "confirmed", "conditions": "is_seen",
         "before": "confirm"},
        {"trigger": "answer", "source": "dip", "dest": "refused", "conditions": "is_other",
         "before": "refuse"},
        ["answer", "dip", "later"],
    ]  # fmt: skip

    class Answers:
        dip_id: uuid.UUID | None = None

    answers: Answers

    def dip(self) -> Menu | End:
        """Raises NotAnAttendant."""
        found = self.read(dips.waiting_for, self.caller_id)
        if found is None:
            return End(_("No dip waits for you."))
        self.answers.dip_id = found.id
        options = (
            Option(1, _("I saw it"), SEEN),
            Option(2, _("I read another one"), OTHER),
            Option(3, _("Later"), LATER),
        )
        title = _(
            "{station} tank {tank}, {product}: {mm} mm, water {water} mm, {litres} l?",
            station=found.station,
            tank=found.tank,
            product=found.product,
            mm=f"{found.dip_mm:f}",
            water=f"{found.water_mm:f}",
            litres=meters.litres(found.volume_cl),
        )
        return Menu(title, options)

    @property
    def _id(self) -> uuid.UUID:
        assert self.answers.dip_id is not None, "it was shown"
        return self.answers.dip_id

    def is_seen(self) -> bool:
        return bool(self.given == SEEN)

    def is_other(self) -> bool:
        return bool(self.given == OTHER)

    @changes_what_no_intent_shows
    def confirm(self) -> None:
        self.write(dips.confirm, dip_id=self._id, person_id=self.caller_id)

    def confirmed(self) -> End:
        return End(_("Thank you. The dip counts."))

    @changes_what_no_intent_shows
    def refuse(self) -> None:
        self.write(dips.refuse, dip_id=self._id, person_id=self.caller_id)

    def refused(self) -> End:
        return End(_("It does not count, and who entered it is told. Read it together."))

    def later(self) -> End:
        return End(_("Nothing was written. It does not count before you confirm it."))
