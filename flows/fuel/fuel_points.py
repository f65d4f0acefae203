"""A customer's points: how many there are, what they are worth, and the newest lines."""

from core.fuel import points
from core.fuel.points import EARNED, ENDED, Moved
from engine.flow import Flow
from menus.screens import End, Pin
from menus.texts import Day, Text, _
from values import clock

LINES_MAXIMUM = 4


class FuelPoints(Flow):
    """PIN -> the balance, and under it the statement: phones are shared."""

    name = "fuel_points"
    initial = "pin"
    transitions = [["answer", "pin", "shown"]]

    def pin(self) -> Pin:
        return Pin()

    def shown(self) -> End:
        today = self.tenant.today()
        has = self.read(points.balance, self.caller_id, today)
        rule = self.read(points.in_force, clock.now())
        lines = self.read(points.moves, self.caller_id, today, str(self.tenant.zone), LINES_MAXIMUM)
        listed: Text = _(
            "{points} points, worth {amount} at the pump.",
            points=has,
            amount=self.money(has * rule.worth_minor),
        )
        for line in lines:
            listed = _("{before}\n{line}", before=listed, line=_line(line))
        return End(listed)


def _line(move: Moved) -> Text:
    day = Day(move.day)
    if move.kind == EARNED:
        return _("{day} +{points} earned", day=day, points=move.points)
    if move.kind == ENDED:
        return _("{day} -{points} ended", day=day, points=move.points)
    return _("{day} -{points} used", day=day, points=move.points)
