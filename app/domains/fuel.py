"""Fuel: what an oil-marketing company and its stations do."""

from app.domains.domain import Domain, Sections
from checks import fuel as samples
from core.fuel import messages, personal, publishing
from flows.fuel.acknowledge import AcknowledgePrices
from flows.fuel.price import FuelPrice


def _sections() -> Sections:
    from core.fuel.manifest import FUEL

    return (FUEL,)


DOMAIN = Domain(
    name="fuel",
    flows=(FuelPrice, AcknowledgePrices),
    messages=messages.MESSAGES,
    approvals=(publishing.PUBLISH,),
    personal=personal.PERSONAL,
    sections=_sections,
    samples=samples.SAMPLES,
)
