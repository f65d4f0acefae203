"""What a driver earned today and this week."""

from datetime import datetime, time, timedelta

from core.money import ledger
from core.rides import drivers
from core.rides.drivers import Earnings
from engine.flow import Flow
from menus.screens import End, Pin
from menus.texts import _


class RideEarnings(Flow):
    """PIN -> the sums: phones are shared."""

    name = "ride_earnings"
    initial = "pin"
    transitions = [["answer", "pin", "sums"]]

    def pin(self) -> Pin:
        return Pin()

    def sums(self) -> End:
        today, week = self._since(0), self._since(6)
        papers = self.read(drivers.get, self.caller_id).papers_until
        return End(
            _(
                "Today {rides} rides: wallet {wallet}, cash {cash}. 7 days: {week_rides} rides,"
                " {week}. Papers until {day}.",
                rides=today.rides,
                wallet=self.money(today.wallet_minor),
                cash=self.money(today.cash_minor),
                week_rides=week.rides,
                week=self.money(week.wallet_minor + week.cash_minor),
                day=f"{papers:%d/%m/%Y}",
            )
        )

    def _since(self, days: int) -> Earnings:
        """From the beginning of a day so many days ago on, by the tenant's clock."""
        day = self.tenant.today() - timedelta(days=days)
        begins = datetime.combine(day, time(), self.tenant.zone)
        wallet = ledger.account_id(self.caller_id, ledger.WALLET, self.currency)
        return self.read(drivers.earned_since, wallet, self.caller_id, begins)
