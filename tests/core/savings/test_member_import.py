"""Members of a file come in together, or nobody does; who is known is not made again."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.people import people
from core.savings import groups, member_file, member_import, member_plan
from core.savings.errors import ImportNotReady
from core.savings.member_plan import Plan, Word
from core.tenants import business
from tests.support.savings import new_group
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, new_tenant

HEAD = "Name,Phone,Group,Joined\n"


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


class Files:
    """Files of members, planned and brought in."""

    def __init__(self, tenant: Tenant, folder: Path) -> None:
        self.tenant, self.path = tenant, folder / "members.csv"

    def _read(self, rows: str) -> member_file.MemberFile:
        self.path.write_text(HEAD + rows, encoding="utf-8")
        return member_file.read(self.path, country="RW", today=date(2026, 11, 30))

    def plan(self, rows: str, words: dict[str, Word] | None = None) -> Plan:
        with self.tenant.tx() as tx:
            return member_plan.plan(tx, self.tenant.keys, self._read(rows), words=words)

    def bring(self, rows: str, words: dict[str, Word] | None = None) -> list[str]:
        with self.tenant.tx() as tx:
            made = member_import.apply(
                tx,
                self.tenant.keys,
                business.of_transaction(tx),
                self._read(rows),
                by="test",
                words=words,
            )
        return [one.decision for one in made.rows]

    def people_at(self, number: str) -> list[str]:
        with self.tenant.tx() as tx:
            return [one.name for one in people.identify(tx, self.tenant.keys, number)]


@pytest.fixture
def files(tenant: Tenant, tmp_path: Path) -> Files:
    return Files(tenant, tmp_path)


def test_one_person_three_times_is_one_member_of_two_groups(files: Files, tenant: Tenant) -> None:
    new_group(tenant, "A1")
    new_group(tenant, "A2")
    rows = (
        "Uwimana Marie,0788200001,A1,2024-03-01\n"
        "UWIMANA Marie,788200001,a1,\n"
        "Uwimana Marie Claire,250788200001,Group A2,\n"
    )
    assert files.bring(rows) == ["new", "repeated", "joins"]
    assert files.people_at("+250788200001") == ["Uwimana Marie"]
    with tenant.tx() as tx:
        (person,) = people.identify(tx, tenant.keys, "+250788200001")
        found = groups.of_member(tx, person.id)
        joined = tx.all("SELECT member_since FROM membership ORDER BY number")
    assert [one.code for one in found] == ["A1", "A2"]
    assert (person.roles, person.has_pin) == (("member",), False)
    assert joined == [(date(2024, 3, 1),), (None,)]
    assert files.bring(rows) == ["member", "member", "member"]  # again: nothing


def test_a_shared_phone_and_a_doubt(files: Files, tenant: Tenant) -> None:
    new_group(tenant, "B1")
    tenant.person("Habimana Jean", address="+250788200010")
    rows = "Habimana Jeanne,0788200010,B1,\nNiyonzima Paul,0788200010,B1,\n"
    made = files.plan(rows)
    assert [(one.decision, one.like) for one in made.rows] == [
        ("doubtful", "Habimana J."),
        ("new", ""),
    ]
    with pytest.raises(ImportNotReady):
        files.bring(rows)
    assert files.people_at("+250788200010") == ["Habimana Jean"]  # nobody came in
    assert files.bring(rows, {"2": "new"}) == ["new", "new"]
    assert len(files.people_at("+250788200010")) == 3


def test_a_member_with_another_number_is_asked_about(files: Files, tenant: Tenant) -> None:
    new_group(tenant, "C1")
    assert files.bring("Mukamana Alice,0788200020,C1,\nOld Man,,C1,\n") == ["new", "new"]
    again = "Mukamana Alice,0788200021,C1,\nOld Man,,C1,\n"
    assert [one.decision for one in files.plan(again).rows] == ["doubtful", "member"]
    assert files.bring(again, {"2": "same"}) == ["member", "member"]
    assert files.bring(again, {"2": "skip"}) == ["member"]


def test_rows_that_fit_no_group_keep_the_file_out(files: Files, tenant: Tenant) -> None:
    new_group(tenant, "D1")
    made = files.plan("Good One,0788200030,D1,\nNo Group,0788200031,,\nWrong One,0788200032,D9,\n")
    assert [(one.row, one.code) for one in made.problems] == [
        (3, "no_group"),
        (4, "no_such_group"),
    ]
    assert not made.is_ready


def test_who_left_comes_back(files: Files, tenant: Tenant) -> None:
    new_group(tenant, "E1")
    files.bring("Gone Woman,0788200040,E1,\n")
    with tenant.tx() as tx:
        tx.execute(
            "UPDATE membership SET left_at = now() WHERE group_id = (SELECT id FROM savings_group"
            " WHERE code = 'E1')"
        )
    assert files.bring("Gone Woman,0788200040,E1,\n") == ["returns"]
