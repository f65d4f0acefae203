"""Years later: nothing is done twice, and what was forgotten by then makes no book wrong."""

import time
import uuid
from collections.abc import Iterator

import pytest

from app.operations.tenant_folder import read_folder, rules
from app.settings import CHECKOUT
from core.db.database import Database as Core
from core.manifest.apply import Applied, apply
from core.money import ledger
from tests.support.domains import TASKS, verify
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from values.ids import uuid7
from workers.schedule.tasks import Databases, run_alone

IBIMINA = CHECKOUT / "fixtures" / "tenants" / "ibimina"
DAYS = 500


@pytest.fixture
def databases(database: DatabaseUrls) -> Iterator[Databases]:
    app, relay = Core(database.database_url), Core(database.relay_url)
    yield Databases(app, relay)
    app.close()
    relay.close()


def apply_folder(databases: Databases) -> Applied:
    return apply(databases.app, KEYS, read_folder(IBIMINA, demo=True), rules(demo=True))


def post(databases: Databases, tenant_id: uuid.UUID, key: uuid.UUID) -> ledger.Posted:
    """An entry under an intent's key, made without an intent."""
    accounts = [ledger.account_id(tenant_id, kind, "RWF") for kind in ("fees", "settlement")]
    with databases.app.transaction(tenant_id) as tx:
        return ledger.post(
            tx,
            key=f"{ledger.INTENT_KEY}{key}",
            kind="transfer",
            lines=[ledger.Line(accounts[0], -5), ledger.Line(accounts[1], 5)],
            currency="RWF",
            actor_id=None,
            entry_id=key,
        )


@pytest.mark.long
def test_no_key_is_ever_forgotten(database: DatabaseUrls, databases: Databases) -> None:
    applied = apply_folder(databases)
    assert applied.changes["opening balances added"] > 0
    old = uuid7(int(time.time() - DAYS * 86_400) * 1000)
    assert post(databases, applied.tenant_id, old).was_new
    (forget_old,) = (task for task in TASKS if task.name == "forget_old")
    assert run_alone(forget_old, databases) == 0
    assert not post(databases, applied.tenant_id, old).was_new
    assert not apply_folder(databases).changes
    broken = [(check.name, check.violations) for check in verify(database.verify_url).checks]
    # Nothing but that the entry above never had an intent.
    assert [found for found in broken if found[1]] == [("entries_of_intents_are_done", 1)]
