"""The job that asks a provider what a service's account has left."""

import logging
import uuid
from typing import Final

from redis import RedisError

from core.db.database import Deadline
from core.db.errors import OutcomeUnknown as CommitUnknown
from core.db.errors import Unavailable
from core.outbox import outbox
from core.tenants.directory import Service
from providers import registry
from providers.contracts.messages import SendError
from values import clock
from workers.calls import provider_call
from workers.jobs.context import Context, current
from workers.process import where
from workers.wire_log import Balance

log = logging.getLogger(__name__)

STEP_DEADLINE_S: Final = 5.0
UNKNOWN: Final = "does_not_tell"


def ask_balance(tenant_id: str, outbox_id: str) -> None:
    """Ask for the service that an outbox row is about, once: what comes of it is shown, whatever it
    is. Never raises."""
    try:
        _ask(current(), uuid.UUID(tenant_id), uuid.UUID(outbox_id))
    except (Unavailable, CommitUnknown, RedisError) as away:
        log.warning("balance %s waits: %s", outbox_id, type(away).__name__)
    except Exception as error:
        log.error("balance %s: %s", outbox_id, where(error), extra={"fault": error})


def _ask(context: Context, tenant_id: uuid.UUID, outbox_id: uuid.UUID) -> None:
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        row = outbox.claim(tx, outbox_id, lease_s=context.limits.job_lease_s)
    if row is None:
        return
    service = context.directory.by_id(row.subject_id)
    if service is not None:
        for balance in _found(context, tenant_id, service):
            context.wire.keep_balance(tenant_id, service.provider, balance)
    with context.database.transaction(tenant_id, Deadline(STEP_DEADLINE_S)) as tx:
        outbox.done(tx, outbox_id)


def _found(context: Context, tenant_id: uuid.UUID, service: Service) -> list[Balance]:
    """What is shown: by account, or by product where an account has several purses."""
    name = context.accounts.name(service) or service.provider
    make = registry.find(service.provider).balances
    if make is None:
        return [Balance(name, "", UNKNOWN, clock.now())]
    try:
        asked = make(context.accounts.account(service))
        with provider_call(context.wire, tenant_id, service.provider, "balance"):
            left = asked.balances()
    except SendError as error:
        return [Balance(name, "", error.code, clock.now())]
    return [
        Balance(f"{name} {one.product}".rstrip(), f"{one.currency} {one.amount:f}", "", clock.now())
        for one in left
    ]
