"""A group's credit history: what it stands on, what it says, and that it ends."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from core.loans import credit_history
from core.savings import consents, votes
from core.savings.consents import NoSuchConsent, NotVoted, WrongConsent
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from tests.support.year import consent_of, year_of
from values.ids import uuid7


@pytest.fixture
def tenant(database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(database) as made:
        yield made
        assert made.broken() == []


def test_a_history_is_of_months_and_names_nobody(tenant: Tenant) -> None:
    group = year_of(tenant, members=3)
    _, _, eve = group.people
    group.hold_meeting(dict.fromkeys(group.people, 5))
    group.lend_in_cash(eve, 3_000)
    lent_in = group.day.replace(day=1)
    group.go_on(days=28)
    group.open()
    group.repay_at_meeting(eve, 560)
    group.end()
    with tenant.tx() as tx:
        found = credit_history.of_group(tx, group.id, today=group.day, currency=CURRENCY)
    by_month = {one.first: one for one in found.months}
    assert len(found.months) == credit_history.MONTHS
    assert (by_month[lent_in].loans, by_month[lent_in].lent_minor) == (1, 3_000)
    assert sum(one.repaid_minor for one in found.months) == 560
    assert sum(one.saved_minor for one in found.months) == 15 * group.rules.share_minor
    assert by_month[lent_in].came_percent == 100
    assert 0 < found.owed_minor < 3_000
    assert found.at_risk_percent == (0.0, 0.0, 0.0)
    with tenant.tx() as tx:
        late = credit_history.of_group(
            tx, group.id, today=group.day + timedelta(days=150), currency=CURRENCY
        )
    assert late.at_risk_percent == (100.0, 100.0, 100.0)
    said = [cell for row in credit_history.figures(found).rows for cell in row]
    assert not any("Member " in str(cell) for cell in said)


def test_a_consent_stands_on_a_vote_that_was_carried_and_ends(tenant: Tenant) -> None:
    group = year_of(tenant, members=3)
    today = group.day
    with tenant.tx() as tx:
        about: dict[str, Any] = {
            "bank": "Banki",
            "valid_until": today,
            "today": today,
            "by": "officer clerk",
        }
        with pytest.raises(NotVoted):
            consents.grant(tx, group.id, vote_id=uuid7(), **about)
        lost = votes.open_vote(
            *(tx,), group_id=group.id, by=group.treasurer, today=today, question="May they?",
            secret=False, hours=48,
        )  # fmt: skip
    for member in group.people[:2]:
        group.vote(member, votes.NO)
    with tenant.tx() as tx, pytest.raises(NotVoted):
        consents.grant(tx, group.id, vote_id=lost, **about)
    consent_id = consent_of(group, "Banki")
    with tenant.tx() as tx:
        (vote,) = consents.carried(tx, group.id)
        again = consents.grant(tx, group.id, vote_id=vote.id, **about)
        assert again == consent_id
        with pytest.raises(WrongConsent):
            consents.grant(
                tx, group.id, vote_id=vote.id, **{**about, "valid_until": today - timedelta(1)}
            )
        until = consents.require(tx, group.id, consent_id, today).valid_until
        with pytest.raises(NoSuchConsent):
            consents.require(tx, group.id, consent_id, until + timedelta(days=1))
        with pytest.raises(NoSuchConsent):  # another group's
            consents.require(tx, uuid7(), consent_id, today)
        consents.revoke(tx, group.id, consent_id, by="officer clerk", reason="The chair asked")
    with tenant.tx() as tx:
        with pytest.raises(NoSuchConsent):
            consents.require(tx, group.id, consent_id, today)
        with pytest.raises(NoSuchConsent):
            consents.revoke(tx, group.id, consent_id, by="officer clerk", reason="Again")
    said = "action IN ('write down consent', 'take consent back')"
    assert tenant.count("audit", said) == 2
    assert isinstance(until, date)
