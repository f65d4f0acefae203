"""Finding the service that a dialled string is for, and how often Postgres is asked about it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.db.database import Database as Core
from core.db.database import Deadline, Tx
from core.tenants.directory import Directory, touch
from tests.support.servers import DatabaseUrls
from values.ids import uuid7

AT, USSD = "africastalking", "ussd"


class Counting(Core):
    """The real one, that counts its transactions."""

    begun = 0

    @contextmanager
    def transaction(
        self, tenant_id: uuid.UUID | str | None, deadline: Deadline | None = None
    ) -> Iterator[Tx]:
        self.begun += 1
        with super().transaction(tenant_id, deadline) as tx:
            yield tx


@pytest.fixture
def core(database: DatabaseUrls) -> Iterator[Counting]:
    core = Counting(database.database_url)
    yield core
    core.close()


def open_service(core: Core, code: str, tenant_id: uuid.UUID | None = None) -> uuid.UUID:
    """A service at that code, of the tenant or of a new one of its own."""
    tenant_id, service_id = tenant_id or uuid7(), uuid7()
    with core.transaction(tenant_id) as tx:
        tx.execute(
            "INSERT INTO tenant (id, slug, name, country, calling_code, currency, time_zone,"
            " languages) VALUES (%s, %s, 'T', 'RW', '250', 'RWF', 'Africa/Kigali', '{en}')"
            " ON CONFLICT DO NOTHING",
            (tenant_id, f"t-{tenant_id.hex[-12:]}"),
        )
        tx.execute(
            "INSERT INTO service (tenant_id, id, provider, channel, code, settings, tree)"
            " VALUES (%s, %s, %s, %s, %s, '{}', '{}')",
            (tenant_id, service_id, AT, USSD, code),
        )
        tx.execute(
            "INSERT INTO service_address (provider, channel, code, tenant_id, service_id)"
            " VALUES (%s, %s, %s, %s, %s)",
            (AT, USSD, code, tenant_id, service_id),
        )
        touch(tx)
    return service_id


def found(directory: Directory, dialled: str) -> tuple[str, str] | None:
    """The code of the service and the digits dialled after it."""
    answer = directory.find(AT, USSD, dialled)
    return None if answer is None else (answer[0].code, answer[1])


def test_the_longest_code_is_meant(core: Counting) -> None:
    tenant_id = uuid7()
    for code in ("*384*10#", "*384*10*7#", "*384*1#"):
        open_service(core, code, tenant_id)
    for first in ("*384*10*7*1#", "*384*10*5#", "*384*10#", "*384*10*7#"):
        directory = Directory(core)  # whatever it learns first
        assert directory.find(AT, USSD, first) is not None
        for _ in range(2):
            assert found(directory, "*384*10*7*1*500#") == ("*384*10*7#", "1*500")
            assert found(directory, "*384*10*7#") == ("*384*10*7#", "")
            assert found(directory, "*384*10*77#") == ("*384*10#", "77")
            assert found(directory, "*384*10*1*7#") == ("*384*10#", "1*7")
            assert found(directory, "*384*1*2#") == ("*384*1#", "2")
            assert found(directory, "*384*100#") is None
            assert found(directory, "*384#") is None


def test_amounts_dialled_after_a_code_are_not_looked_up(core: Counting) -> None:
    open_service(core, "*384*10#")
    directory = Directory(core)
    directory.find(AT, USSD, "*384*10*1*500#")
    begun = core.begun
    for amount in range(600, 700):
        assert found(directory, f"*384*10*1*{amount}#") == ("*384*10#", f"1*{amount}")
    assert found(directory, "*384*10#") == ("*384*10#", "")
    assert core.begun == begun


def test_nonsense_is_looked_up_once_and_drives_nobody_out(
    core: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Directory, "KEPT_MAXIMUM", 10)
    open_service(core, "*384*10#")
    directory = Directory(core)
    directory.find(AT, USSD, "*384*10#")
    for number in range(25):
        assert found(directory, f"*999*{number}#") is None
    begun = core.begun
    assert found(directory, "*384*10#") == ("*384*10#", "")
    assert found(directory, "*999*24#") is None
    assert core.begun == begun


def test_a_longer_code_that_opens_is_heard_of(core: Counting) -> None:
    tenant_id = uuid7()
    open_service(core, "*384*10#", tenant_id)
    directory = Directory(core)
    directory.refresh()
    assert found(directory, "*384*10*7*1#") == ("*384*10#", "7*1")
    open_service(core, "*384*10*7#", tenant_id)
    directory.refresh()
    assert found(directory, "*384*10*7*1#") == ("*384*10*7#", "1")


def test_a_service_that_is_gone_drives_nobody_out(core: Counting) -> None:
    """Its gateway may go on posting: what is known of others is not asked for again."""
    open_service(core, "*384*10#")
    directory = Directory(core)
    directory.refresh()
    directory.find(AT, USSD, "*384*10#")
    gone = uuid7()
    assert directory.by_id(gone) is None
    directory.refresh()
    begun = core.begun
    assert found(directory, "*384*10#") == ("*384*10#", "")
    assert core.begun == begun
    assert directory.by_id(gone) is None  # it may have come back
    assert core.begun == begun + 1
