"""A domain brings migrations of its own: they run with the core's, both ways, on real data."""

import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from alembic.util import CommandError

from core.db.database import Database as Core
from core.migrations import branches
from core.migrations.branches import BranchFault
from core.migrations.run import Step, downgrade, upgrade
from core.money.errors import IdempotencyConflict
from tests.support.domains import verify
from tests.support.history import (
    ERAS,
    NEIGHBOUR,
    PLAN,
    WAITING,
    approve,
    at_home,
    cash_in,
    guess,
    key_of,
    live,
    pay,
)
from tests.support.phone import phone_of
from tests.support.servers import DatabaseUrls
from tests.support.snapshot import content, differences, schema
from tests.support.tenants import new_tenant

pytestmark = pytest.mark.every_postgres

LOSTCARD = Path(__file__).parent / "lostcard" / "migrations"
REPORTS = Step("lostcard", "lostcard_0001", "Cards that somebody reported as lost.", up=True)
STATES = Step("lostcard", "lostcard_0002", "A report is open or closed.", up=True)
PERSON = Step("lostcard", "lostcard_0003", "A report is found by its person.", up=True)
CORE = "core_0001"

Brings = Callable[..., Path]


@pytest.fixture
def brings(tmp_path: Path) -> Brings:
    """Write a domain's folder of migrations, whose first revision says this."""

    def write(
        label: str = "other",
        revision: str = "other_0001",
        depends_on: str | None = CORE,
        up: str = "CREATE TABLE other (id int)",
        down: str = "DROP TABLE other",
    ) -> Path:
        folder = tmp_path / revision / "migrations, 100 % ours"
        folder.mkdir(parents=True)
        (folder / f"{revision}_first.py").write_text(
            f'"""What {revision} is for."""\n'
            "from alembic import op\n"
            f"revision, down_revision = {revision!r}, None\n"
            f"branch_labels, depends_on = {(label,) if label else None!r}, {depends_on!r}\n"
            f"def upgrade(): op.execute({up!r})\n"
            f"def downgrade(): op.execute({down!r})\n"
        )
        return folder

    return write


def test_all_branches_go_up_and_what_was_done_is_said(
    empty_database: DatabaseUrls, brings: Brings
) -> None:
    other = brings()
    report = upgrade(empty_database.owner_url, branches=[LOSTCARD, other])
    assert report.before == {}
    assert report.after == {
        "core": CORE,
        "lostcard": "lostcard_0003",
        "other": "other_0001",
    }
    assert report.steps[0].revision == CORE
    assert [step for step in report.steps if step.branch == "lostcard"] == [REPORTS, STATES, PERSON]
    assert {step.name for step in report.steps} >= {"What other_0001 is for."}
    again = upgrade(empty_database.owner_url, branches=[LOSTCARD, other])
    assert (again.before, again.after, again.steps) == (report.after, report.after, [])


def test_one_domain_is_taken_back_and_the_others_stay(
    database: DatabaseUrls, redis_url: str, brings: Brings
) -> None:
    """On a database that was lived in: nothing of it is touched on the way."""
    live(database, redis_url)
    at_head, tables = content(database), schema(database)
    other = brings()
    upgrade(database.owner_url, branches=[LOSTCARD, other])
    assert differences(at_head, content(database)) == {"lost_card": "new", "other": "new"}
    with psycopg.connect(database.admin_url) as connection:
        connection.execute(
            "INSERT INTO lost_card SELECT tenant_id, gen_random_uuid(), id, 'stolen on the bus'"
            " FROM subscriber"
        )
    report = downgrade(database.owner_url, "lostcard_0001", [LOSTCARD, other])
    assert report.after == {"core": CORE, "lostcard": "lostcard_0001", "other": "other_0001"}
    assert [(step.revision, step.up) for step in report.steps] == [
        ("lostcard_0003", False),
        ("lostcard_0002", False),
    ]
    report = downgrade(database.owner_url, "lostcard@base", [LOSTCARD, other])
    assert report.after == {"core": CORE, "other": "other_0001"}
    downgrade(database.owner_url, "other@base", [LOSTCARD, other])
    assert differences(at_head, content(database)) == {}
    assert schema(database) ^ tables == set()
    assert verify(database.verify_url).ok
    life_goes_on(database, redis_url)


