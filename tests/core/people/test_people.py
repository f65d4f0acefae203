"""Who is at an address, what is sealed, and how they are shown."""

import re
import uuid
from collections.abc import Iterator

import psycopg
import pytest

from core.money import intents, ledger
from core.people import people
from core.security.keyring import Keyring
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from tests.support.waiting import at_once
from values.ids import uuid7

NUMBER = "+250788123456"
OTHER = Keyring(b"another key of thirty-two bytes!")


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


def names(tenant: Tenant, number: str) -> list[str]:
    with tenant.tx() as tx:
        return [person.name for person in people.identify(tx, KEYS, number)]


def test_a_new_number_is_nobody(tenant: Tenant) -> None:
    assert names(tenant, "+250788000999") == []


def test_a_phone_may_be_shared_and_the_first_comes_first(tenant: Tenant) -> None:
    for name in ("Ingabire Diane", "Niyonzima Jean Bosco", "Abayo Chris"):
        tenant.person(name=name, address=NUMBER)
    assert names(tenant, NUMBER) == ["Ingabire Diane", "Niyonzima Jean Bosco", "Abayo Chris"]


def test_people_of_one_transaction_keep_their_order(tenant: Tenant) -> None:
    with tenant.tx() as tx:
        for count in range(8):
            people.register(
                tx,
                KEYS,
                address="+250788123499",
                name=f"Person {'abcdefgh'[count]}",
                language="en",
                roles=(),
                currency=CURRENCY,
                pin_hash=None,
            )
    assert names(tenant, "+250788123499") == [f"Person {letter}" for letter in "abcdefgh"]


def test_a_person_may_have_several_numbers(tenant: Tenant) -> None:
    person = tenant.person(name="Habimana Eric", address="+250788111222")
    with tenant.tx() as tx:
        people.add_address(tx, KEYS, person, "+250738111222")
        people.add_address(tx, KEYS, person, "+250738111222")
    assert names(tenant, "+250788111222") == names(tenant, "+250738111222") == ["Habimana Eric"]
    assert tenant.count("address", "subscriber_id = %s", person) == 2


def test_a_new_person_has_an_empty_wallet(tenant: Tenant) -> None:
    person = tenant.person()
    assert tenant.balance(ledger.account_id(person, ledger.WALLET, CURRENCY)) == (0, 0)


# Random digits, in which a short secret turns up by chance.
NOISE = re.compile(r"\\\\x[0-9a-f]*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\.[0-9]+\+00")


def test_names_and_numbers_are_nowhere_in_clear(tenant: Tenant) -> None:
    tenant.person(name="Zacharie Unique", address="+250788765432", pin="739182")
    secrets = ("Zacharie", "788765432", "739182")
    with psycopg.connect(tenant.urls.admin_url) as connection:
        for table in ("subscriber", "address", "account", "audit", "outbox", "message"):
            rows = connection.execute(f"SELECT t::text FROM {table} t").fetchall()
            dump = "\n".join(row for (row,) in rows)
            for secret in secrets:
                assert secret.encode().hex() not in dump, table
                assert secret not in NOISE.sub("", dump), table
        # The search itself finds what is there.
        row = connection.execute("SELECT t::text FROM tenant t").fetchone()
        assert row is not None
        assert "first" in NOISE.sub("", row[0])


def test_a_number_is_found_by_the_hash_of_this_key_only() -> None:
    assert KEYS.lookup("msisdn", NUMBER) == KEYS.lookup("msisdn", NUMBER)
    assert len(KEYS.lookup("msisdn", NUMBER)) == 16
    assert (
        len(
            {
                KEYS.lookup("msisdn", NUMBER),
                OTHER.lookup("msisdn", NUMBER),
                KEYS.lookup("whatsapp", NUMBER),
                KEYS.lookup("msisdn", NUMBER[:-1]),
                KEYS.lookup("msisd", "n" + NUMBER),
            }
        )
        == 5
    )


