"""When rates were asked for last."""

from typing import Final

from core.metrics.figures import TENANT, Figure

FIGURES: Final = (
    Figure(
        "piga_rates_poll_age_seconds",
        "How long ago sources of rates were asked last.",
        (TENANT,),
        "SELECT p.tenant_id, extract(epoch FROM now() - r.started_at) FROM rate_plan p"
        " CROSS JOIN LATERAL (SELECT started_at FROM rate_run WHERE tenant_id = p.tenant_id"
        " ORDER BY started_at DESC LIMIT 1) r",
    ),
    Figure(
        "piga_rates_poll_interval_seconds",
        "How often sources of rates are to be asked.",
        (TENANT,),
        "SELECT tenant_id, interval_s FROM rate_plan",
    ),
)
