"""Yesterday and the week of a pair."""

from datetime import timedelta

from core.rates import chart, history
from core.rates.errors import NoRateYet
from core.rates.history import Week
from core.rates.picture import HEIGHT, MIME_TYPE, WIDTH, png
from core.rates.shown import shown, shown_change
from flows.rates.steps import PairSteps
from menus.screens import End, Picture
from menus.texts import Text, _
from values import clock


class RateWeek(PairSteps):
    """pair -> now, yesterday, the week's change, lowest and highest; and a chart in a chat that
    shows pictures."""

    name = "rate_week"
    transitions = [
        *PairSteps.steps_to("shown"),
    ]  # fmt: skip

    def shown(self) -> End:
        now = clock.now(self.tenant.zone)
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        found = self.read(history.week, self.told.pair, day=day, week_ago=now - timedelta(days=7))
        if found is None:
            raise NoRateYet
        return End(self._text(found), Picture(MIME_TYPE, f"{self.told.pair}.png", self.draw))

    def draw(self) -> bytes:
        """The week as a chart, where a picture is shown."""
        now = clock.now(self.tenant.zone)
        found = self.read(chart.of_week, self.told.pair, now, width=WIDTH, height=HEIGHT)
        return png(found) if found is not None else b""

    def _text(self, week: Week) -> Text:
        return _(
            "{rate}\nYesterday {yesterday} ({day})\nWeek {first} ({week}), {lowest} to {highest}",
            rate=self.rate_text(),
            yesterday=shown(week.yesterday.rate),
            day=shown_change(week.yesterday.rate, week.now.rate),
            first=shown(week.first.rate),
            week=shown_change(week.first.rate, week.now.rate),
            lowest=shown(week.lowest),
            highest=shown(week.highest),
        )
