"""A lorry has come: the ticket, and the dips before and after."""

import uuid
from decimal import Decimal

from core.fuel import deliveries, dips, meters
from core.fuel.deliveries import Came
from core.fuel.kept_charts import Tank
from core.fuel.stations import Station
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from flows.fuel.enter_dip import MM
from flows.fuel.tanks import tanks_menu, which_menu
from menus import sentences
from menus.fractions import Fraction
from menus.papers import PaperNumber
from menus.screens import Ask, Confirm, End, Fact, Menu
from menus.texts import _

TICKET = Fraction(decimals=2, maximum=deliveries.TICKET_L_MAXIMUM)
SOLD = Fraction(decimals=2, takes_zero=True, maximum=deliveries.TICKET_L_MAXIMUM)


class ReceiveFuel(Flow):
    """which of several stations -> a tank -> waybill -> seals -> the ticket's litres -> the dips
    before and after -> what was sold in between -> sure?"""

    name = "receive_fuel"
    initial = "which"
    transitions = [
        ["answer", "which", "tank"],
        {"trigger": "answer", "source": "tank", "dest": "waybill", "before": "require_chart"},
        {"trigger": "answer", "source": "waybill", "dest": "seals", "before": "require_new"},
        ["answer", "seals", "ticket"],
        ["answer", "ticket", "before"],
        {"trigger": "answer", "source": "before", "dest": "after", "before": "check_before"},
        {"trigger": "answer", "source": "after", "dest": "sold", "before": "check_after"},
        ["answer", "sold", "sure"],
        {"trigger": "answer", "source": "sure", "dest": "received", "conditions": "yes",
         "before": "receive"},
        ["answer", "sure", "kept"],
    ]  # fmt: skip

    class Answers:
        waybill: str
        seals: str
        ticket: str
        before: str
        after: str
        sold: str
        which: Station | None = None
        tank: Tank | None = None
        reference: str = ""
        short: str = ""

    answers: Answers

    def _stations(self) -> list[Station]:
        """Raises NotAnAttendant."""
        return self.read(dips.works_at, self.caller_id)

    def begins_at(self) -> str:
        return "tank" if len(self._stations()) == 1 else self.initial

    def which(self) -> Menu:
        return which_menu(self._stations())

    def tank(self) -> Menu:
        station = self.answers.which or self._stations()[0]
        return tanks_menu(station, self.read(dips.tanks, station.id))

    def require_chart(self) -> None:
        """Raises NoChart."""
        tank: Tank = self.given
        self.read(dips.chart_today, tank.id)

    @property
    def _tank_id(self) -> uuid.UUID:
        assert self.answers.tank is not None, "it was chosen"
        return self.answers.tank.id

    def waybill(self) -> Ask:
        return Ask(_("Number of the waybill?"), PaperNumber())

    def require_new(self) -> None:
        """Raises WaybillKnown."""
        self.read(deliveries.require_new, self._tank_id, self.given)

    def seals(self) -> Ask:
        return Ask(_("Number of the seals? 0 if they were broken."), PaperNumber(takes_zero=True))

    def ticket(self) -> Ask:
        return Ask(_("Litres on the ticket, for this tank?"), TICKET)

    def before(self) -> Ask:
        return Ask(_("Dip before, in mm?"), MM)

    def check_before(self) -> None:
        """Raises DipOutside."""
        self.read(deliveries.require_height, self._tank_id, Decimal(self.given))

    def after(self) -> Ask:
        return Ask(_("Dip after, in mm?"), MM)

    def check_after(self) -> None:
        """Raises DipOutside, NothingCame."""
        after, before = Decimal(self.given), Decimal(self.answers.before)
        self.read(deliveries.require_height, self._tank_id, after, before)

    def sold(self) -> Ask:
        return Ask(_("Litres sold from the tank in between? 0 if none."), SOLD)

    def _came(self) -> Came:
        said = self.answers
        return self.read(
            deliveries.reckon,
            self._tank_id,
            ticket_cl=meters.centilitres(said.ticket),
            before_mm=Decimal(said.before),
            after_mm=Decimal(said.after),
            sold_cl=meters.centilitres(said.sold),
        )

    def sure(self) -> Confirm:
        came = self._came()
        facts = [
            Fact(_("Ticket, litres"), meters.litres(meters.centilitres(self.answers.ticket))),
            Fact(_("By the dips"), meters.litres(came.received_cl)),
        ]
        if came.short_cl:
            self.answers.short = meters.litres(came.short_cl)
            facts.append(Fact(_("Short, claimed"), self.answers.short))
        return Confirm(_("Waybill {waybill}: right?", waybill=self.answers.waybill), tuple(facts))

    @changes_what_no_intent_shows
    def receive(self) -> None:
        said = self.answers
        self.answers.reference = self.write(
            deliveries.receive,
            tank_id=self._tank_id,
            person_id=self.caller_id,
            waybill=said.waybill,
            seals=said.seals,
            ticket_cl=meters.centilitres(said.ticket),
            before_mm=Decimal(said.before),
            after_mm=Decimal(said.after),
            sold_cl=meters.centilitres(said.sold),
        )

    def received(self) -> End:
        if self.answers.short:
            return End(
                _(
                    "Received. {litres} l are claimed, and the company is told. Ref {reference}.",
                    litres=self.answers.short,
                    reference=self.answers.reference,
                )
            )
        return End(_("Received. Ref {reference}.", reference=self.answers.reference))

    def kept(self) -> End:
        return End(sentences.CANCELLED)