def life_goes_on(urls: DatabaseUrls, redis_url: str) -> None:
    with at_home(urls, redis_url) as tenant:
        before = tenant.entries("contribution"), tenant.entries("topup")
        pay(tenant, "ndayisaba", 640)  # who was let go
        approve(tenant, "mukamana")
        after = tenant.entries("contribution"), tenant.entries("topup")
        assert after == (before[0] + 1, before[1] + 1)
        waited = tenant.one("SELECT state, amount_minor FROM approval ORDER BY id DESC LIMIT 1")
        assert waited == ("approved", WAITING)
        guess(tenant, "juma", "9999")
        tried = "SELECT pin_attempts FROM subscriber WHERE id = %s"
        assert tenant.number(tried, tenant.id_of("juma")) == 1  # held: it is not counted
        assert "on hold" in phone_of(tenant, "habimana").dial().text
        for era in ERAS:
            for plan in (PLAN, NEIGHBOUR):
                assert not cash_in(tenant.database, key_of(era), plan=plan).was_new
                with pytest.raises(IdempotencyConflict):
                    cash_in(tenant.database, key_of(era), amount=1, plan=plan)


def test_base_drops_what_everybody_made(empty_database: DatabaseUrls) -> None:
    upgrade(empty_database.owner_url, branches=[LOSTCARD])
    report = downgrade(empty_database.owner_url, "base", [LOSTCARD])
    assert report.after == {}
    # A domain's tables refer to the core's: they go first.
    lostcard = ["lostcard_0003", "lostcard_0002", "lostcard_0001"]
    assert [step.revision for step in report.steps] == [*lostcard, CORE]
    assert upgrade(empty_database.owner_url, branches=[LOSTCARD]).steps[-1] == PERSON


def test_a_revision_is_the_same_from_above_as_from_below(
    database: DatabaseUrls, empty_database: DatabaseUrls
) -> None:
    """Tables, rights, policies: who goes back finds what their release left."""
    upgrade(database.owner_url, branches=[LOSTCARD])
    downgrade(database.owner_url, "lostcard_0001", [LOSTCARD])
    report = upgrade(empty_database.owner_url, "lostcard_0001", [LOSTCARD])
    assert [step.revision for step in report.steps] == [CORE, "lostcard_0001"]
    assert schema(database) ^ schema(empty_database) == set()


def test_a_step_that_fails_leaves_everything_as_it_was(
    database: DatabaseUrls, brings: Brings
) -> None:
    fails = "CREATE TABLE half (id int); ALTER TABLE subscriber ADD half int; SELECT 1 / 0"
    below, tables = content(database), schema(database)
    with pytest.raises(Exception, match="division by zero"):
        upgrade(database.owner_url, branches=[LOSTCARD, brings(up=fails)])
    # The other domain's steps are committed, each by itself.
    downgrade(database.owner_url, "lostcard@base", [LOSTCARD])
    assert differences(below, content(database)) == {}
    assert schema(database) ^ tables == set()


def test_a_domain_that_is_not_here_any_more_is_named(database: DatabaseUrls) -> None:
    upgrade(database.owner_url, branches=[LOSTCARD])
    for run in (upgrade, lambda url: downgrade(url, "base")):
        with pytest.raises(BranchFault, match="is at lostcard_0003, which is in no folder"):
            run(database.owner_url)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"label": ""}, "says its label, once"),
        ({"depends_on": None}, 'says depends_on = "core_0001"'),
        ({"depends_on": "core_9999"}, "do not fit together: no revision 'core_9999'"),
        ({"revision": "lostcard_0001"}, "do not fit together: Revision lostcard_0001 is present"),
        ({"label": "lostcard"}, "do not fit together: Branch name 'lostcard'"),
        ({"label": "core"}, "do not fit together: Branch name 'core'"),
    ],
)
def test_a_folder_that_is_no_branch_of_its_own_is_refused(
    brings: Brings, said: dict[str, str], expected: str
) -> None:
    with pytest.raises(BranchFault, match=expected):
        branches.config([LOSTCARD, brings(**said)])


