"""Money: the ledger and the intents behind every payment."""

from app.domains.domain import Domain, Sections
from checks import money as samples
from core.money import intents, ledger, retention, verify
from core.money import listing as lists
from flows.account.entries import ENTRIES


def _sections() -> Sections:
    from core.money.manifest import TARIFFS

    return (TARIFFS,)


DOMAIN = Domain(
    name="money",
    entries=ENTRIES,
    checks=verify.CHECKS,
    lifecycles=(intents.INTENT, ledger.HOLD),
    retention=retention.RETENTION,
    sections=_sections,
    samples=samples.SAMPLES,
    endpoints=("app.api.resources.money",),
    listings=(lists.MOVEMENTS,),
)
