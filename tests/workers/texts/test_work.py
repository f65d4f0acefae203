"""The job that works a device's texts: in order, until none is left, and what it raises."""

import logging
import uuid
from collections.abc import Iterator

import pytest

from core.payments import exceptions
from core.people import people
from tests.core.payments.test_crediting import Koop, tenant
from tests.support.tenants import KEYS, Tenant
from tests.support.texts import PURPOSES
from workers.jobs import context
from workers.texts.work import work_texts

__all__ = ["tenant"]


@pytest.fixture
def koop(tenant: Tenant) -> Iterator[Koop]:
    context.install(context.make(tenant.database, KEYS, {}, purposes=PURPOSES))
    yield Koop(tenant)
    assert tenant.broken() == []


def run(koop: Koop) -> str:
    """Do the device's newest job; what has become of it."""
    newest = "SELECT id, state FROM outbox WHERE subject_id = %s ORDER BY id DESC LIMIT 1"
    outbox_id: uuid.UUID = koop.tenant.one(newest, koop.till.added.id)[0]
    work_texts(str(koop.tenant.tenant_id), str(outbox_id))
    return str(koop.tenant.one(newest, koop.till.added.id)[1])


def test_all_that_waits_is_worked(koop: Koop) -> None:
    koop.till.store(*(koop.till.received(100, note=koop.token()) for _ in range(3)))
    assert (run(koop), koop.saved()) == ("done", 300)
    assert (run(koop), koop.saved()) == ("done", 300)


def test_a_gap_is_looked_at_again(koop: Koop) -> None:
    texts = [koop.till.received(100, note=koop.token()) for _ in range(3)]
    koop.till.store(texts[0], texts[2])
    assert (run(koop), koop.saved()) == ("waiting", 100)
    koop.till.store(texts[1])
    assert (run(koop), koop.saved()) == ("done", 300)


def test_what_the_ledger_refuses_waits_in_suspense_and_stops_nobody(koop: Koop) -> None:
    token, other = koop.token(), Koop(koop.tenant)
    other.till = koop.till
    with koop.tenant.tx() as tx:
        people.freeze(tx, koop.member, frozen=True, actor="operator test", reason="lost")
    koop.till.store(
        koop.till.received(700, note=token), koop.till.received(800, note=other.token())
    )
    assert (run(koop), other.saved()) == ("done", 800)
    with koop.tenant.tx() as tx:
        waits = [one for one in exceptions.listed(tx) if one.wallet == koop.till.wallet]
    assert [(one.reason, one.amount_minor) for one in waits] == [("refused", 700)]


def test_a_forgery_raises_an_alarm_that_says_nothing_of_it(
    koop: Koop, caplog: pytest.LogCaptureFixture
) -> None:
    from dataclasses import replace

    forged = replace(koop.till.received(700, note=koop.token()), sender="+250788999888")
    koop.till.store(forged)
    with caplog.at_level(logging.ERROR):
        assert run(koop) == "done"
    assert "ALARM a device forwarded texts that are not what they claim to be" in caplog.text
    assert "Divine" not in caplog.text
    assert "788999888" not in caplog.text


@pytest.mark.parametrize("digits", [12, 17, 25])
def test_an_amount_that_no_wallet_holds_stops_nobody(koop: Koop, digits: int) -> None:
    till, before = koop.till, koop.till.balance
    huge = till.received(int("9" * digits), note=koop.token(), balance=int("9" * digits) + before)
    assert till.store(huge) == [True]
    koop.tenant.admin.execute("UPDATE payment_text SET created_at = now() - interval '1 hour'")
    assert run(koop) in ("done", "waiting")
    stuck = koop.tenant.count("payment_text", "state = 'stored' AND device_id = %s", till.added.id)
    assert stuck == 0
    assert koop.saved() == (0 if digits > 15 else int("9" * digits))
