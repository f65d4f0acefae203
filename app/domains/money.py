"""Money: the ledger and the intents behind every payment."""

from app.domains.domain import Domain
from checks import money as samples
from core.money import retention, verify

DOMAIN = Domain(
    name="money",
    checks=verify.CHECKS,
    retention=retention.RETENTION,
    samples=samples.SAMPLES,
)
