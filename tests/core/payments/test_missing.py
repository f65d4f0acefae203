"""Money that somebody says is missing: noted once, and looked for among what is in question."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.payments import exceptions, missing
from core.payments.errors import TooManyReports
from menus.answers import WrongAnswer
from menus.transaction_ids import TransactionId
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from tests.support.texts import Till, group, join
from values import clock
from values.ids import uuid7
from values.money import Money

AMOUNT = Money(5_000, CURRENCY)


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        with made.tx() as tx:
            tx.execute(
                "INSERT INTO service (tenant_id, id, provider, channel, code, tree) VALUES"
                " (current_tenant(), %s, 'africastalking', 'ussd', '*384*77#', '{}')",
                (uuid7(),),
            )
        yield made
        assert made.broken() == []


def report(tenant: Tenant, who: uuid.UUID, txid: str = "", file: uuid.UUID | None = None) -> None:
    with tenant.tx() as tx:
        by = missing.report(tx, who, AMOUNT, txid, file)
    assert timedelta(hours=47) < by - clock.now() <= missing.ANSWER_WITHIN


def reports_of(tenant: Tenant, who: uuid.UUID) -> list[missing.Report]:
    with tenant.tx() as tx:
        return [one for one in missing.waiting(tx) if one.subscriber_id == who]


def test_the_same_report_again_is_the_same_one(tenant: Tenant) -> None:
    who, picture = tenant.person(), uuid.uuid4()
    report(tenant, who, "T1")
    report(tenant, who, "T1", picture)
    report(tenant, who, "T1")
    [one] = reports_of(tenant, who)
    assert (one.amount, one.txid, one.file_id) == (AMOUNT, "T1", picture)


def test_more_than_staff_can_look_for_is_refused(tenant: Tenant) -> None:
    who = tenant.person()
    for number in range(missing.OPEN_MAXIMUM):
        report(tenant, who, f"T{number}")
    with pytest.raises(TooManyReports):
        report(tenant, who, "one more")
    report(tenant, who, "T0")  # it waits already
    report(tenant, tenant.person())
    first = reports_of(tenant, who)[0].id
    with tenant.tx() as tx:
        assert missing.answer(tx, first, found=False, actor="staff ann", reason="no text")
    with tenant.tx() as tx:
        assert not missing.answer(tx, first, found=True, actor="staff ann", reason="again")
    report(tenant, who, "one more")
    kinds = tenant.admin.execute(
        "SELECT template FROM message WHERE subscriber_id = %s", (who,)
    ).fetchall()
    assert kinds == [("missing_money_not_found",)]


def test_money_in_question_with_that_id_is_named(tenant: Tenant) -> None:
    who, till = tenant.person(), Till(tenant, name="named", wallet="NAMED")
    till.take(till.received(5_000, txid="7210000001"))
    report(tenant, who, "7210000001")
    with tenant.tx() as tx:
        [found] = [one for one in exceptions.listed(tx) if one.wallet == "NAMED"]
    assert [one.exception_id for one in reports_of(tenant, who)] == [found.id]


def test_who_has_it_already_is_told_and_nobody_else(tenant: Tenant) -> None:
    who, other = tenant.person(), tenant.person("Mugabo Jean")
    savings = group(tenant, "KMISS")
    join(tenant, savings, who, other)
    till = Till(tenant, name="theirs", wallet="THEIRS", group_id=savings)
    payer = f"Divine UWASE ({tenant.number_of(who)[1:]})"
    [worked] = till.take(till.received(5_000, payer, txid="7210000002"))
    assert worked.state == "credited"
    ours = tenant.as_turns_have_it()
    with tenant.tx() as tx:
        found = missing.arrived(tx, ours, who, "7210000002")
        assert found is not None
        assert found.amount == AMOUNT
        assert missing.arrived(tx, ours, other, "7210000002") is None
        assert missing.arrived(tx, ours, who, "7210000003") is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        *(("1530828708", "1530828708"), (" pp241130.1234.a12345 ", "PP241130.1234.A12345")),
        *(("TKA 1B2 C3D4.", "TKA1B2C3D4"), ("1", ""), ("01", "")),
    ],
)
def test_an_id_is_read_as_messages_show_it(typed: str, read: str) -> None:
    assert TransactionId().parse(typed) == read


@pytest.mark.parametrize("typed", ["", "12", "no", "I have none", "x" * 41, "٠", "AB;CD1"])
def test_what_is_no_id_is_asked_for_again(typed: str) -> None:
    with pytest.raises(WrongAnswer):
        TransactionId().parse(typed)
