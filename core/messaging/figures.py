"""Messages of which nobody knows whether they have arrived at their provider."""

from typing import Final

from core.metrics.figures import TENANT, Figure

FIGURES: Final = (
    Figure(
        "piga_messages_unknown",
        "Messages that may have gone out, and nobody says.",
        (TENANT,),
        "SELECT t.id, count(m.id) FROM tenant t LEFT JOIN message m ON m.tenant_id = t.id"
        " AND m.state = 'unknown' GROUP BY t.id",
    ),
)
