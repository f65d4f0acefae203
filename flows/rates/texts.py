"""Texts that somebody wants: above or below a level, each day; and no more of them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.rates import alerts, daily
from core.rates.alerts import Direction
from core.rates.asked import Told
from core.rates.quotes import Pair
from core.rates.shown import shown
from engine.flow import Flow, Leave
from engine.flow_map import changes_what_no_intent_shows
from flows.rates.line import Line
from flows.rates.steps import PairSteps
from menus.answers import Number
from menus.fractions import Fraction
from menus.limits import KEY_MAX
from menus.screens import Ask, Confirm, End, Menu, Option
from menus.texts import Text, _
from values import clock

HOURS = (5, 22)
ABOVE_EACH, BELOW_EACH = "above each", "below each"


class RateAlert(PairSteps):
    """pair -> above or below, once or every time -> level -> armed."""

    name = "rate_alert"
    resumable = frozenset({"source", "destination", "way", "level"})
    transitions = [
        *PairSteps.steps_to("way"),
        ["answer", "way", "level"],
        {"trigger": "answer", "source": "level", "dest": "armed", "before": "arm"},
    ]  # fmt: skip

    class Answers(PairSteps.Answers):
        way: str
        level: str

    answers: Answers

    @classmethod
    def words_of(cls, line: Line) -> Sequence[str]:
        return [word for word in (line.way, line.number) if word] if line.way else []

    def way(self) -> Menu:
        options = (
            Option(1, _("Above, once"), "above", ">"),
            Option(2, _("Below, once"), "below", "<"),
            Option(3, _("Above, every time"), ABOVE_EACH, ">>"),
            Option(4, _("Below, every time"), BELOW_EACH, "<<"),
        )
        return Menu(self.rate_text(), options)

    def level(self) -> Ask:
        told = self.told
        if self.is_above:
            prompt = _("Text me when 1 {source} is above how many {destination}?", **_names(told))
        else:
            prompt = _("Text me when 1 {source} is below how many {destination}?", **_names(told))
        return Ask(prompt, Fraction())

    @property
    def is_above(self) -> bool:
        return self.answers.way.startswith("above")

    def arm(self) -> None:
        """Before hook of `level`. The same again is the same alert."""
        self.write(
            alerts.add,
            subscriber_id=self.caller_id,
            service_id=self.context.service.id,
            pair=self.told.pair,
            direction=Direction.ABOVE if self.is_above else Direction.BELOW,
            level=Decimal(self.answers.level),
            every_time=self.answers.way in (ABOVE_EACH, BELOW_EACH),
        )

    def armed(self) -> End:
        values = {**_names(self.told), "level": shown(Decimal(self.answers.level))}
        if self.is_above:
            when = _("We text you when 1 {source} is above {level} {destination}.", **values)
        else:
            when = _("We text you when 1 {source} is below {level} {destination}.", **values)
        return End(_("{when}\nNow: {rate}", when=when, rate=self.rate_text()))


class DailyRate(PairSteps):
    """pair -> hour -> a text each day."""

    name = "daily_rate"
    resumable = frozenset({"source", "destination", "hour"})
    transitions = [
        *PairSteps.steps_to("hour"),
        {"trigger": "answer", "source": "hour", "dest": "started", "before": "start"},
    ]  # fmt: skip

    class Answers(PairSteps.Answers):
        hour: int

    answers: Answers

    def hour(self) -> Ask:
        return Ask(_("A text each day at which hour, 5 to 22?"), Number(*HOURS))

    def start(self) -> None:
        """Before hook of `hour`. Another hour takes the place of the first."""
        self.write(
            daily.start,
            subscriber_id=self.caller_id,
            service_id=self.context.service.id,
            pair=self.told.pair,
            hour=self.answers.hour,
            now=clock.now(self.tenant.zone),
        )

    def started(self) -> End:
        return End(
            _(
                "{pair}: a text each day at {hour}:00.",
                pair=str(self.told.pair),
                hour=self.answers.hour,
            )
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that somebody gets of a pair: by an alert at a level such as "> 1,650.00", or at an
    hour of each day."""

    source: str
    destination: str
    hour: int = 0
    alert_id: uuid.UUID | None = None
    level: str = ""

    @property
    def pair(self) -> Pair:
        return Pair(self.source, self.destination)

    @property
    def label(self) -> Text:
        if self.alert_id is not None:
            return f"{self.pair} {self.level}"
        return _("{pair} at {hour}:00", pair=str(self.pair), hour=self.hour)


class StopRateTexts(Flow):
    """which of one's alerts and daily texts -> confirm, by its name -> it has ended.

    When one of them ends, or fires, the keys of the others change: a key alone ends nothing.
    """

    name = "stop_rate_texts"
    initial = "which"
    resumable = frozenset({"which"})
    transitions = [
        ["answer", "which", "confirm"],
        {"trigger": "answer", "source": "confirm", "dest": "ended", "conditions": "yes",
         "before": "end"},
        ["answer", "confirm", "declined"],
    ]  # fmt: skip

    class Answers:
        which: Wanted

    answers: Answers

    def which(self) -> Menu | End:
        wanted = [
            Wanted(each.pair.source, each.pair.destination, hour=each.hour)
            for each in self.read(daily.of_person, self.caller_id)
        ]
        for alert in self.read(alerts.of_person, self.caller_id):
            sign = ">" if alert.direction is Direction.ABOVE else "<"
            level = f"{sign} {shown(alert.level)}"
            pair = alert.pair
            wanted.append(Wanted(pair.source, pair.destination, alert_id=alert.id, level=level))
        if not wanted:
            return End(_("You get no texts about rates."))
        options = (
            Option(key, each.label, each) for key, each in enumerate(wanted[:KEY_MAX], start=1)
        )
        return Menu(_("End which text?"), tuple(options))

    def confirm(self) -> Confirm:
        return Confirm(_("End {text}?", text=self.answers.which.label))

    @changes_what_no_intent_shows
    def end(self) -> None:
        """Before hook of `confirm`."""
        which = self.answers.which
        if which.alert_id is not None:
            self.write(alerts.cancel, which.alert_id, self.caller_id)
        else:
            self.write(daily.stop, self.caller_id, which.pair)

    def ended(self) -> End:
        return End(_("Ended. You get it no more."))

    def declined(self) -> Leave:
        return Leave(_("Nothing was changed."))


def _names(told: Told) -> dict[str, Text]:
    return {"source": told.source, "destination": told.destination}
