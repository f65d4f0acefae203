"""A forgotten PIN, replaced by two officers."""

from app.domains.domain import Domain
from checks import recovery as samples
from core.recovery import messages, new_pin
from flows.recovery.new_pin import NewPin

DOMAIN = Domain(
    name="recovery",
    flows=(NewPin,),
    entered_by_engine=frozenset({NewPin.name}),
    messages=messages.MESSAGES,
    approvals=(new_pin.NEW_PIN,),
    samples=samples.SAMPLES,
)
