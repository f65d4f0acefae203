"""Redis was started anew, and somebody dials: what they did last is told from the books, once."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.local import postgres
from app.settings import Settings
from bench.wire import Count, relay
from engine import limits
from tests.support.phone import Phone, phone_of
from tests.support.servers import DatabaseUrls
from tests.support.ussd import CODE_SHARED, UssdTenant

MENU = "Ibimina"


def paid(tenant: UssdTenant, who: str = "uwera") -> Phone:
    phone = phone_of(tenant, who)
    phone.dial("*384*10*1*1*500#")
    assert phone.type("1", tenant.people[who.partition("/")[0]].pin).text.startswith(
        "Saved 500 RWF"
    )
    return phone


def test_it_is_told_until_it_is_answered_and_no_more(tenant: UssdTenant) -> None:
    phone = paid(tenant)
    tenant.redis.flushdb()
    for _ in range(2):  # the first may be lost
        assert phone.dial().text.startswith("Done: Kopera Twisungane, 500 RWF. Ref ")
    assert phone.type("8").text.startswith("PIN, language")
    phone.type("00")
    for _ in range(2):
        assert phone.dial().text.startswith(MENU)


def test_what_redis_knows_is_told_by_the_phone_it_was_done_on(tenant: UssdTenant) -> None:
    paid(tenant, "habimana")
    other = phone_of(tenant, "habimana/2")
    assert other.dial().text.startswith(MENU)
    assert phone_of(tenant, "habimana").dial().text.startswith("Saved 500 RWF")


def test_it_is_told_on_one_phone(tenant: UssdTenant) -> None:
    first = paid(tenant, "habimana")
    tenant.redis.flushdb()
    assert (
        phone_of(tenant, "habimana/2")
        .dial()
        .text.startswith("Done: Kopera Twisungane, 500 RWF. Ref ")
    )
    assert first.dial().text.startswith(MENU)


def test_it_is_told_for_a_quarter_of_an_hour(tenant: UssdTenant) -> None:
    phone = paid(tenant)
    tenant.redis.flushdb()
    tenant.later(limits.RESUME_WITHIN_S // 60 - 1)
    assert phone.dial().text.startswith("Done: Kopera Twisungane, 500 RWF")
    tenant.redis.flushdb()
    tenant.later(2)
    assert phone.dial().text.startswith(MENU)


def test_a_session_that_was_evicted_alone_is_told_as_well(tenant: UssdTenant) -> None:
    phone = paid(tenant)
    for key in tenant.redis.scan_iter("s:*"):
        tenant.redis.delete(key)
    assert phone.dial().text.startswith("Done: Kopera Twisungane, 500 RWF")


def test_what_was_only_shown_or_cancelled_is_not_told(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*1*1*500#")
    tenant.redis.flushdb()
    assert phone.dial().text.startswith(MENU)
    phone.dial("*384*10*1*1*500#")
    phone.type("2")
    tenant.redis.flushdb()
    assert phone.dial().text.startswith(MENU)


def test_where_phones_are_passed_around_nothing_is_told(tenant: UssdTenant) -> None:
    phone = paid(tenant)
    tenant.redis.flushdb()
    assert phone.dial(CODE_SHARED).text.startswith(MENU)
    # And so nobody has been told yet.
    assert phone.dial().text.startswith("Done: Kopera Twisungane, 500 RWF")


def test_of_two_at_a_phone_only_the_one_who_paid_is_told(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "ingabire")
    for chosen, told in (("1", False), ("2", True)):
        phone.dial()
        phone.type("2", "1", "1", "300", "1", "3865")
        assert phone.shows.startswith("Saved 300 RWF")
        tenant.redis.flushdb()
        assert phone.dial().text.startswith("Choose your name")
        assert phone.type(chosen).text.startswith("Done: Abishyizehamwe, 300 RWF") is told
        tenant.redis.flushdb()
        tenant.later(20)


def test_a_first_hop_that_fails_leaves_it_to_its_copy(
    tenant: UssdTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = paid(tenant)
    tenant.redis.flushdb()
    phone.posts_twice = False
    tenant.faults_are_expected = True
    with monkeypatch.context() as patched:
        patched.setattr("engine.turn.ussd.render", None)
        phone.dial()
    assert phone.post().text.startswith("Done: Kopera Twisungane, 500 RWF")


# --- what it costs --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """A tenant, and what goes by between its turns and Postgres."""

    tenant: UssdTenant
    sql: Count


@pytest.fixture
def counted(ussd_database: DatabaseUrls, redis_url: str, servers: Settings) -> Iterator[Counted]:
    behind = parse_qs(urlsplit(servers.database_url).query)["host"][0]
    name = f".s.PGSQL.{postgres.PORT}"
    with (
        tempfile.TemporaryDirectory(prefix="counted") as folder,
        relay(Path(folder), name, f"{behind}/{name}", sql=True) as sql,
    ):
        urls = ussd_database.database_url.replace(behind, folder)
        made = UssdTenant(ussd_database, redis_url, database_url=urls)
        with made.watching():
            yield Counted(made, sql)
        made.close()


def test_a_plain_dial_asks_redis_twice_and_postgres_once(counted: Counted) -> None:
    tenant, sql = counted.tenant, counted.sql
    phone = phone_of(tenant, "uwera", posts_twice=False)

    def dial() -> tuple[int, int]:
        """What it asks of Redis, and of Postgres."""
        before = tenant.store.counts.round_trips, sql.round_trips
        phone.dial()
        return tenant.store.counts.round_trips - before[0], sql.round_trips - before[1]

    for _ in range(8):  # until the driver has prepared what it prepares
        phone.dial()
        tenant.redis.flushdb()
        phone.dial()
    tenant.redis.flushdb()
    assert dial() == (2, 1)
    assert phone.shows.startswith(MENU)
    paid(tenant)
    tenant.redis.flushdb()
    assert dial() == (3, 1)
    assert phone.shows.startswith("Done: Kopera Twisungane, 500 RWF")
