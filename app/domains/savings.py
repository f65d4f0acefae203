"""Savings groups."""

from app.domains.domain import Domain, Sections
from checks import savings as samples
from core.savings import checks, member_list, messages, personal
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from core.savings.contributions import CONTRIBUTE
from flows.savings.contribute import Contribute
from flows.savings.entries import ENTRIES


def _sections() -> Sections:
    from core.savings.manifest import SAVINGS

    return (SAVINGS,)


DOMAIN = Domain(
    name="savings",
    flows=(Contribute,),
    entries=ENTRIES,
    messages=messages.MESSAGES,
    checks=checks.CHECKS,
    purposes=(ARRIVED_CONTRIBUTION,),
    operations=(CONTRIBUTE,),
    sections=_sections,
    samples=samples.SAMPLES,
    endpoints=("app.api.resources.groups",),
    listings=(member_list.MEMBERS,),
    personal=personal.PERSONAL,
)
