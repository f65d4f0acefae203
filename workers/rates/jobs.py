"""Jobs of rates: one that was found stale is fetched."""

import uuid

from core.db.database import Deadline
from core.outbox import outbox
from core.rates import reading
from core.rates.runs import plan
from workers.jobs.context import current
from workers.jobs.kinds import JobKind
from workers.rates.poll import Poller
from workers.rates.sources import first_of

STEP_DEADLINE_S = 5.0
READ_TIMEOUT_S = 12.0  # a job has 30 s

JOBS = (JobKind(reading.REFRESH, "default", "workers.rates.jobs.refresh_rate"),)


def refresh_rate(tenant_id: str, outbox_id: str) -> None:
    """Fetch the pair of a rate again, once; where nobody answers, the poller will."""
    context, tenant = current(), uuid.UUID(tenant_id)
    with context.database.transaction(tenant, Deadline(STEP_DEADLINE_S)) as tx:
        held = outbox.claim(tx, uuid.UUID(outbox_id), lease_s=context.limits.job_lease_s)
        if held is None:
            return
        pair, planned = reading.pair_of(tx, held.subject_id), plan(tx)
    if pair is not None and planned is not None:
        asking = first_of(
            planned.providers,
            fakes_url=context.accounts.fakes_url,
            installed=context.accounts.installation,
            read_timeout_s=READ_TIMEOUT_S,
        )
        Poller(context.database, tenant, asking).fetch(pair)
    with context.database.transaction(tenant, Deadline(STEP_DEADLINE_S)) as tx:
        outbox.done(tx, held.outbox_id)