def test_what_is_sealed_opens_for_its_owner_and_key_only() -> None:
    mine, yours = uuid7().bytes, uuid7().bytes
    sealed = KEYS.seal("Uwera Claudine", mine)
    assert KEYS.open(sealed, mine) == "Uwera Claudine"
    assert sealed != KEYS.seal("Uwera Claudine", mine)
    for key, owner, text in (
        (OTHER, mine, sealed),
        (KEYS, yours, sealed),
        (KEYS, mine, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (KEYS, mine, sealed[:20]),
    ):
        with pytest.raises(ValueError, match="sealed"):
            key.open(text, owner)


def test_people_of_one_number_are_shown_by_names_that_differ(tenant: Tenant) -> None:
    number = "+250788222777"
    for name in ("uwimana marie", "Uwimana Marthe", "Niyonzima Jean Bosco"):
        tenant.person(address=number, name=name)
    with tenant.tx() as tx:
        found = people.identify(tx, KEYS, number)
        again, _ = people.identify_and_recall(tx, KEYS, number, 60)
        alone = people.get(tx, KEYS, found[0].id)
    assert [one.shown_name for one in found] == ["Uwimana Marie", "Uwimana Marthe", "Niyonzima J."]
    assert again == found
    assert alone is not None
    assert alone.shown_name == "Uwimana M."


def test_a_frozen_person_is_told_and_their_wallet_with_them(tenant: Tenant) -> None:
    person = tenant.person(address="+250788222333")
    wallet = ledger.account_id(person, ledger.WALLET, CURRENCY)
    for frozen in (True, False):
        with tenant.tx() as tx:
            people.freeze(tx, person, frozen=frozen, actor="test", reason="a reason")
        with tenant.tx() as tx:
            assert people.identify(tx, KEYS, "+250788222333")[0].frozen is frozen
            assert tx.one("SELECT frozen FROM account WHERE id = %s", (wallet,)) == (frozen,)
    assert tenant.count("audit", "object_id = %s AND detail->>'reason' = 'a reason'", person) == 2


def test_a_number_that_registers_twice_at_once_is_one_person(tenant: Tenant) -> None:
    number = "+250788444555"

    def register() -> bool:
        with tenant.tx() as tx:
            people.lock_address(tx, KEYS, number)
            if people.identify(tx, KEYS, number):
                return False
            people.register(
                tx,
                KEYS,
                address=number,
                name="Once Only",
                language="en",
                roles=(),
                currency=CURRENCY,
                pin_hash=None,
            )
            return True

    assert sorted(at_once([register] * 10), key=str) == [False] * 9 + [True]
    assert names(tenant, number) == ["Once Only"]


def test_what_somebody_did_last_is_recalled(tenant: Tenant) -> None:
    number = "+250788446688"
    first, second = (tenant.person(name=name, address=number) for name in ("Kalisa A", "Keza B"))

    def recalled() -> tuple[int, uuid.UUID | None]:
        with tenant.tx() as tx:
            found, intent = people.identify_and_recall(tx, KEYS, number, 60)
            assert found == people.identify(tx, KEYS, number)
        return len(found), intent.id if intent else None

    assert recalled() == (2, None)
    ids = []
    for person in (second, first):
        with tenant.tx() as tx:
            opened = intents.open_intent(
                tx,
                id=uuid7(),
                subscriber_id=person,
                session=uuid7().hex,
                operation="contribute",
                payee_id=uuid7(),
                amount_minor=500,
                fee_minor=10,
                currency=CURRENCY,
                quote={},
            )
        ids.append(opened.id)
    assert recalled() == (2, None)  # shown, and no more
    for person, id, entry in ((second, ids[0], uuid7()), (first, ids[1], None)):
        with tenant.tx() as tx:
            intents.claim(tx, id, person, entry_id=entry)
        assert recalled() == (2, id)
    with tenant.tx() as tx:
        tx.execute("UPDATE intent SET created_at = created_at - interval '61 s'")
    assert recalled() == (2, None)


def test_a_person_is_found_in_the_own_tenant_only(
    tenant: Tenant, module_database: DatabaseUrls
) -> None:
    with new_tenant(module_database, "there") as there:
        there.person(name="Grace Umutoni", address="+250788999001")
        with there.tx() as tx:
            [found] = people.identify(tx, KEYS, "+250788999001")
    assert found.name == "Grace Umutoni"
    with tenant.tx() as tx:
        assert people.identify(tx, KEYS, "+250788999001") == []
