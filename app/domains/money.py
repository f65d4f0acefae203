"""Money: the ledger and the intents behind every payment."""

from app.domains.domain import Domain, Sections
from checks import money as samples
from core.money import intents, ledger, personal, retention, verify
from core.money import listing as lists
from core.money.tariff_publishing import Operations, Publish
from flows.account.entries import ENTRIES


def _sections() -> Sections:
    from core.money.manifest import TARIFFS

    return (TARIFFS,)


def _operations() -> Operations:
    """What all domains say that tables may set fees and limits for."""
    from app import domains

    return domains.load().priced_operations


DOMAIN = Domain(
    name="money",
    entries=ENTRIES,
    checks=verify.CHECKS,
    lifecycles=(intents.INTENT, ledger.HOLD),
    approvals=(Publish(_operations),),
    retention=retention.RETENTION,
    sections=_sections,
    samples=samples.SAMPLES,
    pages=("app.console.tariffs.page",),
    endpoints=("app.api.resources.money",),
    listings=(lists.MOVEMENTS,),
    personal=personal.PERSONAL,
    holds_back=personal.HOLDS_BACK,
)
