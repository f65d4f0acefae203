"""A person is erased by two officers: nothing says who they were, and the books are whole."""

import json
import uuid
from collections.abc import Iterator

import pytest

from app.domains.erasure import ERASE_PERSON
from app.operations.personal_data import held_of
from core.approvals import requests
from core.approvals.errors import SameOfficer
from core.approvals.requests import officer
from core.db.database import Deadline
from core.erasure.erasure import ErasedBefore, HeldBack
from core.money import ledger
from core.money.errors import FrozenAccount
from core.people import names_found, numbers, people, pins
from core.people.errors import NoPin
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.workers import MessagingTenant
from values.ids import uuid7

ANN, BEN = officer("ann", "test"), officer("ben", "test")
KINDS = {ERASE_PERSON.name: ERASE_PERSON}
NUMBER, NAME, SHOWN = "+250788111222", "Uwera Claudine", "Uwera C."


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[MessagingTenant]:
    made = MessagingTenant(module_database)
    yield made
    assert made.broken() == []
    made.close()


def ask(tenant: MessagingTenant, who: uuid.UUID) -> uuid.UUID:
    with tenant.tx() as tx:
        return requests.ask(
            *(tx, KEYS, ERASE_PERSON), by=ANN, params={}, reason="They asked", subject_id=who
        ).request.id


def sent(tenant: MessagingTenant) -> None:
    """Texts have left."""
    tenant.admin.execute(
        "UPDATE message SET state = 'delivered', sending_at = now(), sent_to = '\\x01'"
        " WHERE tenant_id = %s AND state = 'queued'",
        (tenant.tenant_id,),
    )


def test_a_person_is_erased_and_the_books_stay_whole(tenant: MessagingTenant) -> None:
    who = tenant.person(NAME, pin="2748", address=NUMBER)
    other = tenant.person("Mugabo Jean", address="+250788333444")
    wallet, others = (ledger.account_id(one, ledger.WALLET, "RWF") for one in (who, other))
    tenant.fund(wallet, 5_000)
    with tenant.tx() as tx:
        ledger.post(
            tx,
            key="sale-1",
            kind="test",
            lines=[ledger.Line(wallet, -5_000), ledger.Line(others, 5_000)],
            currency="RWF",
            actor_id=who,
            detail={"customer": SHOWN, "agent": f"{SHOWN} S110", "group": "Uwera Cooperative"},
        )
    tenant.known = {NUMBER: who}
    tenant.text(NUMBER, entry_id=_entry(tenant, "sale-1"))
    sent(tenant)
    _pay(tenant, who)
    request = ask(tenant, who)
    asked = tenant.one(
        "SELECT template FROM message WHERE subscriber_id = %s ORDER BY id DESC", who
    )
    assert asked == ("erasure_asked",), "somebody who did not ask for it learns of it in time"
    with pytest.raises(HeldBack, match="has not left yet"), tenant.tx() as tx:
        requests.approve(tx, KEYS, KINDS, request, by=BEN)
    sent(tenant)
    with pytest.raises(SameOfficer), tenant.tx() as tx:
        requests.approve(tx, KEYS, KINDS, request, by=ANN)
    with tenant.tx() as tx:
        shown = ERASE_PERSON.show(tx, KEYS, requests.get(tx, request))
    assert shown.after["address"] == "gone"
    assert shown.after["posting"].startswith("kept: the books stay whole")
    with tenant.tx() as tx:
        done = requests.approve(tx, KEYS, KINDS, request, by=BEN).done
    assert done.result["address"] == "1 gone"
    assert done.result["subscriber"] == "1 emptied"

    # What is left names nobody, and the sums are what they were.
    with tenant.tx() as tx:
        assert people.identify(tx, KEYS, NUMBER) == []
        assert numbers.former_at(tx, KEYS, NUMBER) == []
        assert names_found.named(tx, KEYS, "uwera claudine", limit=5) == []
        left = held_of(tx, KEYS, who, "json", by="officer ann", reason="what is left")
    for secret in (NAME, SHOWN, NUMBER, NUMBER[1:]):
        assert secret not in left.decode()
    held = json.loads(left)["held"]
    assert sorted(one["amount_minor"] for one in held["posting"]) == [-5_000, 5_000]
    assert "address" not in held
    assert [(one["amount_minor"], one["party"]) for one in held["payment"]] == [(900, "")]
    [detail] = [one["detail"] for one in held["entry"] if one["kind"] == "test"]
    assert detail == {"customer": "-", "agent": "- S110", "group": "Uwera Cooperative"}
    row = tenant.one("SELECT pin_hash, roles, status FROM subscriber WHERE id = %s", who)
    assert row == (None, [], "frozen")

    # Nobody pays them, no phone opens anything, and nobody lets them go or erases them again.
    with pytest.raises(FrozenAccount):
        tenant.move(others, wallet, 100)
    with pytest.raises(NoPin):
        pins.check_pin(
            *(tenant.database, KEYS, Deadline(10)),
            tenant_id=tenant.tenant_id,
            subscriber_id=who,
            pin="2748",
            address=NUMBER,
        )
    with tenant.tx() as tx:
        people.freeze(tx, who, frozen=False, actor="test", reason="a mistake")
    assert tenant.one("SELECT status FROM subscriber WHERE id = %s", who) == ("frozen",)
    with pytest.raises(ErasedBefore):
        ask(tenant, who)
    tenant.move(others, tenant.collecting(ledger.SETTLEMENT), 5_000)


