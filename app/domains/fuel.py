"""Fuel: what an oil-marketing company and its stations do."""

from app.domains.domain import Domain, Sections
from checks import fuel as samples
from core.fuel import kept_charts, lifecycle, messages, personal, publishing, sale_payment
from flows.fuel.acknowledge import AcknowledgePrices
from flows.fuel.answer_complaint import AnswerComplaint
from flows.fuel.close_shift import CloseShift
from flows.fuel.confirm_dip import ConfirmDip
from flows.fuel.enter_dip import EnterDip
from flows.fuel.entries import ENTRIES
from flows.fuel.fuel_complaint import FuelComplaint
from flows.fuel.fuel_points import FuelPoints
from flows.fuel.open_shift import OpenShift
from flows.fuel.pay_fuel import PayFuel
from flows.fuel.price import FuelPrice
from flows.fuel.receive_fuel import ReceiveFuel
from flows.fuel.sell_fuel import SellFuel
from flows.fuel.station_code import StationCode
from workers.schedule import fuel as schedule


def _sections() -> Sections:
    from core.fuel.manifest import FUEL

    return (FUEL,)


DOMAIN = Domain(
    name="fuel",
    flows=(
        *(FuelPrice, AcknowledgePrices, StationCode, OpenShift, CloseShift),
        *(SellFuel, PayFuel, FuelPoints, FuelComplaint, AnswerComplaint),
        *(EnterDip, ConfirmDip, ReceiveFuel),
    ),
    entries=ENTRIES,
    messages=messages.MESSAGES,
    operations=(sale_payment.FUEL_SALE,),
    approvals=(publishing.PUBLISH, kept_charts.NEW_CHART),
    lifecycles=(lifecycle.SHIFT, lifecycle.SALE, lifecycle.COMPLAINT, lifecycle.DIP),
    personal=personal.PERSONAL,
    holds_back=personal.HOLDS_BACK,
    tasks=schedule.TASKS,
    pages=("app.console.fuel.page",),
    sections=_sections,
    samples=samples.SAMPLES,
)
