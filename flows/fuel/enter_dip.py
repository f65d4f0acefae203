"""A tank is dipped: millimetres become litres by its own chart, and a second person confirms."""

import uuid
from decimal import Decimal

from core.fuel import dips, meters
from core.fuel.dips import Measured
from core.fuel.kept_charts import Tank
from core.fuel.stations import Station
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from flows.fuel.tanks import tanks_menu, which_menu
from menus import sentences
from menus.fractions import Fraction
from menus.screens import Ask, Confirm, End, Fact, Menu, Option
from menus.texts import _

MM = Fraction(decimals=1, takes_zero=True, maximum=20_000)
WITH, WITHOUT = "with", "without"


class EnterDip(Flow):
    """which of several stations -> a tank -> the dip -> the water -> temperature and density, or
    neither -> sure? -> another confirms it."""

    name = "enter_dip"
    initial = "which"
    transitions = [
        ["answer", "which", "tank"],
        {"trigger": "answer", "source": "tank", "dest": "dip", "before": "require_still"},
        {"trigger": "answer", "source": "dip", "dest": "water", "before": "check_dip"},
        {"trigger": "answer", "source": "water", "dest": "warmth", "before": "check_water"},
        {"trigger": "answer", "source": "warmth", "dest": "temperature", "conditions": "is_with"},
        ["answer", "warmth", "sure"],
        ["answer", "temperature", "density"],
        {"trigger": "answer", "source": "density", "dest": "sure", "before": "check_density"},
        {"trigger": "answer", "source": "sure", "dest": "entered", "conditions": "yes",
         "before": "enter"},
        ["answer", "sure", "kept"],
    ]  # fmt: skip

    class Answers:
        dip: str
        water: str
        temperature: str = ""
        density: str = ""
        which: Station | None = None
        tank: Tank | None = None

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

    def require_still(self) -> None:
        """Raises PumpSells, NoChart."""
        tank: Tank = self.given
        self.read(dips.require_still, tank.id)
        self.read(dips.chart_today, tank.id)

    @property
    def _tank_id(self) -> uuid.UUID:
        assert self.answers.tank is not None, "it was chosen"
        return self.answers.tank.id

    def _measured(self, dip: str, water: str = "0", density: str = "") -> Measured:
        is_warm = bool(density)
        return self.read(
            dips.measure,
            self._tank_id,
            Decimal(dip),
            Decimal(water),
            temperature_c=Decimal(self.answers.temperature) if is_warm else None,
            density_15=Decimal(density) if is_warm else None,
        )

    def dip(self) -> Ask:
        return Ask(_("Dip in mm?"), MM)

    def check_dip(self) -> None:
        """Raises DipOutside."""
        self._measured(self.given)

    def water(self) -> Ask:
        return Ask(_("Water in mm? 0 if there is none."), MM)

    def check_water(self) -> None:
        """Raises WaterAboveDip, DipOutside."""
        self._measured(self.answers.dip, self.given)

    def warmth(self) -> Menu:
        return Menu(
            _("Were temperature and density measured?"),
            (Option(1, _("Neither"), WITHOUT), Option(2, _("Both"), WITH)),
        )

    def is_with(self) -> bool:
        return bool(self.given == WITH)

    def temperature(self) -> Ask:
        return Ask(
            _("Temperature in degrees C?"), Fraction(decimals=1, takes_zero=True, maximum=95)
        )

    def density(self) -> Ask:
        return Ask(_("Density at 15 degrees C, in kg/m3?"), Fraction(decimals=1, maximum=1_075))

    def check_density(self) -> None:
        """Raises NotMeasurable."""
        self._measured(self.answers.dip, self.answers.water, self.given)

    def _all(self) -> Measured:
        said = self.answers
        return self._measured(said.dip, said.water, said.density)

    def sure(self) -> Confirm:
        found = self._all()
        facts = [Fact(_("Fuel, litres"), meters.litres(found.volume_cl))]
        if found.water_cl:
            facts.append(Fact(_("Water, litres"), meters.litres(found.water_cl)))
        if found.since_cl is not None:
            sign = "-" if found.since_cl < 0 else "+"
            facts.append(
                Fact(_("Since the last dip"), f"{sign}{meters.litres(abs(found.since_cl))}")
            )
        if found.standard_cl is not None:
            facts.append(Fact(_("At 15 degrees C"), meters.litres(found.standard_cl)))
        assert self.answers.tank is not None, "it was chosen"
        title = _(
            "Tank {tank}, {product}: {mm} mm. Right?",
            tank=self.answers.tank.number,
            product=self.answers.tank.name,
            mm=self.answers.dip,
        )
        return Confirm(title, tuple(facts))

    @changes_what_no_intent_shows
    def enter(self) -> None:
        self.write(
            dips.enter, tank_id=self._tank_id, person_id=self.caller_id, measured=self._all()
        )

    def entered(self) -> End:
        return End(_("It is entered. It counts once somebody else here has confirmed it."))

    def kept(self) -> End:
        return End(sentences.CANCELLED)
