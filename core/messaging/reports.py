"""Delivery reports, taken for whichever tenant's text they are about.

A provider reports by account, and the tenants of an installation share one at each provider: all
reports come to one hook, which proves the account and nothing else.
"""

import uuid
from dataclasses import dataclass

from core.db.database import Database
from core.messaging.bills import Billed, record_bill
from core.messaging.delivery import PROVIDER_ID_CHARS_MAXIMUM, apply_report, is_awaited
from core.people.people import USSD


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider says of a text, by its own id of it: see `delivery.apply_report`.
    `message_id` is our id of it, where the wire brings that back; `billed` is what the provider
    says that it charges, where it does."""

    provider: str
    provider_message_id: str
    state: str | None
    reason: str | None = None
    address_lookup: bytes | None = None
    message_id: uuid.UUID | None = None
    billed: Billed | None = None


def take_report(database: Database, asked: uuid.UUID, report: Report) -> str:
    """Find whose text it is and apply the report there, each tenant in a transaction of its own;
    `asked` is the tenant of the hook.

    Our own id decides where it comes back, and else a known one. Of an unknown one it is the tenant
    that waits for a report to that number; where several do, each keeps it until its own request is
    answered with that id, and none is guessed. Answers as `apply_report` does. Raises Unavailable.

    The answer to the request may be recorded between two looks: at the first its id is not known
    yet, and at the second no text waits for a report any more. So what seems to be nobody's is
    looked for once more; a text of ours has been `sending` since before its request left, and by
    the second look it either waits or its id is known.
    """
    if report.state is None or not 0 < len(report.provider_message_id) <= PROVIDER_ID_CHARS_MAXIMUM:
        return "unreadable"
    if report.message_id is not None:
        answer = _apply(database, asked, report, is_shared=True)
        if answer != "foreign":
            return answer
    answer = _find(database, asked, report)
    return _find(database, asked, report) if answer == "foreign" else answer


def _find(database: Database, asked: uuid.UUID, report: Report) -> str:
    """Apply it for whoever knows its id, or else waits for it."""
    found = database.autocommit(asked).all(
        "SELECT tenant_id, is_known FROM tenants_of_report(%s, %s, %s, %s)",
        (report.provider, report.provider_message_id, USSD, report.address_lookup),
    )
    known = [tenant for tenant, is_known in found if is_known]
    waiting = known or [
        tenant for tenant, _ in found if _is_awaited(database, tenant, report.address_lookup)
    ]
    answers = {_apply(database, tenant, report, is_shared=len(waiting) > 1) for tenant in waiting}
    return next((each for each in ("advanced", "kept", "old") if each in answers), "foreign")


def _is_awaited(database: Database, tenant: uuid.UUID, address_lookup: bytes | None) -> bool:
    with database.transaction(tenant) as tx:
        return is_awaited(tx, address_lookup)


def _apply(database: Database, tenant: uuid.UUID, report: Report, *, is_shared: bool) -> str:
    with database.transaction(tenant) as tx:
        answer = apply_report(
            tx,
            provider=report.provider,
            provider_message_id=report.provider_message_id,
            state=report.state,
            reason=report.reason,
            address_lookup=report.address_lookup,
            is_shared=is_shared,
            message_id=report.message_id,
        )
        if report.billed is not None and answer in ("advanced", "old"):
            record_bill(tx, report.provider, report.provider_message_id, report.billed)
        return answer
