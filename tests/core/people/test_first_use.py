"""Who was entered by staff shows who they are before they choose a PIN."""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.operations.tenant_folder import read_folder, rules
from core.db.database import Database as Core
from core.db.database import Deadline
from core.manifest.apply import Applied, apply
from core.manifest.faults import FolderFaults
from core.manifest.ids import id_of, tenant_id_of
from core.people import first_use
from core.people.errors import FirstUseLocked
from core.people.first_use import FIRST_USE_TRIES, FirstUseCheck
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.waiting import at_once

FIXTURES = Path(__file__).parents[3] / "fixtures" / "tenants"
TENANT = tenant_id_of("ibimina")
PERSON = '- {key: %s, name: Zoe, phones: ["+2507880003%02d"], language: en%s}\n'


class Staff:
    """A tenant whose folder says people without a PIN."""

    def __init__(self, core: Core, folder: Path) -> None:
        self.core = core
        self.folder = folder

    def enter(self, *more: str, demo: bool = True) -> Applied:
        """People `zoe0`, `zoe1` … with more fields each."""
        people = [PERSON % (f"zoe{n}", n, said) for n, said in enumerate(more)]
        (self.folder / "people.yaml").write_text("".join(people))
        return apply(self.core, KEYS, read_folder(self.folder, demo=demo), rules(demo=demo))

    def check(self, answer: str, who: str = "zoe0") -> FirstUseCheck:
        return first_use.check_first_use(
            *(self.core, KEYS, Deadline(5)),
            tenant_id=TENANT,
            subscriber_id=person(who),
            answer=answer,
        )

    def challenge(self, who: str = "zoe0") -> str | None:
        with self.core.transaction(TENANT) as tx:
            return first_use.first_use_challenge(tx, person(who))


def person(key: str) -> uuid.UUID:
    return id_of(TENANT, "person", key)


@pytest.fixture
def staff(database: DatabaseUrls, tmp_path: Path) -> Iterator[Staff]:
    core = Core(database.database_url)
    yield Staff(core, Path(shutil.copytree(FIXTURES / "ibimina", tmp_path / "ibimina")))
    core.close()


def test_a_code_is_handed_over_once_and_never_written_down(staff: Staff) -> None:
    applied = staff.enter("")
    code = applied.handouts["zoe0"]
    assert len(code) == 8
    assert code.isdigit()
    assert code not in repr(applied)
    assert staff.enter("").handouts == {}
    with staff.core.transaction(TENANT) as tx:
        assert code not in str(tx.all("SELECT f.*, s.* FROM first_use f, subscriber s"))
        assert code not in str(tx.all("SELECT detail FROM audit"))
    assert staff.challenge() == "code"
    assert staff.check(code) == FirstUseCheck(True, FIRST_USE_TRIES)


def test_a_folder_says_what_is_asked(staff: Staff) -> None:
    applied = staff.enter(
        "", ", first_use: birth_year, birth_year: 1990", ", first_use: none", ', pin: "2748"'
    )
    assert list(applied.handouts) == ["zoe0"]
    found = [staff.challenge(f"zoe{number}") for number in range(4)]
    assert found == ["code", "birth_year", None, None]
    assert not staff.check("1991", "zoe1").right
    assert staff.check("1990", "zoe1").right


def test_a_tenant_may_say_it_for_all(staff: Staff) -> None:
    tenant = staff.folder / "tenant.yaml"
    tenant.write_text(
        tenant.read_text().replace("settings:\n", "settings:\n  first_use: birth_year\n")
    )
    staff.enter(", birth_year: 1990", ", first_use: code")
    assert [staff.challenge("zoe0"), staff.challenge("zoe1")] == ["birth_year", "code"]
    with pytest.raises(FolderFaults) as wrong:
        staff.enter("")
    assert "birth_year is missing" in str(wrong.value.faults[0])


def test_wrong_answers_are_counted_and_end_in_a_lock(staff: Staff) -> None:
    code = staff.enter("").handouts["zoe0"]
    assert staff.check("00000000") == FirstUseCheck(False, FIRST_USE_TRIES - 1)
    assert staff.check(code).right  # which costs nothing, and gives nothing back
    left = [staff.check("00000000").tries_left for _ in range(FIRST_USE_TRIES - 1)]
    assert left == [1, 0]
    for answer in (code, "00000000"):
        with pytest.raises(FirstUseLocked):
            staff.check(answer)
    with pytest.raises(FirstUseLocked):
        staff.challenge()


def test_guesses_at_once_are_counted_each(staff: Staff) -> None:
    staff.enter("")
    results = at_once([lambda: staff.check("00000000")] * 8)
    assert sum(isinstance(one, FirstUseCheck) for one in results) == FIRST_USE_TRIES
    assert sum(isinstance(one, FirstUseLocked) for one in results) == 8 - FIRST_USE_TRIES


def test_staff_gives_a_new_code_and_the_old_one_is_void(staff: Staff) -> None:
    old = staff.enter(", first_use: code").handouts["zoe0"]
    for _ in range(FIRST_USE_TRIES):
        staff.check("00000000")
    with staff.core.transaction(TENANT) as tx:
        new = first_use.renew_first_use(tx, KEYS, person("zoe0"), actor="t")
    assert new is not None
    assert new != old
    assert not staff.check(old).right
    assert staff.check(new).right


def test_once_it_is_done_nothing_is_asked_and_no_answer_is_right(staff: Staff) -> None:
    code = staff.enter("").handouts["zoe0"]
    with staff.core.transaction(TENANT) as tx:
        first_use.first_use_is_done(tx, person("zoe0"))
    assert staff.challenge() is None
    with pytest.raises(FirstUseLocked):
        staff.check(code)
    with staff.core.transaction(TENANT) as tx:
        assert first_use.renew_first_use(tx, KEYS, person("zoe0"), actor="t") is None
