"""A dealer acknowledges the prices that were published, a station at a time."""

import uuid

from core.fuel import prices, stations
from core.fuel.prices import StationPrices
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus.screens import Confirm, End, Fact
from menus.texts import _


class AcknowledgePrices(Flow):
    """the prices -> yes, they are put up; or not yet."""

    name = "acknowledge_prices"
    initial = "shown"
    transitions = [
        {"trigger": "answer", "source": "shown", "dest": "acknowledged", "conditions": "yes",
         "before": "acknowledge"},
        ["answer", "shown", "not_yet"],
    ]  # fmt: skip

    class Answers:
        publication_id: uuid.UUID | None = None
        station_id: uuid.UUID | None = None
        station: str = ""

    answers: Answers

    def shown(self) -> Confirm | End:
        self.read(stations.of_dealer, self.caller_id)
        found = self.read(prices.waiting_for, self.caller_id)
        if found is None:
            return End(_("All your stations have acknowledged their prices."))
        self._keep(found)
        begins = found.publication.valid_from.astimezone(self.tenant.zone)
        title = _(
            "{station} sells at these prices from {begins}. Are they put up?",
            station=found.station.name,
            begins=f"{begins:%d/%m %H:%M}",
        )
        return Confirm(title, tuple(Fact(one.name, one.price) for one in found.prices))

    def _keep(self, found: StationPrices) -> None:
        self.answers.publication_id = found.publication.id
        self.answers.station_id = found.station.id
        self.answers.station = found.station.name

    @changes_what_no_intent_shows
    def acknowledge(self) -> None:
        assert self.answers.publication_id is not None, "they were shown"
        assert self.answers.station_id is not None, "they were shown"
        self.write(
            prices.acknowledge,
            publication_id=self.answers.publication_id,
            station_id=self.answers.station_id,
            dealer_id=self.caller_id,
        )

    def acknowledged(self) -> End:
        return End(_("Thank you. {station} sells at the new prices.", station=self.answers.station))

    def not_yet(self) -> End:
        return End(_("Nothing was written. Acknowledge them once they are put up."))
