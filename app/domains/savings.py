"""Savings groups."""

from app.domains.domain import Domain
from checks import savings as samples
from core.savings import checks, messages
from flows.savings.contribute import Contribute

DOMAIN = Domain(
    name="savings",
    flows=(Contribute,),
    messages=messages.MESSAGES,
    checks=checks.CHECKS,
    samples=samples.SAMPLES,
)