def test_a_folder_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BranchFault, match="no folder of migrations"):
        branches.config([tmp_path / "migrations"])


def test_a_branch_with_two_ends_is_refused(brings: Brings) -> None:
    folder = brings()
    for number in (2, 3):
        (folder / f"other_000{number}.py").write_text(
            f"revision, down_revision = 'other_000{number}', 'other_0001'\n"
            "branch_labels = depends_on = None\n"
        )
    with pytest.raises(BranchFault, match="two ends among core_0001, other_0002, other_0003"):
        branches.config([folder])


def test_an_unknown_revision_is_alembics_fault(database: DatabaseUrls) -> None:
    with pytest.raises(CommandError):
        upgrade(database.owner_url, "nonsense")


# --- a domain's table -----------------------------------------------------------------------------


def test_a_domains_table_is_closed_to_other_tenants(database: DatabaseUrls) -> None:
    upgrade(database.owner_url, branches=[LOSTCARD])
    with new_tenant(database, "here") as tenant, new_tenant(database, "there") as there:
        for one in (tenant, there):
            person = one.person()
            with one.tx() as tx:
                tx.execute(
                    "INSERT INTO lost_card (tenant_id, id, subscriber_id, words)"
                    " VALUES (current_tenant(), %s, %s, 'stolen')",
                    (uuid.uuid4(), person),
                )
        with tenant.tx() as tx:
            assert tx.all("SELECT tenant_id FROM lost_card") == [(tenant.tenant_id,)]
            assert tx.execute("UPDATE lost_card SET state = 'closed'").rowcount == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege), tenant.tx() as tx:
            tx.execute("UPDATE lost_card SET tenant_id = %s", (there.tenant_id,))
        with pytest.raises(psycopg.errors.InsufficientPrivilege), tenant.tx() as tx:
            tx.execute(
                "INSERT INTO lost_card (tenant_id, id, subscriber_id, words)"
                " SELECT %s, gen_random_uuid(), subscriber_id, words FROM lost_card",
                (there.tenant_id,),
            )
        with pytest.raises(psycopg.errors.InsufficientPrivilege), tenant.tx() as tx:
            tx.execute("DELETE FROM lost_card")
    owner = Core(database.owner_url)
    with owner.transaction(None) as tx:
        assert tx.one("SELECT count(*) FROM lost_card") == (0,)
    owner.close()
    with (
        psycopg.connect(database.verify_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT * FROM lost_card")


def test_a_revision_changes_every_tenants_rows_and_the_table_is_closed_again(
    database: DatabaseUrls,
) -> None:
    upgrade(database.owner_url, "lostcard_0001", [LOSTCARD])
    with new_tenant(database, "here") as tenant, new_tenant(database, "there") as there:
        for one in (tenant, there):
            with one.tx() as tx:
                tx.execute(
                    "INSERT INTO lost_card (tenant_id, id, subscriber_id, words)"
                    " VALUES (current_tenant(), %s, %s, 'found again')",
                    (uuid.uuid4(), one.person()),
                )
        upgrade(database.owner_url, branches=[LOSTCARD])
        for one in (tenant, there):
            with one.tx() as tx:
                assert tx.all("SELECT state FROM lost_card") == [("closed",)]
    with psycopg.connect(database.owner_url) as connection:
        assert connection.execute("SELECT count(*) FROM lost_card").fetchone() == (0,)


def test_an_index_that_an_earlier_try_left_half_made_is_made_anew(database: DatabaseUrls) -> None:
    upgrade(database.owner_url, "lostcard_0002", [LOSTCARD])
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'lost_card_person'::regclass"
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("CREATE INDEX lost_card_person ON lost_card (words)")
        connection.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'lost_card_person'::regclass"
        )
        upgrade(database.owner_url, branches=[LOSTCARD])
        assert connection.execute(valid).fetchone() == (True,)