def test_an_erasure_waits_for_money_and_says_so(tenant: MessagingTenant) -> None:
    who = tenant.person("Habimana Eric", address="+250788555666")
    wallet = ledger.account_id(who, ledger.WALLET, "RWF")
    tenant.fund(wallet, 700)
    with pytest.raises(HeldBack, match="There is money on an account of theirs"):
        ask(tenant, who)
    tenant.move(wallet, tenant.collecting(ledger.SETTLEMENT), 700)
    request = ask(tenant, who)
    sent(tenant)
    # What comes between the asking and the word of the second officer holds it back as well.
    tenant.fund(wallet, 50)
    with pytest.raises(HeldBack), tenant.tx() as tx:
        requests.approve(tx, KEYS, KINDS, request, by=BEN)
    with tenant.tx() as tx:
        assert len(people.identify(tx, KEYS, "+250788555666")) == 1


def test_who_shares_the_number_keeps_it(tenant: MessagingTenant) -> None:
    number = "+250788777888"
    who, other = tenant.person("Keza Aline", address=number), tenant.person("Gatera Paul")
    tenant.share(number, other)
    request = ask(tenant, who)
    sent(tenant)
    with tenant.tx() as tx:
        requests.approve(tx, KEYS, KINDS, request, by=BEN)
    with tenant.tx() as tx:
        assert [one.id for one in people.identify(tx, KEYS, number)] == [other]


def _pay(tenant: MessagingTenant, who: uuid.UUID) -> None:
    """A payment of theirs that failed long ago: it has their number."""
    id = uuid7()
    tenant.admin.execute(
        "INSERT INTO payment (tenant_id, id, kind, reference, provider, wallet, wallet_service_id,"
        " subscriber_id, operation, amount_minor, currency, party_sealed, party_lookup, state,"
        " ended_at) VALUES (%s, %s, 'collection', %s, 'mtn_momo', 'W', %s, %s, 'wallet', 900,"
        " 'RWF', %s, %s, 'failed', now())",
        (
            *(tenant.tenant_id, id, uuid7(), tenant.service_id, who),
            KEYS.seal(NUMBER, id.bytes),
            KEYS.lookup("msisdn", NUMBER),
        ),
    )


def _entry(tenant: MessagingTenant, key: str) -> uuid.UUID:
    found: uuid.UUID = tenant.one("SELECT id FROM entry WHERE key = %s", key)[0]
    return found
