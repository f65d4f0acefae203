"""What may happen to group KOP1 in the middle of a conversation: cash, votes, its share-out."""

import uuid
from collections.abc import Callable

from core.loans import applying, at_meeting, deciding, loans, products, sharing
from core.savings import meeting_count, meeting_lines, meetings, votes
from tests.support.history_of_meetings import open_meeting
from tests.support.loan_stages import OFFICERS, group_of
from tests.support.tenants import CURRENCY, KEYS
from tests.support.ussd import UssdTenant
from values import clock


def has_cash(tenant: UssdTenant) -> None:
    """Five shares of each at a meeting; nobody is on hold any more."""
    tenant.admin.execute("UPDATE subscriber SET status = 'active' WHERE status = 'frozen'")
    tenant.admin.execute("UPDATE account SET frozen = false")
    group_id, treasurer = group_of(tenant), tenant.id_of("uwera")
    meeting = open_meeting(tenant, group_id)
    with tenant.tx() as tx:
        everybody = meeting_lines.all_lines(tx, KEYS, meeting.id)
    for line in everybody:
        who = line.subscriber_id
        tenant.change(meeting_lines.save, KEYS, meeting, who, 5, by=treasurer)
    book_minor = tenant.change(meetings.require, group_id).book_minor
    for key in ("habimana", "mukamana"):
        tenant.change(meeting_count.count, group_id, book_minor, by=tenant.id_of(key))
    about = {"by": treasurer, "service_id": tenant.service().id}
    tenant.change(at_meeting.close, meeting.id, **about)


def waits_for_cash(tenant: UssdTenant) -> None:
    with tenant.tx() as tx:
        found = {one.key: one.id for one in products.in_force(tx, clock.now())}
    served, who = tenant.service().tenant, tenant.id_of("habimana")
    applied = tenant.change(
        applying.apply,
        KEYS,
        tenant=served,
        borrower_id=who,
        group_id=group_of(tenant),
        product_id=found["urgent"],
        principal_minor=6_000,
        periods=4,
        guarantor_ids=[],
        payout=loans.CASH,
    )
    for key in OFFICERS:
        told = {"loan_id": applied.loan_id, "officer_id": tenant.id_of(key)}
        tenant.change(deciding.approve, KEYS, tenant=served, **told)


def proposes(tenant: UssdTenant) -> None:
    about = {"group_id": group_of(tenant), "by": tenant.id_of("uwera"), "currency": CURRENCY}
    tenant.change(sharing.propose, today=tenant.service().tenant.today(), **about)


def agrees(tenant: UssdTenant) -> None:
    group_id = group_of(tenant)
    members: list[tuple[uuid.UUID]] = tenant.admin.execute(
        "SELECT subscriber_id FROM membership WHERE group_id = %s ORDER BY joined_at, 1",
        (group_id,),
    ).fetchall()
    for (who,) in members:
        with tenant.tx() as tx:
            open_now = votes.open_to(tx, who)
        for vote in open_now:
            tenant.change(votes.cast, KEYS, vote.id, votes.YES, member_id=who)


GROUP_STAGES: dict[str, Callable[[UssdTenant], None]] = {
    "KOP1 has cash in its box": has_cash,
    "habimana waits for a loan in cash": waits_for_cash,
    "KOP1 asks whether to share out": proposes,
    "KOP1 agrees to share out": agrees,
}
