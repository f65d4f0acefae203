"""Numbers that a folder gives to people, and takes away from them."""

from core.money import ledger
from core.people import numbers, people
from tests.core.manifest.conftest import Folder
from tests.support.tenants import KEYS
from values.ids import uuid7


def numbers_at(folder: Folder, key: str) -> list[tuple[str, str, bool, bool]]:
    """A person's numbers: which, who gave it, whether it is theirs still, whether it is new."""
    with folder.core.transaction(folder.tenant_id) as tx:
        found = numbers.numbers_of(tx, KEYS, folder.person(key))
    return [
        (one.address, one.given_by, one.detached_at is None, one.sim_changed_at is not None)
        for one in found
    ]


def test_a_number_that_left_the_folder_is_taken_out(folder: Folder) -> None:
    lost, new = "+250788000101", "+250788000191"
    folder.apply()
    assert numbers_at(folder, "uwera") == [(lost, "folder", True, False)]
    folder.replace("people.yaml", lost, new)
    assert dict(folder.apply().changes) == {"phones added": 1, "phones removed": 1}
    # One that was given to somebody who was known already is new for a while.
    assert numbers_at(folder, "uwera") == [
        (lost, "folder", False, False),
        (new, "folder", True, True),
    ]
    with folder.core.transaction(folder.tenant_id) as tx:
        assert people.identify(tx, KEYS, lost) == []
    assert not folder.apply().changes
    folder.replace("people.yaml", new, lost)
    assert dict(folder.apply().changes) == {"phones added": 1, "phones removed": 1}
    assert [one[2] for one in numbers_at(folder, "uwera")] == [False, True]


def test_what_staff_decided_about_a_number_outlives_the_folder(folder: Folder) -> None:
    folder.apply()
    person, old, new = folder.person("uwera"), "+250788000101", "+250788000191"
    with folder.core.transaction(folder.tenant_id) as tx:
        numbers.attach(tx, KEYS, person, new, actor="test", reason="a second phone")
        numbers.detach(tx, KEYS, person, old, actor="test", reason="lost")
    assert not folder.apply().changes
    assert [one[:3] for one in numbers_at(folder, "uwera")] == [
        (old, "staff", False),
        (new, "staff", True),
    ]


def test_a_number_stays_while_money_of_its_person_waits(folder: Folder) -> None:
    folder.apply()
    folder.replace("people.yaml", "+250788000101", "+250788000191")
    wallet = ledger.account_id(folder.person("uwera"), ledger.WALLET, "RWF")
    hold_id = uuid7()
    with folder.core.transaction(folder.tenant_id) as tx:
        ledger.place_hold(
            tx,
            hold_id=hold_id,
            account_id=wallet,
            amount_minor=100,
            currency="RWF",
            expires_at=None,
        )
    assert any("phones: cannot be changed now (money_waits)" in one for one in folder.faults())
    with folder.core.transaction(folder.tenant_id) as tx:
        ledger.void_hold(tx, hold_id)
    assert folder.apply().changes["phones removed"] == 1
