"""An agent is told once that their float is low."""

import uuid

from core.agents.float_messages import FloatLow
from core.db.database import Tx
from core.messaging import messages
from core.money.intents import Intent
from values.money import Money


def warn_of_low_float(tx: Tx, intent: Intent, float_minor: int, *, taken_minor: int) -> None:
    """Text the agent at the sale that took the float below what the tenant calls low: what is left
    after it, and what it took."""
    low_minor = int(intent.quote.get("float_low_minor", 0))
    if float_minor < low_minor <= float_minor + taken_minor:
        messages.write_text(
            tx,
            subscriber_id=intent.subscriber_id,
            service_id=uuid.UUID(intent.quote["service"]),
            message=FloatLow(float=Money(float_minor, intent.currency)),
        )
