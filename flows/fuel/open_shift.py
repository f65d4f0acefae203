"""An attendant opens a shift: the code of the hour, a pump, the meters of its nozzles."""

from core.fuel import meters, shifts, station_codes
from core.fuel.errors import WrongStationCode
from core.fuel.shifts import Nozzle
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from flows.fuel.meters import ask_now
from menus.answers import Code
from menus.screens import Ask, End, Menu, Option
from menus.texts import _
from values import clock


class OpenShift(Flow):
    """the code -> a pump -> a meter for each of its nozzles -> open."""

    name = "open_shift"
    initial = "code"
    transitions = [
        {"trigger": "answer", "source": "code", "dest": "pump", "before": "check_code"},
        ["answer", "pump", "meter"],
        {"trigger": "answer", "source": "meter", "dest": "meter", "prepare": "take",
         "conditions": "is_more"},
        {"trigger": "answer", "source": "meter", "dest": "opened", "before": "open"},
    ]  # fmt: skip

    class Answers:
        pump: int
        meter: str
        taken_cl: tuple[int, ...] = ()

    answers: Answers

    def code(self) -> Ask:
        station = self.read(shifts.require_free, self.caller_id)
        return Ask(
            _("{station}: the station's code of this hour?", station=station.name),
            Code(station_codes.CODE_DIGITS),
        )

    def check_code(self) -> None:
        is_right = self.context.autonomous(
            station_codes.check,
            self.context.keys,
            attendant_id=self.caller_id,
            code=self.secret,
        )
        if not is_right:
            raise WrongStationCode

    def pump(self) -> Menu:
        station = self.read(shifts.require_free, self.caller_id)
        pumps = self.read(shifts.free_pumps, station.id)
        options = (Option(pump, _("Pump {pump}", pump=pump), pump) for pump in pumps)
        return Menu(_("At which pump?"), tuple(options))

    def _nozzles(self) -> list[Nozzle]:
        station = self.read(shifts.require_free, self.caller_id)
        return self.read(shifts.nozzles_of, station.id, self.answers.pump)

    def meter(self) -> Ask:
        nozzle = self._nozzles()[len(self.answers.taken_cl)]
        return ask_now(nozzle, meters.litres(nozzle.last_cl or 0))

    def take(self) -> None:
        """Before a state's conditions are looked at: what the meter says. Raises MeterBelow,
        MeterTooFar."""
        totaliser_cl = meters.centilitres(self.given)
        shifts.check_reading(self._nozzles()[len(self.answers.taken_cl)], totaliser_cl)
        self.answers.taken_cl = (*self.answers.taken_cl, totaliser_cl)

    def is_more(self) -> bool:
        return len(self.answers.taken_cl) < len(self._nozzles())

    @changes_what_no_intent_shows
    def open(self) -> None:
        self.write(
            shifts.begin,
            attendant_id=self.caller_id,
            pump=self.answers.pump,
            totalisers_cl=self.answers.taken_cl,
            at=clock.now(),
        )

    def opened(self) -> End:
        return End(
            _(
                "Your shift at pump {pump} is open. Close it here when you go.",
                pump=self.answers.pump,
            )
        )
